#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/nearest_word.h"
#include "config/sections.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPrograms = "remediation.allowed_programs";
constexpr std::array<std::string_view, 2> kNoYes{"false", "true"};
constexpr std::array<std::string_view, 3> kSeverities{"info", "warning", "critical"};
static_assert(kSeverities.size() == static_cast<std::size_t>(rules::Severity::kCritical) + 1,
              "every Severity needs its name");

/// With `..` and the like a path would be another program's than it seems to be.
bool is_plain_path(const std::string& path) {
  return path.starts_with('/') && !path.ends_with('/') &&
         std::filesystem::path(path).lexically_normal().string() == path && !path.starts_with("//");
}

bool read_programs(const Value& value, Draft& draft) {
  std::vector<std::string> programs;
  if (!value.read_texts(programs)) return false;
  const auto wrong = std::ranges::find_if_not(programs, is_plain_path);
  if (wrong != programs.end()) {
    return value.refuse(shown_value(*wrong) + " must be the absolute path of one program, without '.', '..' and '//'");
  }
  draft.config.remediation.allowed_programs = std::move(programs);
  return true;
}

bool read_name(const Value& value, Draft& draft) {
  constexpr std::size_t kMaxNameBytes = 64;
  std::string name;
  if (!value.read_text(name)) return false;
  if (name.size() > kMaxNameBytes) return value.refuse("must be at most 64 bytes long");
  const auto& rules = draft.config.remediation.rules;
  const auto before = std::ranges::find(rules, name, &alerts::RemedyRule::name);
  if (before != rules.end()) {
    return value.refuse("remediation.rules[" + std::to_string(before - rules.begin()) +
                        "] has this name already: the timeline could not tell the two apart");
  }
  draft.remedy.name = std::move(name);
  return true;
}

bool read_rule_matchers(const Value& value, Draft& draft) {
  if (!read_matchers(value, draft.remedy.matchers, draft.routing)) return false;
  if (!draft.remedy.matchers.empty()) return true;
  return value.refuse("is empty: name the alerts it is for, such as alertname=\"WorkerStuck\"");
}

bool read_command(const Value& value, Draft& draft) {
  std::vector<std::string> words;
  if (!value.read_texts(words)) return false;
  if (words.empty() || !words.front().starts_with('/')) {
    return value.refuse("must be a list: the absolute path of a program, and its arguments; there is no shell");
  }
  const std::string program = words.front();
  draft.remedy.arguments = std::move(words);
  const FaultLog::Given* given = draft.log.find(std::string(kPrograms));
  if (given != nullptr && !given->sound) return true;  // it has its fault
  const auto& allowed = draft.config.remediation.allowed_programs;
  if (std::ranges::find(allowed, program) != allowed.end()) return true;
  const std::string_view meant = nearest_word(program, allowed);
  return value.refuse(
      "the program " + shown_value(program) + " is not among remediation.allowed_programs" +
      (meant.empty() ? ": add it there, if it may be run" : ", did you mean " + shown_value(meant) + "?"));
}

bool read_severity(const Value& value, Draft& draft) {
  std::size_t choice = 0;
  if (!value.read_choice(choice, kSeverities)) return false;
  draft.remedy.at_least = static_cast<rules::Severity>(choice);
  return true;
}

bool read_dry_run(const Value& value, Draft& draft) {
  std::size_t choice = 0;
  if (!value.read_choice(choice, kNoYes)) return false;
  draft.remedy.dry_run = choice == 1;
  return true;
}

constexpr std::array kRuleKeys{
    Key{.name = "name", .read = read_name},
    Key{.name = "matchers", .read = read_rule_matchers},
    Key{.name = "command", .read = read_command},
    Key{.name = "after",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.remedy.after, {0s, 24h});
            }},
    Key{.name = "timeout",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.remedy.timeout, {1s, 1h});
            }},
    Key{.name = "max_per_hour",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.remedy.max_per_hour, {1, 60});
            }},
    Key{.name = "dry_run", .read = read_dry_run},
    Key{.name = "severity", .read = read_severity},
};

void start_rule(Draft& draft, const std::string&) { draft.remedy = {}; }

void finish_rule(Draft& draft, const Spot& spot) {
  const auto demand = [&](const std::string& key, const std::string& what) {
    if (draft.log.find(spot.path + "." + key) == nullptr) draft.log.add(spot, what);
  };
  demand("name", "needs a name, by which the timeline knows it");
  demand("matchers", "needs matchers: the alerts it is for, such as [alertname=\"WorkerStuck\"]");
  demand("command", "needs a command: the absolute path of a program and its arguments");
  draft.config.remediation.rules.push_back(std::move(draft.remedy));
}

constexpr std::array kRemediationKeys{
    Key{.name = "allowed_programs", .read = read_programs},  // before the rules, which are held against it
    Key{.name = "rules", .shape = KeyShape::kList, .keys = kRuleKeys, .enter = start_rule, .leave = finish_rule},
};

}  // namespace

std::span<const Key> remediation_keys() { return kRemediationKeys; }

}  // namespace sonde::config
