#include "protocol/connection_table.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace sonde::protocol {

namespace {

// How many of the longest unused connections are looked at for one without a request in flight.
constexpr std::size_t kEvictionCandidates = 16;

constexpr std::chrono::seconds kSilence{1};

}  // namespace

ConnectionTable::ConnectionTable(std::size_t max_connections)
    : max_connections_(std::max<std::size_t>(1, max_connections)) {}

ConnectionContext& ConnectionTable::open(const decode::ConnectionOpened& opened, std::uint32_t service) {
  auto entry = touch(opened.cookie);
  if (entry == entries_.end()) entry = add(opened.cookie);
  ConnectionContext& context = entry->context;
  context.service = service;
  context.side = opened.side;
  context.local = opened.local;
  context.remote = opened.remote;
  return context;
}

ConnectionContext* ConnectionTable::find(decode::SocketCookie cookie) {
  const auto found = by_cookie_.find(cookie);
  return found == by_cookie_.end() ? nullptr : &found->second->context;
}

void ConnectionTable::handle(const decode::TrafficSeen& seen, ExchangeSink sink) {
  auto entry = touch(seen.cookie);
  if (entry == entries_.end()) {
    if (seen.sequence == 0) return;
    entry = add(seen.cookie);
    entry->connection.join(seen);
    ++losses_[static_cast<std::size_t>(ProtocolLoss::kRecordGap)];
  }
  update(*entry, sink, [&](const ProtocolOutput& out) { entry->connection.handle(seen, out); });
  if (!early_ends_.empty()) finish_early_ends(seen.cookie, sink);
}

void ConnectionTable::handle(const decode::ConnectionEnded& ended, ExchangeSink sink) {
  const auto entry = touch(ended.cookie);
  if (entry == entries_.end()) return;
  if (entry->connection.misses_records_before(ended.sequence)) {
    early_ends_.push_back({ended, round_});
    return;
  }
  finish(entry, ended, sink);
  if (!ended.closed && !early_ends_.empty()) finish_early_ends(ended.cookie, sink);
}

void ConnectionTable::finish(Entries::iterator entry, const decode::ConnectionEnded& ended, const ExchangeSink& sink) {
  update(*entry, sink, [&](const ProtocolOutput& out) { entry->connection.handle(ended, out); });
  if (!ended.closed) return;
  if (entry->waits) --waiting_;
  by_cookie_.erase(ended.cookie);
  entries_.erase(entry);
}

void ConnectionTable::finish_early_ends(decode::SocketCookie cookie, const ExchangeSink& sink) {
  for (std::size_t i = 0; i < early_ends_.size();) {
    const decode::ConnectionEnded ended = early_ends_[i].ended;
    const auto found = by_cookie_.find(cookie);
    if (found == by_cookie_.end()) return;
    if (ended.cookie != cookie || found->second->connection.misses_records_before(ended.sequence)) {
      ++i;
      continue;
    }
    early_ends_.erase(early_ends_.begin() + static_cast<std::ptrdiff_t>(i));
    finish(found->second, ended, sink);
    i = 0;  // the next one may have waited for this one
  }
}

void ConnectionTable::end_round(ExchangeSink sink) {
  const auto overdue = std::partition(early_ends_.begin(), early_ends_.end(),
                                      [this](const EarlyEnd& early) { return early.round == round_; });
  std::vector<EarlyEnd> given_up(overdue, early_ends_.end());
  early_ends_.erase(overdue, early_ends_.end());
  std::sort(given_up.begin(), given_up.end(),
            [](const EarlyEnd& left, const EarlyEnd& right) { return left.ended.sequence < right.ended.sequence; });
  for (const EarlyEnd& early : given_up) {
    const auto entry = touch(early.ended.cookie);
    if (entry != entries_.end()) finish(entry, early.ended, sink);
  }
  ++round_;
}

void ConnectionTable::end_silent(KernelTime now, ExchangeSink sink) {
  if (waiting_ == 0) return;
  for (Entry& entry : entries_) {
    update(entry, sink, [&](const ProtocolOutput& out) { entry.connection.end_silent(now - kSilence, out); });
  }
}

/// Keeps count of the waiting connections.
template <class Action>
void ConnectionTable::update(Entry& entry, const ExchangeSink& sink, Action action) {
  action(ProtocolOutput{sink, entry.context, losses_, coverage_});
  const bool waits = entry.connection.waits_for_progress();
  if (waits == entry.waits) return;
  entry.waits = waits;
  waits ? ++waiting_ : --waiting_;
}

ConnectionTable::Entries::iterator ConnectionTable::add(decode::SocketCookie cookie) {
  if (entries_.size() >= max_connections_) make_room();
  entries_.emplace_front();
  entries_.front().context.cookie = cookie;
  by_cookie_.emplace(cookie, entries_.begin());
  return entries_.begin();
}

ConnectionTable::Entries::iterator ConnectionTable::touch(decode::SocketCookie cookie) {
  const auto found = by_cookie_.find(cookie);
  if (found == by_cookie_.end()) return entries_.end();
  if (found->second != entries_.begin()) entries_.splice(entries_.begin(), entries_, found->second);
  return found->second;
}

void ConnectionTable::make_room() {
  const auto oldest = std::prev(entries_.end());
  auto victim = oldest;
  auto candidate = entries_.rbegin();
  for (std::size_t i = 0; i < kEvictionCandidates && candidate != entries_.rend(); ++i, ++candidate) {
    if (!candidate->connection.idle()) continue;
    victim = std::prev(candidate.base());
    break;
  }
  const auto unused = [](const Exchange&, const ConnectionContext&) {};
  update(*victim, unused, [&](const ProtocolOutput& out) { victim->connection.abandon(out); });
  ++losses_[static_cast<std::size_t>(ProtocolLoss::kTooManyConnections)];
  by_cookie_.erase(victim->context.cookie);
  entries_.erase(victim);
}

}  // namespace sonde::protocol
