#include "measure/tcp_account.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "measure/tcp_names.h"

namespace sonde::measure {
namespace {

using decode::ConnectFailure;
using decode::TcpFlag;
using decode::TcpSample;

struct SlotText {
  TcpFamily family;
  std::string_view label_value;  // of TcpFamilyText::label
};

constexpr std::array kSlots{SlotText{TcpFamily::kConnectAttempts, ""},
                            SlotText{TcpFamily::kConnects, ""},
                            SlotText{TcpFamily::kAccepts, ""},
                            SlotText{TcpFamily::kSentBytes, ""},
                            SlotText{TcpFamily::kReceivedBytes, ""},
                            SlotText{TcpFamily::kSentSegments, ""},
                            SlotText{TcpFamily::kReceivedSegments, ""},
                            SlotText{TcpFamily::kRetransmits, ""},
                            SlotText{TcpFamily::kDrops, ""},
                            SlotText{TcpFamily::kMemoryDrops, ""},
                            SlotText{TcpFamily::kListenDrops, "overflow"},
                            SlotText{TcpFamily::kListenDrops, "other"},
                            SlotText{TcpFamily::kSynAckRetransmits, ""},
                            SlotText{TcpFamily::kConnections, "established"},
                            SlotText{TcpFamily::kConnections, "syn_sent"},
                            SlotText{TcpFamily::kConnections, "close_wait"},
                            SlotText{TcpFamily::kConnections, "fin_wait"},
                            SlotText{TcpFamily::kConnections, "time_wait"},
                            SlotText{TcpFamily::kConnections, "other"},
                            SlotText{TcpFamily::kZeroWindow, "local"},
                            SlotText{TcpFamily::kZeroWindow, "remote"},
                            SlotText{TcpFamily::kRtt, ""},
                            SlotText{TcpFamily::kRttVariation, ""},
                            SlotText{TcpFamily::kRttMax, ""},
                            SlotText{TcpFamily::kListenBacklog, ""},
                            SlotText{TcpFamily::kListenBacklogLimit, ""}};
static_assert(kSlots.size() == kTcpSlots, "every TcpSlot needs one row");
static_assert(kTcpSlots <= 32, "TcpAccount::shown_ has a bit for each");

constexpr std::uint16_t kResetReceived = 0x100;  // other kinds of resets are the reasons of those sent

constexpr std::uint32_t bit(TcpSlot slot) { return 1U << static_cast<std::uint32_t>(slot); }

constexpr std::uint32_t bits(TcpSlot first, TcpSlot last) { return (bit(last) << 1U) - bit(first); }

constexpr std::uint32_t kTrafficBits = bits(TcpSlot::kSentBytes, TcpSlot::kMemoryDrops);
constexpr std::uint32_t kListenBits = bits(TcpSlot::kListenOverflows, TcpSlot::kSynAckRetransmits);

/// include/net/tcp_states.h
std::size_t state_index(std::uint8_t state) {
  constexpr std::array<TcpSlot, 9> kByState{TcpSlot::kOtherState, TcpSlot::kEstablished, TcpSlot::kSynSent,
                                            TcpSlot::kOtherState, TcpSlot::kFinWait,     TcpSlot::kFinWait,
                                            TcpSlot::kTimeWait,   TcpSlot::kOtherState,  TcpSlot::kCloseWait};
  const TcpSlot slot = state < kByState.size() ? kByState[state] : TcpSlot::kOtherState;
  return static_cast<std::size_t>(slot) - kTcpCounters;
}

constexpr double seconds_of(double microseconds) { return microseconds * 1e-6; }

bool is_of_listeners(TcpFamily family) {
  return family == TcpFamily::kListenBacklog || family == TcpFamily::kListenBacklogLimit ||
         family == TcpFamily::kListenDrops || family == TcpFamily::kSynAckRetransmits;
}

/// A queue is full when as many wait as may: the kernel drops the next but one (sk_acceptq_is_full).
bool is_full(const TcpSample& listener) {
  return listener.unread_bytes > 0 && listener.unread_bytes >= listener.unacknowledged_bytes;
}

}  // namespace

TcpAccount::TcpAccount(TcpRole role, std::vector<Label> labels) : role_(role), labels_(std::move(labels)) {
  shown_ = kTrafficBits |
           (role == TcpRole::kClient ? bit(TcpSlot::kAttempts) | bit(TcpSlot::kConnects) : bit(TcpSlot::kAccepts));
}

void TcpAccount::count(const TcpSample& connection) {
  counter(TcpSlot::kSentBytes) += connection.sent_bytes;
  counter(TcpSlot::kReceivedBytes) += connection.received_bytes;
  counter(TcpSlot::kSentSegments) += connection.sent_segments;
  counter(TcpSlot::kReceivedSegments) += connection.received_segments;
  counter(TcpSlot::kRetransmits) += connection.retransmits;
  counter(TcpSlot::kDrops) += connection.drops;
  counter(TcpSlot::kMemoryDrops) += connection.memory_drops;
  if (connection.flags != 0) count_flags(connection);
}

void TcpAccount::count_flags(const TcpSample& connection) {
  if (role_ == TcpRole::kClient) {
    counter(TcpSlot::kAttempts) += connection.has(TcpFlag::kAttempted) ? 1 : 0;
    counter(TcpSlot::kConnects) += connection.has(TcpFlag::kConnected) ? 1 : 0;
    if (connection.has(TcpFlag::kConnected)) observe(connection.connect_time);
    if (connection.has(TcpFlag::kFailed)) {
      count_occasion(TcpFamily::kConnectFailures, static_cast<std::uint16_t>(connection.failure));
    }
  } else {
    counter(TcpSlot::kAccepts) += connection.has(TcpFlag::kAcceptable) ? 1 : 0;
    if (connection.has(TcpFlag::kFirstUse)) observe(connection.accept_wait);
  }
  count_resets(connection);
}

void TcpAccount::count_resets(const TcpSample& socket) {
  if (socket.has(TcpFlag::kResetSent)) count_occasion(TcpFamily::kResets, socket.reset_reason);
  if (socket.has(TcpFlag::kResetReceived)) count_occasion(TcpFamily::kResets, kResetReceived);
}

void TcpAccount::count_occasion(TcpFamily family, std::uint16_t kind) {
  const auto known = std::find_if(occasions_.begin(), occasions_.end(),
                                  [&](const Occasion& o) { return o.family == family && o.kind == kind; });
  if (known != occasions_.end()) {
    ++known->count;
    return;
  }
  occasions_.push_back(Occasion{family, kind, 1, nullptr});
  occasions_.back().identity = make_identity(labels_of(occasions_.back()));
}

void TcpAccount::observe(std::chrono::nanoseconds duration) {
  if (durations_ == nullptr) durations_ = std::make_unique<HistogramSeries>(make_identity(labels_));
  durations_->observe(duration);
}

TcpAccount::Findings& TcpAccount::findings_of(std::uint64_t sweep) {
  if (sweep_ != sweep) findings_ = Findings{};
  sweep_ = sweep;
  return findings_;
}

void TcpAccount::sweep(const TcpSample& connection, std::uint64_t sweep) {
  constexpr std::uint8_t kEstablished = 1;
  Findings& found = findings_of(sweep);
  ++found.connections[state_index(connection.state)];
  found.local_zero_windows += connection.own_window_closed ? 1 : 0;
  found.remote_zero_windows += connection.peer_window_closed ? 1 : 0;
  if (connection.state != kEstablished || connection.rtt.count() <= 0) return;
  const auto rtt_us = static_cast<std::uint32_t>(connection.rtt.count());
  ++found.timed_connections;
  found.rtt_sum_us += rtt_us;
  found.rtt_variation_sum_us += static_cast<std::uint64_t>(connection.rtt_var.count());
  found.rtt_max_us = std::max(found.rtt_max_us, rtt_us);
}

std::uint64_t TcpAccount::count_listener(const TcpSample& listener) {
  shown_ |= kListenBits;
  counter(TcpSlot::kSynAckRetransmits) += listener.retransmits;
  counter(TcpSlot::kMemoryDrops) += listener.memory_drops;
  count_resets(listener);
  if (listener.drops == 0) return 0;
  if (is_full(listener)) {
    counter(TcpSlot::kListenOverflows) += listener.drops;
    return listener.drops;
  }
  const double limit = std::max(1.0, static_cast<double>(listener.unacknowledged_bytes));
  undecided_drops_ += listener.drops;
  fullness_ = std::max(fullness_, static_cast<double>(listener.unread_bytes) / limit);
  return 0;
}

void TcpAccount::sweep_listener(const TcpSample& listener, std::uint64_t sweep) {
  Findings& found = findings_of(sweep);
  const std::uint64_t fullness = std::uint64_t{listener.unread_bytes} * std::max(1U, found.backlog_limit);
  const std::uint64_t fullest = std::uint64_t{found.backlog} * std::max(1U, listener.unacknowledged_bytes);
  const bool is_fuller =
      fullness > fullest || (fullness == fullest && listener.unacknowledged_bytes < found.backlog_limit);
  if (found.listeners == 0 || is_fuller) {
    found.backlog = listener.unread_bytes;
    found.backlog_limit = listener.unacknowledged_bytes;
  }
  ++found.listeners;
}

void TcpAccount::decide_drops(std::uint64_t overflows) {
  const std::uint64_t booked = std::min(overflows, undecided_drops_);
  counter(TcpSlot::kListenOverflows) += booked;
  counter(TcpSlot::kListenOtherDrops) += undecided_drops_ - booked;
  undecided_drops_ = 0;
  fullness_ = 0;
}

void TcpAccount::end_sweep(std::uint64_t sweep) {
  static_cast<void>(findings_of(sweep));
  show_connections();
  show_round_trips();
  show_backlog();
}

void TcpAccount::show_backlog() {
  if (findings_.listeners == 0) {
    hide(TcpSlot::kBacklog);
    hide(TcpSlot::kBacklogLimit);
    return;
  }
  show(TcpSlot::kBacklog, findings_.backlog);
  show(TcpSlot::kBacklogLimit, findings_.backlog_limit);
}

void TcpAccount::show_connections() {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < kTcpStates; ++i) {
    const std::uint32_t connections = findings_.connections[i];
    all += connections;
    gauges_[i] = connections;
    // A state that was seen once stays, as zero, so that a graph of it comes down to the ground.
    if (connections > 0) shown_ |= 1U << (kTcpCounters + i);
  }
  const bool was_shown = (shown_ & bit(TcpSlot::kLocalZeroWindow)) != 0;
  if (all == 0 && !was_shown) return;
  show(TcpSlot::kEstablished, findings_.connections[0]);
  show(TcpSlot::kLocalZeroWindow, findings_.local_zero_windows);
  show(TcpSlot::kRemoteZeroWindow, findings_.remote_zero_windows);
}

void TcpAccount::show_round_trips() {
  if (findings_.timed_connections == 0) {
    for (const TcpSlot slot : {TcpSlot::kRtt, TcpSlot::kRttVariation, TcpSlot::kRttMax}) hide(slot);
    return;
  }
  const double connections = findings_.timed_connections;
  show(TcpSlot::kRtt, seconds_of(static_cast<double>(findings_.rtt_sum_us) / connections));
  show(TcpSlot::kRttVariation, seconds_of(static_cast<double>(findings_.rtt_variation_sum_us) / connections));
  show(TcpSlot::kRttMax, seconds_of(findings_.rtt_max_us));
}

void TcpAccount::show(TcpSlot slot, double value) {
  gauges_[static_cast<std::size_t>(slot) - kTcpCounters] = value;
  shown_ |= bit(slot);
}

void TcpAccount::hide(TcpSlot slot) { shown_ &= ~bit(slot); }

void TcpAccount::publish(TcpPage& page) {
  for (std::uint32_t left = shown_; left != 0; left &= left - 1) {
    const auto slot = static_cast<std::size_t>(std::countr_zero(left));
    const SlotText& text = kSlots[slot];
    std::shared_ptr<const SeriesIdentity>& identity = identities_[slot];
    if (identity == nullptr) identity = make_identity(labels_of(text.family, text.label_value));
    const double value = slot < kTcpCounters ? static_cast<double>(counters_[slot]) : gauges_[slot - kTcpCounters];
    page.add(text.family, Series{identity, value, nullptr});
  }
  for (const Occasion& occasion : occasions_) {
    page.add(occasion.family, Series{occasion.identity, static_cast<double>(occasion.count), nullptr});
  }
  if (durations_ == nullptr) return;
  const bool is_client = role_ == TcpRole::kClient;
  page.add(is_client ? TcpFamily::kConnectDuration : TcpFamily::kAcceptWait, durations_->publish());
}

std::vector<Label> TcpAccount::labels_of(TcpFamily family, std::string_view label_value) const {
  std::vector<Label> labels = labels_;
  if (is_of_listeners(family)) std::erase_if(labels, [](const Label& label) { return label.name == "role"; });
  const std::string_view name = text_of(family).label;
  if (!name.empty()) labels.push_back({std::string(name), std::string(label_value)});
  return labels;
}

std::vector<Label> TcpAccount::labels_of(const Occasion& occasion) const {
  if (occasion.family == TcpFamily::kConnectFailures) {
    return labels_of(occasion.family, name_of(static_cast<ConnectFailure>(occasion.kind)));
  }
  const bool received = occasion.kind == kResetReceived;
  std::vector<Label> labels = labels_of(occasion.family, received ? "received" : "sent");
  if (!received) labels.push_back({"reason", reset_reason_text(static_cast<std::uint8_t>(occasion.kind))});
  return labels;
}

}  // namespace sonde::measure
