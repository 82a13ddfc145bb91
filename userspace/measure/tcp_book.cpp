#include "measure/tcp_book.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <initializer_list>
#include <utility>

#include "base/utf8.h"
#include "measure/tcp_names.h"

namespace sonde::measure {
namespace {

using decode::TcpFlag;
using decode::TcpSample;
using decode::TcpSide;

constexpr std::chrono::minutes kForgetAfter{15};

// As many older connections as one first sweep may come upon before it comes upon their listening sockets.
constexpr std::size_t kMostUndecided = 65'536;
constexpr std::size_t kUndecidedToKeepRoomFor = 1'024;

constexpr std::uint8_t kCloseState = 7;  // include/net/tcp_states.h

bool has_any(const TcpSample& sample, std::initializer_list<TcpFlag> flags) {
  return std::any_of(flags.begin(), flags.end(), [&](TcpFlag flag) { return sample.has(flag); });
}

/// There is or was a connection: false for a socket that was opened and not connected yet, or is held after its end.
bool is_connected(const TcpSample& sample) { return sample.state != kCloseState && !sample.has(TcpFlag::kClosed); }

/// Whether there is anything to add up.
bool has_counts(const TcpSample& sample) {
  constexpr auto kMeansNothing =
      static_cast<std::uint32_t>(TcpFlag::kOlder) | static_cast<std::uint32_t>(TcpFlag::kClosed);
  return (sample.flags & ~kMeansNothing) != 0 || (sample.sent_bytes | sample.received_bytes) != 0 ||
         (sample.sent_segments | sample.received_segments | sample.retransmits) != 0 ||
         (sample.drops | sample.memory_drops) != 0;
}

/// What the sample itself says.
std::optional<TcpRole> role_of(const TcpSample& sample) {
  switch (sample.side) {
    case TcpSide::kServer:
    case TcpSide::kListener:
      return TcpRole::kServer;
    case TcpSide::kClient:
      return TcpRole::kClient;
    case TcpSide::kUnknown:
      break;
  }
  if (has_any(sample, {TcpFlag::kAttempted, TcpFlag::kConnected, TcpFlag::kFailed})) return TcpRole::kClient;
  if (has_any(sample, {TcpFlag::kAcceptable, TcpFlag::kFirstUse})) return TcpRole::kServer;
  return std::nullopt;
}

}  // namespace
std::size_t TcpBook::EndpointHash::operator()(const decode::Endpoint& endpoint) const noexcept {
  std::array<std::uint64_t, 2> words;
  std::memcpy(words.data(), endpoint.address.data(), sizeof words);
  std::uint64_t hash = (words[0] ^ 0x9E3779B97F4A7C15ULL) * 0xBF58476D1CE4E5B9ULL;
  hash = ((hash ^ (hash >> 29U)) + words[1]) * 0x94D049BB133111EBULL;
  hash = ((hash ^ (hash >> 32U)) + endpoint.port) * 0x9E3779B97F4A7C15ULL;
  return static_cast<std::size_t>(hash ^ (hash >> 32U));
}

void TcpBook::begin_sweep() {
  for (Undecided& waiting : undecided_) waiting.swept = false;
  ++sweep_;
  in_sweep_ = true;
}

void TcpBook::take(const TcpSample& sample, const std::string& service_name) {
  newest_ = std::max(newest_, sample.at);
  const bool is_listener = sample.side == TcpSide::kListener;
  if (!is_listener && !is_connected(sample) && !has_counts(sample)) return;
  Service& service = service_of(service_name);
  if (is_listener) {
    take_listener(sample, service);
    return;
  }
  std::optional<TcpRole> role = role_of(sample);
  if (!role && service.ports.accounts.contains(sample.local.port)) role = TcpRole::kServer;
  const bool may_wait = (in_sweep_ || !had_whole_sweep_) && undecided_.size() < kMostUndecided;
  if (!role && may_wait) {
    undecided_.push_back(Undecided{&service, in_sweep_, sample});
    return;
  }
  place(sample, service, role.value_or(TcpRole::kClient), in_sweep_);
}

void TcpBook::take(const DatagramDelta& delta, const std::string& service_name) {
  if (has_counts(delta)) service_of(service_name).totals.count(delta);
}

void TcpBook::take_listener(const TcpSample& listener, Service& service) {
  TcpAccount& account = port_of(service, listener.local.port);
  full_drops_ += account.count_listener(listener);
  if (in_sweep_ && is_connected(listener)) account.sweep_listener(listener, sweep_);
}

void TcpBook::place(const TcpSample& connection, Service& service, TcpRole role, bool swept) {
  TcpAccount& account =
      role == TcpRole::kServer ? port_of(service, connection.local.port) : destination_of(service, connection.remote);
  service.used_at = newest_;
  account.count(connection);
  service.totals.count(connection);
  if (swept && is_connected(connection)) account.sweep(connection, sweep_);
}

void TcpBook::end_sweep(const ListenCounters& host) {
  if (!in_sweep_) return;
  place_undecided();
  attribute_drops(host);
  for (const auto& account : accounts_) account->end_sweep(sweep_);
  forget_unused();
  in_sweep_ = false;
  had_whole_sweep_ = true;
}

void TcpBook::place_undecided() {
  for (const Undecided& waiting : undecided_) {
    const bool serves = waiting.service->ports.accounts.contains(waiting.sample.local.port);
    place(waiting.sample, *waiting.service, serves ? TcpRole::kServer : TcpRole::kClient, waiting.swept);
  }
  undecided_.clear();
  if (undecided_.capacity() > kUndecidedToKeepRoomFor) undecided_.shrink_to_fit();
}

void TcpBook::attribute_drops(const ListenCounters& host) {
  std::vector<TcpAccount*> waiting;
  for (const auto& account : accounts_) {
    if (account->undecided_drops() > 0) waiting.push_back(account.get());
  }
  std::stable_sort(waiting.begin(), waiting.end(), [](const TcpAccount* left, const TcpAccount* right) {
    return left->fullness() > right->fullness();
  });
  std::uint64_t overflows = host.overflows - std::min(host.overflows, full_drops_);
  for (TcpAccount* const account : waiting) {
    const std::uint64_t booked = std::min(overflows, account->undecided_drops());
    account->decide_drops(booked);
    overflows -= booked;
  }
  full_drops_ = 0;
}

bool TcpBook::is_unused(KernelTime used_at) const { return newest_ - used_at > kForgetAfter; }

template <class Accounts>
void TcpBook::forget_unused(Servers<Accounts>& servers) {
  std::erase_if(servers.accounts, [&](const auto& row) { return is_unused(row.second->used_at()); });
  if (servers.other != nullptr && is_unused(servers.other->used_at())) servers.other = nullptr;
}

void TcpBook::forget_unused() {
  for (const auto& service : services_) {
    forget_unused(service->ports);
    forget_unused(service->destinations);
  }
  std::erase_if(accounts_, [&](const auto& account) { return is_unused(account->used_at()); });
  // A service is used whenever one of its accounts is.
  std::erase_if(services_by_name_, [&](const auto& row) { return is_unused(row.second->used_at); });
  std::erase_if(services_, [&](const auto& service) { return is_unused(service->used_at); });
}

void TcpBook::write(FamilyBuilder& out) {
  for (const auto& account : accounts_) account->publish(page_);
  for (const auto& service : services_) service->totals.publish(page_);
  page_.hand_over(out);
}

TcpBook::Service& TcpBook::service_of(const std::string& name) {
  Service*& known = services_by_name_[name];
  if (known == nullptr) known = &add_service(name);
  known->used_at = newest_;
  return *known;
}

TcpBook::Service& TcpBook::add_service(const std::string& name) {
  // Names that read alike are one service: equal labels can never become two series.
  const std::string clean = sanitise_utf8(name);
  const auto same = std::find_if(services_.begin(), services_.end(),
                                 [&](const auto& service) { return service->totals.service() == clean; });
  if (same != services_.end()) return **same;
  services_.push_back(std::make_unique<Service>(Service{SocketTotals(clean), newest_, {}, {}}));
  return *services_.back();
}

TcpAccount& TcpBook::port_of(Service& service, std::uint16_t port) {
  return account_of(service.ports, port, [&](bool is_other) {
    return std::make_unique<TcpAccount>(TcpRole::kServer,
                                        std::vector<Label>{{"service_name", service.totals.service()},
                                                           {"role", "server"},
                                                           {"server_port", is_other ? "" : std::to_string(port)}});
  });
}

TcpAccount& TcpBook::destination_of(Service& service, const decode::Endpoint& server) {
  return account_of(service.destinations, server, [&](bool is_other) {
    const std::string address = is_other ? std::string(kOverflowDestination) : address_text(server.address);
    return std::make_unique<TcpAccount>(
        TcpRole::kClient, std::vector<Label>{{"service_name", service.totals.service()},
                                             {"role", "client"},
                                             {"server_address", address},
                                             {"server_port", is_other ? "" : std::to_string(server.port)}});
  });
}

/// `make` makes an account of its own for `server`, or, if told true, that of all others.
template <class Accounts, class Make>
TcpAccount& TcpBook::account_of(Servers<Accounts>& servers, const typename Accounts::key_type& server, Make make) {
  const auto row = servers.accounts.find(server);
  TcpAccount* account = row == servers.accounts.end() ? nullptr : row->second;
  const bool is_other = account == nullptr && servers.accounts.size() >= options_.max_destinations;
  if (is_other) {
    ++collapsed_;
    account = servers.other;
  }
  if (account == nullptr) {
    account = accounts_.emplace_back(make(is_other)).get();
    (is_other ? servers.other : servers.accounts[server]) = account;
  }
  account->touch(newest_);
  return *account;
}

}  // namespace sonde::measure
