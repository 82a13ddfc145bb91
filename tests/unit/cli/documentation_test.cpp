#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <regex>
#include <set>
#include <string>

#include "base/file.h"
#include "cli/arguments.h"
#include "cli/doctor.h"
#include "cli/query.h"
#include "cli/top.h"
#include "unit/cli/sample.h"

namespace sonde::cli {
namespace {

using testing::HasSubstr;

std::string read_source(const std::string& path) {
  const auto text = read_file(std::string(SONDE_TESTS_DIR) + "/../" + path);
  EXPECT_TRUE(text) << text.error().what;
  return text ? *text : "";
}

template <class... Words>
std::string help_of(Words... words) {
  const std::array<const char*, sizeof...(words) + 2> argv{"sonde", words..., "--help"};
  const auto help = parse_arguments(static_cast<int>(argv.size()), argv.data());
  EXPECT_FALSE(help);
  return help ? "" : help.error().text;
}

std::set<std::string> matches(const std::string& text, const char* pattern) {
  const std::regex wanted(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), wanted), end; match != end; ++match) {
    found.insert((*match)[1]);
  }
  return found;
}

std::set<std::string> verbs_in_help() {
  const std::string help = help_of();
  const std::size_t start = help.find("Subcommands:");
  return matches(help.substr(start, help.find("Examples:") - start), "\\n  ([a-z]+) ");
}

/// The flags a verb's help lists; what its examples use is not counted.
std::set<std::string> flags_in_help(const std::string& verb) {
  const std::string help = help_of(verb.c_str());
  std::set<std::string> flags = matches(help.substr(0, help.find("Examples:")), "\\n  (--[a-z-]+)");
  return flags;
}

/// The part of the reference between the heading of one verb and the next heading.
std::string section_of(const std::string& document, const std::string& verb) {
  const std::size_t start = document.find("\n## sonde " + verb + "\n");
  if (start == std::string::npos) return "";
  return document.substr(start, document.find("\n## ", start + 1) - start);
}

TEST(Documentation, has_a_section_for_every_verb_and_no_other) {
  const std::string document = read_source("docs/cli.md");
  EXPECT_EQ(verbs_in_help().size(), 5u);
  EXPECT_EQ(matches(document, "\\n## sonde ([a-z]+)\\n"), verbs_in_help());
}

TEST(Documentation, lists_the_flags_of_every_verb_and_no_other) {
  const std::string document = read_source("docs/cli.md");
  for (const std::string& verb : verbs_in_help()) {
    EXPECT_EQ(matches(section_of(document, verb), "\\n\\| `(--[a-z-]+)"), flags_in_help(verb)) << "of sonde " << verb;
  }
}

TEST(Documentation, shows_what_top_and_query_really_print) {
  const std::string document = read_source("docs/cli.md");
  TopView top;
  top.clock = "14:03:07";
  top.sensors = sample_sensors();
  EXPECT_THAT(section_of(document, "top"), HasSubstr(render_top(sample_rows(), top)));
  const QueryView table{{Figure::kP95, Figure::kErrors}, std::chrono::minutes{5}, QueryFormat::kTable};
  EXPECT_THAT(section_of(document, "query"), HasSubstr(render_query(sample_rows(), table)));
  const QueryView csv{{Figure::kRate, Figure::kP50}, std::chrono::minutes{5}, QueryFormat::kCsv};
  const std::string lines = std::regex_replace(render_query(sample_rows(), csv), std::regex("\r"), "");
  EXPECT_THAT(section_of(document, "query"), HasSubstr(lines));
}

TEST(Documentation, shows_what_doctor_really_prints) {
  HostFacts facts;
  facts.kernel_release = "6.1.0-18-amd64";
  facts.has_btf = true;
  facts.lockdown = Lockdown::kIntegrity;
  facts.tracefs_mounted = true;
  facts.cgroup = CgroupHierarchy::kV2;
  facts.cgroup2_path = "/sys/fs/cgroup";
  facts.in_initial_pid_namespace = true;
  facts.bpf_stats_enabled = 0;
  facts.unprivileged_bpf_disabled = 2;
  const std::array sensors{capture::SensorReport{"traffic", "", capture::SensorState::kOff,
                                                 "the kernel refuses it: Operation not permitted", "run as root"}};
  EXPECT_THAT(section_of(read_source("docs/cli.md"), "doctor"),
              HasSubstr(render_doctor(DoctorReport{sensors, check_host(facts)}, OutputFormat::kTable)));
}

TEST(Completion, knows_every_verb_and_flag_and_no_other) {
  const std::string script = read_source("infrastructure/completion/sonde.bash");
  std::set<std::string> verbs;
  for (const std::string& verb : verbs_in_help()) {
    const std::set<std::string> lines = matches(script, ("\\n    " + verb + "\\) flags='([^']*)'").c_str());
    ASSERT_EQ(lines.size(), 1u) << "sonde " << verb;
    EXPECT_EQ(matches(" " + *lines.begin(), " (--[a-z-]+)"), flags_in_help(verb)) << "sonde " << verb;
    verbs.insert(verb);
  }
  EXPECT_EQ(matches(script, "\\n    ([a-z]+)\\) flags="), verbs);
  EXPECT_THAT(script, HasSubstr("verbs='run check doctor top query'"));
}

}  // namespace
}  // namespace sonde::cli
