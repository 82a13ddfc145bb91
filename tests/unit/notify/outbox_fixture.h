#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "notify/delivery.h"
#include "notify/delivery_queue.h"
#include "support/fake_clock.h"
#include "support/memory_journal.h"
#include "support/sample_notification.h"
#include "support/scripted_sender.h"

namespace sonde::notify {

inline Attempt failed(std::string error = "refused") { return {.outcome = Outcome::kRetry, .error = std::move(error)}; }
inline Attempt cut() { return {.outcome = Outcome::kRetry, .error = "cut", .may_have_arrived = true}; }
inline Attempt refused_for_good() { return {.outcome = Outcome::kRefused, .error = "HTTP 400"}; }

/// Channels with scripted senders, on fake time, over restarts.
class OutboxTest : public testing::Test {
 protected:
  OutboxTest() { options.channels = {{"ops", Program{}}}; }

  /// A new process, which finds what the last has kept. A channel's sender is there before.
  void start() {
    std::vector<std::unique_ptr<Sender>> links;
    for (const Channel& channel : options.channels)
      links.push_back(std::make_unique<test::SenderLink>(senders[channel.name]));
    queue.emplace(options, std::move(links), clock, 1, &journal);
    queue->restore(journal.open(), journal.all_told());
  }

  /// A message about incident `incident`, the next of it.
  Notification message(MessageKind kind, std::int64_t incident = 1, std::uint32_t occurrence = 1) {
    Notification made = kind == MessageKind::kResolved ? resolved() : firing();
    made.kind = kind;
    made.incident = incident;
    made.occurrence = occurrence;
    made.number = ++numbers[incident];
    made.severity = rules::Severity::kWarning;
    made.dedup_key = "web-1/" + std::to_string(incident) + "/" + std::to_string(occurrence);
    made.at = clock.now();
    return made;
  }

  /// Kept first, as alerting does it.
  void tell(const Notification& notification) {
    const auto shared = std::make_shared<const Notification>(notification);
    std::vector<Delivery> deliveries;
    for (const Channel& channel : options.channels) {
      if (channel.name == options.fallback) continue;
      deliveries.push_back(make_delivery(shared, channel.name, options, clock.now()));
    }
    journal.save(deliveries);
    queue->enqueue(deliveries);
  }
  void tell(MessageKind kind, std::int64_t incident = 1, std::uint32_t occurrence = 1) {
    tell(message(kind, incident, occurrence));
  }

  /// Lets time pass, with attempts when they are due.
  void pass(std::chrono::nanoseconds duration) {
    const KernelTime end = clock.kernel_now() + duration;
    for (;;) {
      const auto next = queue->attempt_due();
      if (!next || *next > end) break;
      clock.advance(std::max(*next - clock.kernel_now(), std::chrono::nanoseconds{1}));
    }
    clock.advance(std::max(end - clock.kernel_now(), std::chrono::nanoseconds{0}));
    queue->attempt_due();
  }

  /// What a channel was asked to send: `1 firing`, or `1 firing?` if it may be a repeat.
  std::vector<std::string> heard(const std::string& channel = "ops") {
    std::vector<std::string> found;
    for (const test::Asked& asked : senders[channel].asked) {
      found.push_back(std::to_string(asked.notification.incident) + " " +
                      std::string(name_of(asked.notification.kind)) + (asked.may_be_repeat ? "?" : ""));
    }
    return found;
  }

  test::ScriptedSender& ops() { return senders["ops"]; }
  DeliveryCounters counters(std::size_t channel = 0) { return queue->counters().at(channel); }

  test::FakeClock clock;
  NotifyOptions options;
  std::map<std::string, test::ScriptedSender> senders;
  test::MemoryJournal journal;
  std::map<std::int64_t, std::uint64_t> numbers;
  std::optional<DeliveryQueue> queue;
};

}  // namespace sonde::notify
