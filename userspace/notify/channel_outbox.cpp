#include "notify/channel_outbox.h"

#include <algorithm>
#include <utility>

#include "notify/retry.h"
#include "notify/roundup.h"

namespace sonde::notify {

using std::chrono::nanoseconds;

namespace {

/// A receiver that never says whether it has a message gets it so often again.
constexpr unsigned kMostRepeats = 3;

constexpr std::chrono::hours kDigestLife{1};

constexpr std::size_t kCritical = 0;
constexpr std::size_t kOther = 1;

/// What an earlier process left may have been written by a clock that was wrong.
nanoseconds left_until(WallTime at, WallTime now, nanoseconds most) {
  return std::clamp(at - now, nanoseconds{0}, most);
}

std::string expired(const Delivery& delivery) {
  const std::string last = delivery.last_error.empty() ? "" : "; the last attempt: " + delivery.last_error;
  return "its time was over before it could be delivered" + last;
}

}  // namespace

ChannelOutbox::ChannelOutbox(const NotifyOptions& options, ChannelTraits traits)
    : options_(options), traits_(std::move(traits)), gate_(options, traits_.pace) {}

void ChannelOutbox::use(ChannelTraits traits) {
  traits_ = std::move(traits);
  gate_.use(traits_.pace);
}

void ChannelOutbox::close(const std::string& why, const Instant& now) {
  std::vector<Subject> subjects;
  for (const auto& [subject, lane] : lanes_) subjects.push_back(subject);
  for (const Subject& subject : subjects) {
    Lane& lane = lanes_.at(subject);
    for (Waiting& item : lane.items) {
      if (item.delivery.state == DeliveryState::kLeased) continue;
      item.delivery.state = DeliveryState::kDead;
      item.delivery.last_error = why;
    }
    tidy_up(lane, now);
    place(subject);
  }
}

void ChannelOutbox::add(Delivery delivery, const Instant& now) {
  if (count_ >= options_.max_queued) {
    delivery.state = DeliveryState::kDead;
    delivery.last_error = "the queue is full; raise notify.max_queued or mend the channel";
    delivery.ended_at = now.wall;
    return record(std::move(delivery), false);
  }
  append(std::move(delivery), now, now.kernel);
}

void ChannelOutbox::restore(Delivery delivery, const Instant& now) {
  KernelTime due_at = now.kernel + left_until(delivery.due_at, now.wall, std::chrono::hours{1});
  if (delivery.state == DeliveryState::kLeased) {
    delivery.state = DeliveryState::kUnknown;
    delivery.last_error = "Sonde ended while it was on its way";
    ++delivery.uncertain;
    due_at = now.kernel;
  }
  append(std::move(delivery), now, due_at);
}

void ChannelOutbox::append(Delivery delivery, const Instant& now, KernelTime due_at) {
  const Notification& notification = *delivery.notification;
  const Subject subject = subject_of(notification);
  const nanoseconds life = left_until(delivery.expires_at, now.wall, life_of(notification, options_));
  Waiting item{.delivery = std::move(delivery),
               .created_at = now.kernel,
               .due_at = due_at,
               .expires_at = now.kernel + life,
               .order = ++order_};
  item.created_at -= left_until(now.wall, item.delivery.created_at, 2 * options_.give_up_after);
  Lane& lane = lanes_[subject];
  lane.subject = subject;
  lane.items.push_back(std::move(item));
  ++count_;
  tidy_up(lane, now);
  place(subject);
}

void ChannelOutbox::tidy_up(Lane& lane, const Instant& now) {
  for (Delivery& delivery : tidy(lane, told_)) {
    --count_;
    finish(std::move(delivery), now);
  }
  if (!lane.is_critical || !lane.is_held) return;
  lane.is_held = false;
  held_.erase(lane.subject);
}

/// Its lane's place in the order, as its front has it now; a lane that is empty goes.
void ChannelOutbox::place(const Subject& subject) {
  const auto found = lanes_.find(subject);
  if (found == lanes_.end()) return;
  Lane& lane = found->second;
  unplace(lane);
  if (lane.items.empty()) {
    held_.erase(subject);
    lanes_.erase(found);
    return;
  }
  const Waiting& front = lane.items.front();
  if (lane.is_held || front.delivery.state == DeliveryState::kLeased) return;
  const Turn turn{front.due_at, front.order, subject};
  turns_[lane.is_critical ? kCritical : kOther].insert(turn);
  placed_.emplace(subject, turn);
}

void ChannelOutbox::unplace(const Lane& lane) {
  const auto found = placed_.find(lane.subject);
  if (found == placed_.end()) return;
  for (std::set<Turn>& turns : turns_) turns.erase(found->second);
  placed_.erase(found);
}

Lane* ChannelOutbox::next_lane(KernelTime now) {
  for (std::set<Turn>& turns : turns_) {
    if (!turns.empty() && std::get<KernelTime>(*turns.begin()) <= now) {
      return &lanes_.at(std::get<Subject>(*turns.begin()));
    }
  }
  return nullptr;
}

/// What is critical never waits, nor what may have arrived, nor what a machine takes as an end.
bool ChannelOutbox::must_wait(const Lane& lane, KernelTime now) {
  const Delivery& front = lane.items.front().delivery;
  const Notification& notification = *front.notification;
  if (!traits_.takes_digests || lane.is_critical || lane.may_pass || front.uncertain > 0) return false;
  if (is_digest(notification) || (traits_.is_idempotent && !is_page(notification.kind))) return false;
  return !gate_.has_room(now);
}

std::optional<Lease> ChannelOutbox::lease(const Instant& now) {
  if (leased_ || gate_.opens_at() > now.kernel) return std::nullopt;
  while (Lane* lane = next_lane(now.kernel)) {
    const Subject subject = lane->subject;
    if (end_front(*lane, now)) continue;
    if (!must_wait(*lane, now.kernel)) return lease_front(*lane, now);
    if (held_.empty()) held_since_ = now.kernel;
    lane->is_held = true;
    held_.insert(subject);
    place(subject);
  }
  if (held_.empty() || gate_.digest_at(held_since_) > now.kernel) return std::nullopt;
  make_digest(now);
  Lane* lane = next_lane(now.kernel);
  return lane == nullptr ? std::nullopt : std::optional(lease_front(*lane, now));
}

/// True if the front of the lane is not worth sending any more.
bool ChannelOutbox::end_front(Lane& lane, const Instant& now) {
  Waiting& front = lane.items.front();
  const Notification& notification = *front.delivery.notification;
  const Told* told = told_.find(notification);
  const bool is_known = !front.delivery.instead_of.empty() && notification.incident != 0 && told != nullptr &&
                        told->number >= notification.number && front.delivery.uncertain == 0;
  if (front.expires_at <= now.kernel) {
    front.delivery.state = DeliveryState::kDead;
    front.delivery.last_error = expired(front.delivery);
  } else if (is_known) {
    front.delivery.state = DeliveryState::kSuperseded;
    front.delivery.last_error = "the fallback has been told of it itself";
  } else {
    return false;
  }
  const Subject subject = lane.subject;
  tidy_up(lane, now);
  place(subject);
  return true;
}

Lease ChannelOutbox::lease_front(Lane& lane, const Instant& now) {
  Waiting& front = lane.items.front();
  Delivery& delivery = front.delivery;
  const Notification& notification = *delivery.notification;
  const Told* told = told_.find(notification);
  told_before_ = told == nullptr ? std::nullopt : std::optional(*told);
  ++delivery.attempts;
  Lease lease{.delivery = delivery,
              .incident = told_.receipt(notification),
              .may_be_repeat = delivery.uncertain > 0 && !traits_.is_idempotent,
              .waited = now.kernel - front.created_at};
  delivery.state = DeliveryState::kLeased;
  lease.delivery.state = DeliveryState::kLeased;
  if (!is_digest(notification)) told_.note_maybe(notification, traits_.name);
  lane.may_pass = false;
  leased_ = lane.subject;
  place(lane.subject);
  record(delivery, true);
  return lease;
}

void ChannelOutbox::settle(const Attempt& attempt, const Instant& now, double jitter) {
  const Subject subject = *std::exchange(leased_, std::nullopt);
  Lane& lane = lanes_.at(subject);
  Waiting& front = lane.items.front();
  Delivery& delivery = front.delivery;
  const std::shared_ptr<const Notification> said = delivery.notification;
  const bool is_delivered = attempt.outcome == Outcome::kDelivered;
  gate_.note_attempt(now.kernel);
  delivery.last_error = attempt.error;
  if (is_delivered || attempt.may_have_arrived) gate_.note_message(now.kernel);
  if (is_delivered) {
    delivery.state = DeliveryState::kSent;
    delivery.receipt = attempt.receipt;
    if (!is_digest(*delivery.notification)) told_.note_sent(delivery, now.kernel);
  } else if (!attempt.may_have_arrived) {
    told_.put_back(*delivery.notification, told_before_);
  }
  if (attempt.outcome == Outcome::kRefused) delivery.state = DeliveryState::kDead;
  const bool has_answered = is_delivered || attempt.outcome == Outcome::kRefused;
  if (has_answered && gate_.note_answer()) wake_all(now.kernel);
  if (!has_answered) wait_again(front, attempt, now, jitter);
  if (!is_over(delivery.state)) record(delivery, true);
  tidy_up(lane, now);
  place(subject);
  if (is_delivered && is_digest(*said) && said->firing) end_later(*said, now);
}

/// A machine holds a digest for an alert, which nothing would end: it is over with the hour whose messages it gathers.
/// If the storm goes on, so does another digest.
void ChannelOutbox::end_later(const Notification& digest, const Instant& now) {
  const auto channel = std::ranges::find(options_.channels, traits_.name, &Channel::name);
  if (!traits_.is_idempotent || channel == options_.channels.end() || !channel->send_resolved) return;
  Delivery end = make_delivery(std::make_shared<const Notification>(end_of_digest(digest, now.wall + kDigestLife)),
                               traits_.name, options_, now.wall);
  end.due_at = now.wall + kDigestLife;
  record(end, false);
  append(std::move(end), now, now.kernel + kDigestLife);
}

/// Sets when it is tried again, and for whom, or that it is not.
void ChannelOutbox::wait_again(Waiting& item, const Attempt& attempt, const Instant& now, double jitter) {
  Delivery& delivery = item.delivery;
  const bool is_pause = attempt.outcome == Outcome::kPause;
  if (!attempt.remaining.empty()) delivery.remaining = attempt.remaining;
  if (attempt.may_have_arrived) ++delivery.uncertain;
  if (is_pause) --delivery.attempts;
  // A receiver may ask for patience, but not for more than a message has.
  const nanoseconds asked = std::min(attempt.wait.value_or(nanoseconds{0}), options_.give_up_after);
  if (asked > nanoseconds{0}) gate_.pause(now.kernel + asked);
  const nanoseconds wait = is_pause ? asked : std::max(asked, backoff(options_, delivery.attempts, jitter));
  const KernelTime due_at = std::min(now.kernel + wait, std::max(item.expires_at, now.kernel));
  delivery.due_at = now.wall + (due_at - now.kernel);
  if (!is_pause) {
    // After a pause, which is the destination's, it has its old place among the others.
    item.due_at = due_at;
    gate_.note_failure(delivery.id, now.kernel, jitter);
  }
  delivery.state = delivery.uncertain > 0 ? DeliveryState::kUnknown : DeliveryState::kRetryWait;
  const bool too_often = attempt.may_have_arrived && !traits_.is_idempotent && delivery.uncertain > kMostRepeats;
  if (too_often || now.kernel >= item.expires_at) delivery.state = DeliveryState::kDead;
}

/// What waited because the destination was down.
void ChannelOutbox::wake_all(KernelTime now) {
  for (auto& [subject, lane] : lanes_) {
    if (lane.items.empty() || lane.items.front().due_at <= now) continue;
    lane.items.front().due_at = now;
    place(subject);
  }
}

void ChannelOutbox::make_digest(const Instant& now) {
  gate_.note_digest(now.kernel);
  const std::set<Subject> held = std::exchange(held_, {});
  if (held.size() == 1) {
    Lane& lane = lanes_.at(*held.begin());
    lane.is_held = false;
    lane.may_pass = true;
    return place(*held.begin());
  }
  const std::string why = "said in one message with " + std::to_string(held.size() - 1) + " other incidents";
  std::vector<std::shared_ptr<const Notification>> messages;
  for (const Subject& subject : held) {
    const auto folded = fold(lanes_.at(subject), why, now);
    messages.insert(messages.end(), folded.begin(), folded.end());
    place(subject);
  }
  auto digest = std::make_shared<const Notification>(notify::make_digest(messages, options_, now.wall));
  Delivery delivery = make_delivery(std::move(digest), traits_.name, options_, now.wall);
  record(delivery, false);
  append(std::move(delivery), now, now.kernel);
}

/// Whatever its state, who reads the digest may have heard of it.
std::vector<std::shared_ptr<const Notification>> ChannelOutbox::fold(Lane& lane, const std::string& why,
                                                                     const Instant& now) {
  std::vector<std::shared_ptr<const Notification>> messages;
  lane.is_held = false;
  for (; !lane.items.empty() && is_unsent(lane.items.front().delivery); lane.items.pop_front(), --count_) {
    Delivery& delivery = lane.items.front().delivery;
    messages.push_back(delivery.notification);
    told_.note_maybe(*delivery.notification, traits_.name);
    delivery.state = DeliveryState::kSuperseded;
    delivery.last_error = why;
    delivery.ended_at = now.wall;
    record(std::move(delivery), true);
  }
  return messages;
}

std::size_t ChannelOutbox::cancel(std::int64_t incident, const std::string& why, const Instant& now) {
  const Subject subject{.incident = incident};
  const auto found = lanes_.find(subject);
  if (incident == 0 || found == lanes_.end()) return 0;
  std::size_t cancelled = 0;
  for (Waiting& item : found->second.items) {
    if (!is_page(item.delivery.notification->kind) || !is_unsent(item.delivery)) continue;
    item.delivery.state = DeliveryState::kCancelled;
    item.delivery.last_error = why;
    ++cancelled;
  }
  tidy_up(found->second, now);
  place(subject);
  return cancelled;
}

bool ChannelOutbox::knows(const Notification& notification) const {
  if (told_.find(notification) != nullptr) return true;
  const auto lane = lanes_.find(subject_of(notification));
  if (lane == lanes_.end()) return false;
  return std::any_of(lane->second.items.begin(), lane->second.items.end(), [&](const Waiting& item) {
    const Notification& other = *item.delivery.notification;
    return other.occurrence == notification.occurrence && is_page(other.kind);
  });
}

std::optional<KernelTime> ChannelOutbox::next_due() const {
  if (leased_) return std::nullopt;
  std::optional<KernelTime> due;
  const auto consider = [&due](KernelTime at) { due = due ? std::min(*due, at) : at; };
  for (const std::set<Turn>& turns : turns_) {
    if (!turns.empty()) consider(std::get<KernelTime>(*turns.begin()));
  }
  if (!held_.empty()) consider(gate_.digest_at(held_since_));
  return due ? std::optional(std::max(*due, gate_.opens_at())) : std::nullopt;
}

std::vector<Delivery> ChannelOutbox::waiting() const {
  std::vector<Delivery> all;
  for (const auto& [subject, lane] : lanes_) {
    for (const Waiting& item : lane.items) all.push_back(item.delivery);
  }
  return all;
}

void ChannelOutbox::describe(DeliveryCounters& counters) const {
  counters.queued = count_;
  counters.is_broken = gate_.is_broken();
  for (const auto& [subject, lane] : lanes_) {
    for (const Waiting& item : lane.items) {
      if (item.delivery.state == DeliveryState::kRetryWait) ++counters.retrying;
      if (item.delivery.state == DeliveryState::kUnknown) ++counters.unknown;
    }
  }
}

/// What is not sent changes nothing of what was told, and may end on another thread than what is.
void ChannelOutbox::finish(Delivery delivery, const Instant& now) {
  const bool was_tried = delivery.state == DeliveryState::kSent || delivery.state == DeliveryState::kDead;
  delivery.ended_at = now.wall;
  record(std::move(delivery), was_tried);
}

void ChannelOutbox::record(Delivery delivery, bool with_told) {
  const Told* told = told_.find(*delivery.notification);
  DeliveryRecord record{.delivery = std::move(delivery)};
  if (with_told && told != nullptr) record.told = *told;
  record.untold = with_told && told == nullptr;
  records_.push_back(std::move(record));
}

}  // namespace sonde::notify
