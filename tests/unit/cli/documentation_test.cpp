#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <set>
#include <string>

#include "base/file.h"
#include "cli/arguments.h"
#include "cli/deliveries.h"
#include "cli/doctor.h"
#include "cli/events.h"
#include "cli/incident_report.h"
#include "cli/incident_review.h"
#include "cli/incidents.h"
#include "cli/overrides.h"
#include "cli/probes.h"
#include "cli/query_output.h"
#include "cli/rules.h"
#include "cli/series.h"
#include "cli/services.h"
#include "cli/silences.h"
#include "cli/top.h"
#include "cli/verbs.h"
#include "unit/cli/sample.h"
#include "unit/cli/sample_alerting.h"
#include "unit/cli/sample_events.h"
#include "unit/cli/sample_probes.h"
#include "unit/cli/sample_results.h"
#include "unit/cli/sample_rules.h"

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

/// What follows every `lead` in `text`, as far as it is letters, hyphens and underscores, with `prefix` in front.
std::set<std::string> words_after(const std::string& text, const std::string& lead, const std::string& prefix = "") {
  std::set<std::string> words;
  for (std::size_t at = text.find(lead); at != std::string::npos; at = text.find(lead, at + 1)) {
    const std::size_t start = at + lead.size();
    const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-_", start);
    if (end != start) words.insert(prefix + text.substr(start, end - start));
  }
  return words;
}

std::set<std::string> verbs_in_help() {
  const std::string help = help_of();
  const std::size_t start = help.find("Subcommands:");
  return words_after(help.substr(start, help.find("Examples:") - start), "\n  ");
}

/// Of `sonde rules`, for example.
std::set<std::string> verbs_in_help_of(std::string_view group) {
  const std::string help = help_of(std::string(group).c_str());
  const std::size_t start = help.find("Subcommands:");
  return words_after(help.substr(start, help.find("Examples:") - start), "\n  ");
}

/// Every verb that can be typed, of one word or two.
std::set<std::string> all_verbs() {
  std::set<std::string> verbs = verbs_in_help();
  for (const VerbGroup& group : verb_groups()) {
    for (const std::string& word : verbs_in_help_of(group.name)) verbs.insert(std::string(group.name) + " " + word);
  }
  return verbs;
}

/// The flags a verb's help lists; what its examples use is not counted.
std::set<std::string> flags_in_help(const std::string& verb) {
  const std::size_t blank = verb.find(' ');
  const std::string first = verb.substr(0, blank);
  const std::string help =
      blank == std::string::npos ? help_of(first.c_str()) : help_of(first.c_str(), verb.substr(blank + 1).c_str());
  const std::string options = help.substr(0, help.find("Examples:"));
  std::set<std::string> flags = words_after(options, "\n  --", "--");
  flags.merge(words_after(options, "\n  -o,--", "--"));
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
  EXPECT_EQ(verbs_in_help().size(), 17u);
  EXPECT_EQ(words_after(document, "\n## sonde "), verbs_in_help());
}

TEST(Documentation, lists_the_flags_of_every_verb_and_no_other) {
  const std::string document = read_source("docs/cli.md");
  for (const std::string& verb : all_verbs()) {
    EXPECT_EQ(words_after(section_of(document, verb), "\n| `--", "--"), flags_in_help(verb)) << "of sonde " << verb;
  }
}

/// The lines of a CSV text as they stand in a document.
std::string without_returns(std::string text) {
  std::erase(text, '\r');
  return text;
}

TEST(Documentation, shows_what_top_really_prints) {
  const std::string section = section_of(read_source("docs/cli.md"), "top");
  TopView top;
  top.clock = "14:03:07";
  top.sensors = sample_sensors();
  EXPECT_THAT(section, HasSubstr(render_top(sample_rows(), top)));
  EXPECT_THAT(section, HasSubstr(without_returns(services_as_csv(sample_rows()))));
}

TEST(Documentation, shows_what_query_really_prints) {
  ::setenv("TZ", "UTC", 1);
  const std::string section = section_of(read_source("docs/cli.md"), "query");
  const auto vector = parse_query_result(kVectorData);
  const auto matrix = parse_query_result(kMatrixData);
  ASSERT_TRUE(vector && matrix);
  EXPECT_THAT(section, HasSubstr(render_result(*vector, ResultView{})));
  EXPECT_THAT(section, HasSubstr(without_returns(result_as_csv(*vector))));
  EXPECT_THAT(section, HasSubstr(render_result(*matrix, ResultView{.width = 100, .curve = sample_grid()})));
}

TEST(Documentation, shows_what_series_really_prints) {
  const std::string section = section_of(read_source("docs/cli.md"), "series");
  EXPECT_THAT(section, HasSubstr(render_series(sample_series(), SeriesCommand{})));
  EXPECT_THAT(section, HasSubstr(render_labels(sample_series(), SeriesCommand{})));
}

TEST(Documentation, shows_what_events_really_prints) {
  ::setenv("TZ", "UTC", 1);
  EXPECT_THAT(section_of(read_source("docs/cli.md"), "events"), HasSubstr(EventsTable(false).render(sample_events())));
}

TEST(Documentation, shows_what_rules_really_print) {
  const std::string document = read_source("docs/cli.md");
  const auto list = parse_rule_list(kRuleList);
  const auto story = parse_explanation(kExplanation);
  ASSERT_TRUE(list && story);
  EXPECT_THAT(section_of(document, "rules list"), HasSubstr(render_rule_list(*list)));
  EXPECT_THAT(section_of(document, "rules explain"), HasSubstr(render_explanation(*story)));
}

TEST(Documentation, shows_what_probe_list_really_prints) {
  const auto probes = parse_probes(kProbeList);
  ASSERT_TRUE(probes) << probes.error().what;
  EXPECT_THAT(section_of(read_source("docs/cli.md"), "probe list"), HasSubstr(render_probes(*probes)));
}

TEST(Documentation, shows_what_the_verbs_of_alerting_really_print) {
  const std::string document = read_source("docs/cli.md");
  const auto incident = AnswerJson::parse(kIncident);
  EXPECT_THAT(section_of(document, "alerts list"),
              HasSubstr(render_incidents(AnswerJson{{"incidents", {incident}}, {"next", nullptr}}, false)));
  EXPECT_THAT(section_of(document, "alerts show"),
              HasSubstr(render_incident(incident, AnswerJson::parse(kTimeline), false)));
  EXPECT_THAT(section_of(document, "incidents review"), HasSubstr(tell_review(AnswerJson::parse(kReviewed))));
  const auto report = AnswerJson::parse(kReport);
  EXPECT_THAT(section_of(document, "incidents report"), HasSubstr(render_report(report)));
  EXPECT_THAT(section_of(document, "incidents report"), HasSubstr(without_returns(report_as_csv(report))));
  EXPECT_THAT(section_of(document, "silence list"),
              HasSubstr(render_silences(AnswerJson::parse(kSilences), false, false)));
  EXPECT_THAT(section_of(document, "silence preview"), HasSubstr(render_preview(AnswerJson::parse(kPreview))));
  EXPECT_THAT(section_of(document, "oncall override"), HasSubstr(render_overrides(AnswerJson::parse(kOverrides), "")));
  EXPECT_THAT(section_of(document, "deliveries list"),
              HasSubstr(render_deliveries(AnswerJson::parse(kDeliveries), false)));
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
  const std::string wanted = "$verb in";
  const std::size_t start = script.find(wanted);
  ASSERT_NE(start, std::string::npos);
  const std::string cases = script.substr(start, script.find("esac", start) - start);
  EXPECT_EQ(words_after(cases, "\n    "), verbs_in_help());
  for (const std::string& verb : all_verbs()) {
    const bool is_quoted = verb.find(' ') != std::string::npos;
    const std::size_t row = cases.find("\n    " + (is_quoted ? "'" + verb + "'" : verb) + ") flags='");
    ASSERT_NE(row, std::string::npos) << "sonde " << verb;
    const std::string flags = cases.substr(row + 1, cases.find('\n', row + 1) - row);
    std::set<std::string> known = words_after(flags.substr(flags.find("flags=")), " --", "--");
    known.merge(words_after(flags, "'--", "--"));
    EXPECT_EQ(known, flags_in_help(verb)) << "sonde " << verb;
  }
  EXPECT_THAT(script, HasSubstr("verbs='run hub check doctor top query series events rules probe routes oncall notify "
                                "alerts incidents silence "
                                "deliveries'"));
  EXPECT_THAT(script, HasSubstr("[rules]='check list explain test backtest export parameters'"));
  EXPECT_THAT(script, HasSubstr("[probe]='list run'"));
  EXPECT_THAT(script, HasSubstr("[routes]='check show test'"));
  EXPECT_THAT(script, HasSubstr("[oncall]='now who preview export override'"));
  EXPECT_THAT(script, HasSubstr("[notify]='list test'"));
  EXPECT_THAT(script, HasSubstr("[alerts]='list show ack unack snooze resolve note assign merge escalate'"));
  EXPECT_THAT(script, HasSubstr("[incidents]='list show review report'"));
  EXPECT_THAT(script, HasSubstr("[silence]='add list expire preview'"));
  EXPECT_THAT(script, HasSubstr("[deliveries]='list retry'"));
  EXPECT_EQ(all_verbs().size(), verbs_in_help().size() + 7u + 2u + 3u + 5u + 2u + 10u + 4u + 4u + 2u);
}

}  // namespace
}  // namespace sonde::cli
