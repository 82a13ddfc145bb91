#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string_view>

#include "app/shared_families.h"
#include "measure/family_builder.h"

namespace sonde::app {

/// By which way somebody has answered a message.
enum class AnswerWay : std::uint8_t { kLink, kSlack, kPagerDuty };

constexpr std::string_view name_of(AnswerWay way) {
  switch (way) {
    case AnswerWay::kLink:
      return "link";
    case AnswerWay::kSlack:
      return "slack";
    case AnswerWay::kPagerDuty:
      return "pagerduty";
  }
  std::abort();
}

/// What has become of it.
enum class AnswerOutcome : std::uint8_t {
  kDone,
  kRepeated,  ///< it came before: nothing was done
  kIgnored,   ///< it is about nothing of ours, or asks for nothing
  kTooLate,   ///< the link has expired, or the incident is over
  kRefused,   ///< by its token or its signature, or it makes no sense
  kFailed,
};

constexpr std::string_view name_of(AnswerOutcome outcome) {
  switch (outcome) {
    case AnswerOutcome::kDone:
      return "done";
    case AnswerOutcome::kRepeated:
      return "repeated";
    case AnswerOutcome::kIgnored:
      return "ignored";
    case AnswerOutcome::kTooLate:
      return "too_late";
    case AnswerOutcome::kRefused:
      return "refused";
    case AnswerOutcome::kFailed:
      return "failed";
  }
  std::abort();
}

/// Counts answers, as sonde_answers_total.  threads: any.
class AnswerTally {
 public:
  AnswerTally();

  void add(AnswerWay way, AnswerOutcome outcome);
  [[nodiscard]] std::uint64_t count(AnswerWay way, AnswerOutcome outcome) const;

  /// owner: the tally.
  [[nodiscard]] const SharedFamilies& families() const { return families_; }

 private:
  static constexpr std::size_t kWays = static_cast<std::size_t>(AnswerWay::kPagerDuty) + 1;
  static constexpr std::size_t kOutcomes = static_cast<std::size_t>(AnswerOutcome::kFailed) + 1;

  void publish();

  mutable std::mutex mutex_;  // guards what follows
  std::array<std::array<std::uint64_t, kOutcomes>, kWays> counts_{};
  measure::FamilyBuilder builder_;
  SharedFamilies families_;
};

}  // namespace sonde::app
