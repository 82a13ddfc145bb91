#include "notify/delivery_queue.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <system_error>
#include <thread>
#include <utility>

#include "notify/delivery.h"
#include "notify/roundup.h"

namespace sonde::notify {

using std::chrono::nanoseconds;

namespace {

/// So many alerts in one reminder.
constexpr std::size_t kReminderSize = 200;

/// So many deliveries that are over can be asked for without a history.
constexpr std::size_t kMostEnded = 1000;

/// Until a shared store is asked again whether a message may leave.
constexpr std::chrono::seconds kStoreWait{1};

/// A message that comes later than this says so.
constexpr std::chrono::minutes kLate{5};

/// What has resolved is told again to those who forget, for so long.
constexpr std::chrono::minutes kResolvedFor{15};

ChannelTraits traits_of(const Channel& channel, const Sender& sender) {
  return {.name = channel.name,
          .is_idempotent = sender.is_idempotent(),
          .takes_digests = !sender.needs_reminders(),
          .pace = sender.pace()};
}

}  // namespace

DeliveryQueue::DeliveryQueue(NotifyOptions options, std::vector<std::unique_ptr<Sender>> senders, const Clock& clock,
                             std::uint64_t jitter_seed, DeliveryJournal* journal)
    : clock_(clock), journal_(journal), options_(std::move(options)), random_(jitter_seed) {
  for (std::size_t i = 0; i < senders.size(); ++i) take_up(i, nullptr, std::move(senders[i]));
}

/// A channel of the options, as a new line or in the place of the one with its name.
void DeliveryQueue::take_up(std::size_t channel, std::shared_ptr<const NotifyOptions> owner,
                            std::unique_ptr<Sender> sender) {
  ChannelTraits traits = traits_of(options_.channels[channel], *sender);
  const auto known = std::ranges::find_if(lines_, [&](const auto& line) { return line->outbox.name() == traits.name; });
  const bool is_new = known == lines_.end();
  Line& line = is_new ? *lines_.emplace_back(std::make_unique<Line>(options_, traits)) : **known;
  if (!sender->needs_reminders()) line.reminders = {};
  line.outbox.use(std::move(traits));
  line.carriage = std::make_shared<const Carriage>(Carriage{std::move(owner), std::move(sender)});
  line.is_gone = false;
}

DeliveryQueue::Line* DeliveryQueue::line_of(const std::string& channel) {
  const auto found =
      std::ranges::find_if(lines_, [&](const auto& line) { return !line->is_gone && line->outbox.name() == channel; });
  return found == lines_.end() ? nullptr : found->get();
}

void DeliveryQueue::enqueue(std::vector<Delivery> deliveries) { admit_all(std::move(deliveries), false); }

void DeliveryQueue::enqueue(const Notification& notification) {
  auto shared = std::make_shared<Notification>(notification);
  if (!shared->firing && is_page(shared->kind)) shared->kind = MessageKind::kResolved;
  std::vector<Delivery> deliveries;
  {
    const std::lock_guard lock(mutex_);
    for (const Channel& channel : options_.channels) {
      deliveries.push_back(make_delivery(shared, channel.name, options_, clock_.now()));
    }
  }
  enqueue(std::move(deliveries));
}

void DeliveryQueue::restore(std::vector<Delivery> open, std::vector<Told> told) {
  {
    const std::lock_guard lock(mutex_);
    for (Told& each : told) {
      Line* line = line_of(each.channel);
      if (line == nullptr) continue;
      const bool is_recent = each.last != nullptr && (each.last->firing || clock_.now() - each.last->at < kResolvedFor);
      if (is_recent && line->carriage->sender->needs_reminders())
        line->reminders.recall(*each.last, clock_.kernel_now());
      line->outbox.restore(std::move(each), now());
    }
  }
  admit_all(std::move(open), true);
}

void DeliveryQueue::admit_all(std::vector<Delivery> deliveries, bool is_restored) {
  std::vector<DeliveryRecord> strays;
  {
    const std::lock_guard lock(mutex_);
    for (Delivery& delivery : deliveries) {
      if (auto stray = admit(std::move(delivery), is_restored)) strays.push_back(*std::move(stray));
    }
  }
  close_strays(std::move(strays));
  for (Line* const line : all_lines()) close(*line);
  enqueued_.notify_all();
}

/// What dies at once, for want of a channel.
std::optional<DeliveryRecord> DeliveryQueue::admit(Delivery delivery, bool is_restored) {
  if (Line* line = line_of(delivery.channel)) {
    is_restored ? line->outbox.restore(std::move(delivery), now()) : line->outbox.add(std::move(delivery), now());
    return std::nullopt;
  }
  delivery.state = DeliveryState::kDead;
  delivery.last_error = no_channel(delivery.channel);
  delivery.ended_at = clock_.now();
  remember(delivery);
  return DeliveryRecord{.delivery = std::move(delivery)};
}

void DeliveryQueue::recall(const Notification& notification) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& line : lines_) {
      line->outbox.recall(notification);
      if (line->carriage->sender->needs_reminders()) line->reminders.recall(notification, clock_.kernel_now());
    }
  }
  enqueued_.notify_all();
}

/// True if there was something to send, so the next one may go.
bool DeliveryQueue::send_next(Line& line) {
  std::optional<Lease> lease;
  std::shared_ptr<const Carriage> carriage;
  {
    const std::lock_guard lock(mutex_);
    lease = line.outbox.lease(now());
    carriage = line.carriage;
  }
  const bool is_kept = close(line);
  if (!lease) return false;
  const Delivery& delivery = lease->delivery;
  if (!is_kept && journal_->is_shared()) {
    settle(line, *lease, {.outcome = Outcome::kPause, .wait = kStoreWait, .error = "waits for the store"});
    return false;
  }
  std::shared_ptr<const Notification> said = delivery.notification;
  // What may have arrived is sent again as it was.
  if (lease->waited >= kLate && delivery.uncertain == 0) said = say_late(*said, lease->waited);
  const Outgoing outgoing{.notification = *said,
                          .id = delivery.id,
                          .now = clock_.now(),
                          .attempt = delivery.attempts,
                          .may_be_repeat = lease->may_be_repeat,
                          .incident = lease->incident,
                          .remaining = delivery.remaining,
                          .instead_of = delivery.instead_of};
  settle(line, *lease, carriage->sender->send(outgoing));
  return true;
}

void DeliveryQueue::settle(Line& line, const Lease& lease, const Attempt& attempt) {
  const Notification& notification = *lease.delivery.notification;
  const bool is_delivered = attempt.outcome == Outcome::kDelivered;
  {
    const std::lock_guard lock(mutex_);
    line.counters.last_error = attempt.error;
    line.outbox.settle(attempt, now(), std::uniform_real_distribution<double>(0.0, 1.0)(random_));
    if (line.is_gone) line.outbox.close(no_channel(line.outbox.name()), now());
    const bool is_state = is_page(notification.kind) || notification.kind == MessageKind::kResolved;
    if (is_delivered && is_state && !line.is_gone && line.carriage->sender->needs_reminders()) {
      line.reminders.note(notification, clock_.kernel_now());
    }
  }
  close(line);
}

/// Keeps the steps that a channel has taken, in their order, and hands what it could not be told to the fallback.
/// False if they could not be kept.
bool DeliveryQueue::close(Line& line) {
  std::vector<Delivery> diverted;
  bool is_kept = true;
  {
    // Whoever comes while another thread keeps them waits until they are kept.
    const std::lock_guard keeping(line.keeping);
    std::vector<DeliveryRecord> records = take(line);
    diverted = divert_lost(records);
    // On disk before the fallback's thread can see it, whose own steps come later.
    for (const Delivery& delivery : diverted) records.push_back({.delivery = delivery});
    if (!records.empty()) line.is_kept = keep(records);
    is_kept = line.is_kept;
  }
  if (!diverted.empty()) admit_all(std::move(diverted), false);
  return is_kept;
}

void DeliveryQueue::close_strays(std::vector<DeliveryRecord> records) {
  std::vector<Delivery> diverted = divert_lost(records);
  for (const Delivery& delivery : diverted) records.push_back({.delivery = delivery});
  keep(records);
  if (!diverted.empty()) admit_all(std::move(diverted), false);
}

std::vector<DeliveryRecord> DeliveryQueue::take(Line& line) {
  const std::lock_guard lock(mutex_);
  std::vector<DeliveryRecord> records = line.outbox.take_records();
  for (const DeliveryRecord& record : records) {
    const DeliveryState state = record.delivery.state;
    if (state == DeliveryState::kSent) ++line.counters.delivered;
    if (state == DeliveryState::kDead) ++line.counters.failed;
    if (state == DeliveryState::kCancelled) ++line.counters.cancelled;
    if (state == DeliveryState::kSuperseded) ++line.counters.superseded;
    if (state == DeliveryState::kRetryWait || state == DeliveryState::kUnknown) ++line.counters.retries;
    if (state == DeliveryState::kDead) line.counters.last_error = record.delivery.last_error;
    if (is_over(state)) remember(record.delivery);
  }
  return records;
}

std::vector<Delivery> DeliveryQueue::divert_lost(const std::vector<DeliveryRecord>& records) {
  const std::lock_guard lock(mutex_);
  std::vector<Delivery> diverted;
  for (const DeliveryRecord& record : records) {
    if (!goes_to_fallback(record)) continue;
    diverted.push_back(divert(record.delivery, options_, clock_.now()));
    if (Line* line = line_of(record.delivery.channel)) ++line->counters.diverted;
  }
  return diverted;
}

void DeliveryQueue::remember(const Delivery& delivery) {
  const Notification& notification = *delivery.notification;
  if (delivery.state == DeliveryState::kDead && notification.incident != 0 && is_page(notification.kind)) {
    undelivered_.push_back({notification.incident, delivery.channel});
    if (undelivered_.size() > options_.max_queued) undelivered_.pop_front();
  }
  ended_.push_back(delivery);
  if (ended_.size() > kMostEnded) ended_.pop_front();
}

/// What is dead goes there, and the end of what has gone there.
bool DeliveryQueue::goes_to_fallback(const DeliveryRecord& record) {
  const Delivery& delivery = record.delivery;
  const Line* fallback = line_of(options_.fallback);
  if (fallback == nullptr || delivery.channel == options_.fallback || !delivery.instead_of.empty()) return false;
  const bool ends_digest = is_digest(*delivery.notification) && !delivery.notification->firing;
  if (delivery.state == DeliveryState::kDead) return !ends_digest;
  return delivery.state == DeliveryState::kCancelled && !is_page(delivery.notification->kind) &&
         fallback->outbox.knows(*delivery.notification);
}

bool DeliveryQueue::keep(const std::vector<DeliveryRecord>& records) {
  if (journal_ == nullptr || records.empty()) return true;
  const Result<> kept = journal_->keep(records);
  const std::lock_guard lock(mutex_);
  journal_error_ = kept ? "" : kept.error().what;
  return kept.has_value();
}

void DeliveryQueue::remind(Line& line) {
  std::vector<Notification> due;
  std::shared_ptr<const Carriage> carriage;
  {
    const std::lock_guard lock(mutex_);
    carriage = line.carriage;
    due = line.reminders.take_due(clock_.kernel_now());
  }
  for (std::size_t i = 0; i < due.size(); i += kReminderSize) {
    const auto part = std::span(due).subspan(i, std::min(kReminderSize, due.size() - i));
    const Attempt attempt = carriage->sender->remind(part, clock_.now());
    const std::lock_guard lock(mutex_);
    line.counters.last_error = attempt.error;
  }
}

std::optional<KernelTime> DeliveryQueue::due_at(const Line& line) const {
  const auto reminder = line.reminders.next_due();
  const auto message = line.outbox.next_due();
  if (!message || !reminder) return message ? message : reminder;
  return std::min(*reminder, *message);
}

std::optional<KernelTime> DeliveryQueue::attempt_due() {
  // What one channel could not be told, another one is.
  for (bool any = true; any;) {
    any = false;
    for (Line* const line : all_lines()) {
      while (send_next(*line)) any = true;
    }
  }
  for (Line* const line : all_lines()) remind(*line);
  const std::lock_guard lock(mutex_);
  std::optional<KernelTime> next;
  for (const auto& line : lines_) {
    const auto due = due_at(*line);
    if (due) next = next ? std::min(*next, *due) : *due;
  }
  return next;
}

void DeliveryQueue::wait_until_due(Line& line, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto due = due_at(line);
  if (!due) {
    enqueued_.wait(lock, stop, [&] { return due_at(line).has_value(); });
    return;
  }
  const nanoseconds wait = *due - clock_.kernel_now();
  if (wait <= nanoseconds{0}) return;
  // What is queued meanwhile may be due sooner.
  enqueued_.wait_for(lock, stop, wait, [&] { return due_at(line) != due || *due <= clock_.kernel_now(); });
}

void DeliveryQueue::run_line(Line& line, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    while (!stop.stop_requested() && send_next(line)) {
    }
    if (!stop.stop_requested()) remind(line);
    wait_until_due(line, stop);
  }
  // What is kept is sent after the next start.
  if (journal_ != nullptr) return;
  KernelTime enough = clock_.kernel_now();
  {
    const std::lock_guard lock(mutex_);
    enough += options_.timeout;
  }
  while (clock_.kernel_now() < enough && send_next(line)) {
  }
}

Result<> DeliveryQueue::run(const std::stop_token& stop) {
  std::stop_source stop_all;
  const std::stop_callback forward(stop, [&stop_all] { stop_all.request_stop(); });
  std::vector<std::jthread> threads;
  try {
    start_lines(threads, stop_all.get_token());
  } catch (const std::system_error& failure) {
    stop_all.request_stop();
    return Error{Code::kLimit, "start a thread for each channel: " + std::string(failure.what()),
                 failure.code().value()};
  }
  for (std::jthread& thread : threads) thread.join();
  return Ok{};
}

/// Returns when stopped: channels may come until then.
void DeliveryQueue::start_lines(std::vector<std::jthread>& threads, const std::stop_token& stop) {
  while (true) {
    Line* line = nullptr;
    {
      std::unique_lock lock(mutex_);
      if (!enqueued_.wait(lock, stop, [&] { return lines_.size() > threads.size(); })) return;
      line = lines_[threads.size()].get();
    }
    threads.emplace_back([this, line, token = stop] { run_line(*line, token); });
  }
}

std::vector<DeliveryQueue::Line*> DeliveryQueue::all_lines() const {
  const std::lock_guard lock(mutex_);
  std::vector<Line*> lines;
  for (const auto& line : lines_) lines.push_back(line.get());
  return lines;
}

std::vector<Delivery> DeliveryQueue::deliveries() const {
  const std::lock_guard lock(mutex_);
  std::vector<Delivery> all;
  for (const auto& line : lines_) {
    const std::vector<Delivery> waiting = line->outbox.waiting();
    all.insert(all.end(), waiting.begin(), waiting.end());
  }
  all.insert(all.end(), ended_.begin(), ended_.end());
  return all;
}

std::vector<DeliveryCounters> DeliveryQueue::counters() const {
  const std::lock_guard lock(mutex_);
  std::vector<DeliveryCounters> all;
  all.reserve(lines_.size());
  for (const auto& line : lines_) {
    if (line->is_gone) continue;
    all.push_back(line->counters);
    line->outbox.describe(all.back());
  }
  return all;
}

std::string DeliveryQueue::journal_error() const {
  const std::lock_guard lock(mutex_);
  return journal_error_;
}

}  // namespace sonde::notify
