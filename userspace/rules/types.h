#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "promql/types.h"
#include "store/types.h"

namespace sonde::rules {

enum class Severity : std::uint8_t { kInfo, kWarning, kCritical };

constexpr std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kCritical:
      return "critical";
  }
  return "";
}

/// By the label `severity`; what is none of the three is a warning.
inline Severity severity_of(const std::vector<measure::Label>& labels) {
  const std::string_view value = measure::value_of(labels, "severity");
  if (value == name_of(Severity::kCritical)) return Severity::kCritical;
  return value == name_of(Severity::kInfo) ? Severity::kInfo : Severity::kWarning;
}

/// What it means that a series a rule has judged before is not there any more.
enum class NoDataPolicy : std::uint8_t {
  kPrometheus,  ///< the condition is false, at once
  kKeepLast,    ///< no answer: nothing changes, and the time does not count
  kOk,          ///< the condition is false, from the second evaluation on
  kAlert,       ///< the condition is true, once it has lasted
};

/// An alert that makes this one redundant while it fires.
struct Inhibitor {
  std::string alert;
  /// Labels that must have the same value on both. Nothing: `service_name`, or the inhibitor's is that of a service
  /// this one's depends on.
  std::optional<std::vector<std::string>> equal;

  bool operator==(const Inhibitor&) const = default;
};

/// Changes back and forth: more than so many in so long a time are told once, as one thing.
struct Flapping {
  unsigned changes = 5;
  std::chrono::nanoseconds window = std::chrono::minutes{10};
  std::chrono::nanoseconds quiet = std::chrono::minutes{10};  ///< so long without a change ends it

  bool operator==(const Flapping&) const = default;
};

/// What the annotations sonde_* of an alerting rule say. Expressions are PromQL; an element of their result speaks for
/// every instance whose labels contain all of its own.
struct Judgement {
  std::string clear;            ///< fires until this holds; empty: until the rule's own expression does not
  std::string needed;           ///< sonde_requires: without an element there is too little to judge
  std::string insufficient;     ///< an element says that data were lost
  std::string contradicted_by;  ///< an element says that other evidence knows better
  unsigned breaches = 1;        ///< evaluations in a row
  unsigned clears = 1;
  NoDataPolicy no_data = NoDataPolicy::kPrometheus;
  std::chrono::nanoseconds no_data_for{0};  ///< kAlert, without any sample; 0: the rule's own `for`
  std::optional<double> coverage;           ///< ratio of the samples expected in the longest range
  std::chrono::nanoseconds settle{0};       ///< since the daemon's start
  std::chrono::nanoseconds settle_boot{0};  ///< since the host's
  double keep_factor = 1;                   ///< keep_firing_for grows by it each time the alert comes back meanwhile
  std::chrono::nanoseconds keep_max = std::chrono::hours{1};
  std::optional<Flapping> flapping;
  std::vector<Inhibitor> inhibited_by;
  bool pages = false;

  bool operator==(const Judgement&) const = default;
};

/// A rule of a group: an alert, or a series that is recorded.
struct Rule {
  std::string uid;     ///< stays the same when files are renamed or rules change places; recording rules have none
  std::string alert;   ///< empty: it records
  std::string record;  ///< the metric's name
  std::string expression;
  std::chrono::nanoseconds hold{0};  ///< `for`
  std::chrono::nanoseconds keep_firing_for{0};
  std::vector<measure::Label> labels;       ///< templates; the group's among them
  std::vector<measure::Label> annotations;  ///< templates
  Severity severity = Severity::kWarning;   ///< of the label `severity`; what is none of the three is a warning
  Judgement judgement;
  promql::ExpressionFacts facts;         ///< of the expression
  promql::ExpressionFacts needed_facts;  ///< of judgement.needed
  std::string file;
  int line = 0;
};

struct Group {
  std::string name;
  std::string file;
  std::chrono::nanoseconds interval = std::chrono::seconds{10};
  std::size_t limit = 0;  ///< of alerts or series of one rule; 0: none
  std::chrono::nanoseconds query_offset{0};
  std::vector<Rule> rules{};
};

/// A rule file as somebody has written it.
struct RuleText {
  std::string file;  ///< its path
  std::string text;

  bool operator==(const RuleText&) const = default;
};

/// One thing wrong in a rule file.  units: line and column from 1; 0 if it concerns the whole file.
struct RuleFault {
  std::string file;
  int line = 0;
  int column = 0;
  std::string what;  ///< with how to mend it
};

/// A value that the configuration gives to a parameter of the built-in rules.  units: as a person writes it: `1s`,
/// `5%`.
struct ParameterValue {
  std::string name;  ///< response_time_p95.warning
  std::string text;
  int line = 0;  ///< in the configuration, from 1
  int column = 0;
};

/// Whom values are for.
struct ParameterScope {
  std::string service;
  std::string route;  ///< empty: the whole service
  std::vector<ParameterValue> values;
};

/// Which rules there are, and how strict the built-in ones are.
struct RuleOptions {
  std::vector<std::string> files{};     ///< paths with wildcards as in glob(7)
  bool built_in = true;                 ///< the pack, too
  std::vector<std::string> disabled{};  ///< alerts of the pack that are left out
  std::vector<ParameterValue> defaults{};
  std::vector<ParameterScope> scopes{};  ///< services, and routes of them, that differ
};

/// What an evaluation says of one instance.
enum class Answer : std::uint8_t {
  kBreach,   ///< the expression holds
  kBetween,  ///< neither that nor `clear` holds: what fires goes on, what does not stays quiet
  kClear,    ///< the expression does not hold; where there is a `clear`, that does
  kNone,     ///< there is a sample, but it says nothing: `why`
};

struct Finding {
  store::Labels labels;   ///< the instance: the element's and the rule's, with alertname, without __name__
  store::Labels subject;  ///< the element's alone
  double value = 0;       ///< of the expression; where it does not hold, of what it compares
  Answer answer = Answer::kNone;
  std::string why;                          ///< kNone: "data insufficient: events were lost", "3 < 10 events"
  std::string gate;                         ///< not empty: what is not pending yet must not become it now, and why
  std::vector<measure::Label> annotations;  ///< expanded; kBreach only
};

/// One rule at one moment.
struct Evaluation {
  std::string uid;
  std::string error;              ///< not empty: no answer about anything
  std::vector<Finding> findings;  ///< of all that has samples; an instance that is not here has none
};

}  // namespace sonde::rules
