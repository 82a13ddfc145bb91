#include "measure/tcp_totals.h"

#include <cstddef>

#include "measure/histogram_series.h"

namespace sonde::measure {
namespace {

constexpr std::string_view kUdp = "udp";
constexpr std::string_view kUnix = "unix";

}  // namespace

bool has_counts(const DatagramDelta& delta) {
  constexpr std::array<std::uint64_t, 2> kNothing{};
  const bool is_empty = delta.bytes == kNothing && delta.messages == kNothing && delta.errors == kNothing;
  return !is_empty && (delta.kind == kUdp || delta.kind == kUnix);
}

void DirectionCounter::publish(const std::string& service, TcpPage& page) {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (identities_[i] == nullptr) {
      identities_[i] = make_identity(
          {{"service_name", service}, {std::string(text_of(family_).label), std::string(directions_[i])}});
    }
    page.add(family_, Series{identities_[i], static_cast<double>(counts_[i]), nullptr});
  }
}

void SocketTotals::count(const DatagramDelta& delta) {
  const bool is_udp = delta.kind == kUdp;
  Datagrams& datagrams = is_udp ? udp_ : unix_;
  datagrams.seen = true;
  datagrams.bytes.add(delta.bytes);
  datagrams.messages.add(delta.messages);
  datagrams.errors.add(delta.errors);
  if (!is_udp) return;
  moved_bytes_ = true;
  network_.add(delta.bytes);
}

void SocketTotals::publish(TcpPage& page) {
  for (Datagrams* const datagrams : {&udp_, &unix_}) {
    if (!datagrams->seen) continue;
    datagrams->bytes.publish(service_, page);
    datagrams->messages.publish(service_, page);
    datagrams->errors.publish(service_, page);
  }
  if (moved_bytes_) network_.publish(service_, page);
}

}  // namespace sonde::measure
