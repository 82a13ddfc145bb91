#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/instance_types.h"
#include "store/types.h"

namespace sonde::alerts {

/// Whether it was worth telling somebody.
enum class Verdict : std::uint8_t {
  kUnknown,     ///< nobody can say
  kActionable,  ///< somebody had to act
  kNoise,       ///< nobody had to, and nobody would want to hear of it again
  kKnown        ///< nobody had to: it was known already
};

constexpr std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kUnknown:
      return "unknown";
    case Verdict::kActionable:
      return "actionable";
    case Verdict::kNoise:
      return "noise";
    case Verdict::kKnown:
      return "known";
  }
  std::abort();
}

/// What is known of whether the fix holds.
enum class ReviewState : std::uint8_t {
  kOpen,      ///< nobody says that it is fixed
  kWatching,  ///< somebody does, and so far nothing has fired again
  kVerified,  ///< nothing has for long enough
  kCameBack   ///< something has
};

constexpr std::string_view name_of(ReviewState state) {
  switch (state) {
    case ReviewState::kOpen:
      return "open";
    case ReviewState::kWatching:
      return "watching";
    case ReviewState::kVerified:
      return "verified";
    case ReviewState::kCameBack:
      return "came_back";
  }
  std::abort();
}

/// What an incident was, and what was done about it.
struct Review {
  std::int64_t incident = 0;
  std::string cause;
  std::string action;  ///< what was done
  Verdict verdict = Verdict::kUnknown;
  std::string follow_up;  ///< an http or https URL; may be empty
  std::string author;     ///< who has said something of it last
  Moment at;              ///< when that was
  ReviewState state = ReviewState::kOpen;
  std::optional<Moment> fixed_at{};      ///< when somebody last said that it is fixed; nothing: nobody does
  std::optional<Moment> watch_until{};   ///< until when nothing may fire again
  std::int64_t came_back_as = 0;         ///< the incident in which something did; 0: none
  std::vector<store::Labels> watched{};  ///< the alerts that must not, without their severity

  bool operator==(const Review&) const = default;
};

/// What somebody says of an incident; what they do not say stays as it was.
struct ReviewOrder {
  std::string actor{};
  std::optional<std::string> cause{};
  std::optional<std::string> action{};
  std::optional<Verdict> verdict{};
  std::optional<std::string> follow_up{};
  std::optional<bool> fixed{};  ///< true: it is watched from now on; false: it is watched no more
};

}  // namespace sonde::alerts
