#include "app/answer_tally.h"

#include <cstddef>
#include <string>

namespace sonde::app {

AnswerTally::AnswerTally() { publish(); }

void AnswerTally::add(AnswerWay way, AnswerOutcome outcome) {
  const std::lock_guard lock(mutex_);
  ++counts_[static_cast<std::size_t>(way)][static_cast<std::size_t>(outcome)];
  publish();
}

std::uint64_t AnswerTally::count(AnswerWay way, AnswerOutcome outcome) const {
  const std::lock_guard lock(mutex_);
  return counts_[static_cast<std::size_t>(way)][static_cast<std::size_t>(outcome)];
}

void AnswerTally::publish() {
  builder_.counter("sonde_answers_total", "Answers to messages by way and outcome: links, Slack, PagerDuty.");
  for (std::size_t way = 0; way < kWays; ++way) {
    for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
      builder_.add(static_cast<double>(counts_[way][outcome]),
                   {{"way", std::string(name_of(static_cast<AnswerWay>(way)))},
                    {"outcome", std::string(name_of(static_cast<AnswerOutcome>(outcome)))}});
    }
  }
  families_.publish(builder_.take());
}

}  // namespace sonde::app
