#include "measure/tcp_names.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace sonde::measure {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// include/net/rstreason.h. Up to invalid_syn the numbers are the same since Linux 6.10; 6.12 put six in front of
// MPTCP's, so that 6.10 and 6.11 mean mptcp_rst_eunspec by 11 and so on.
constexpr std::array<std::string_view, 25> kResetReasons{"",
                                                         "no_socket",
                                                         "invalid_ack_sequence",
                                                         "rfc7323_paws",
                                                         "too_old_ack",
                                                         "ack_unsent_data",
                                                         "flags",
                                                         "old_ack",
                                                         "abort_on_data",
                                                         "timewait_socket",
                                                         "invalid_syn",
                                                         "abort_on_close",
                                                         "abort_on_linger",
                                                         "abort_on_memory",
                                                         "state",
                                                         "keepalive_timeout",
                                                         "disconnect_with_data",
                                                         "mptcp_rst_eunspec",
                                                         "mptcp_rst_emptcp",
                                                         "mptcp_rst_eresource",
                                                         "mptcp_rst_eprohibit",
                                                         "mptcp_rst_ewq2big",
                                                         "mptcp_rst_ebadperf",
                                                         "mptcp_rst_emiddlebox",
                                                         "error"};
static_assert(!kResetReasons.back().empty(), "the array has a row too many");

}  // namespace

std::string address_text(const std::array<std::uint8_t, 16>& address) {
  // glibc's inet_ntop writes as RFC 5952 section 4 asks: lower case, the first longest run of zeros as ::, never one.
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_ipv4 = std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.begin());
  const char* const written = is_ipv4
                                  ? inet_ntop(AF_INET, address.data() + kMappedPrefix.size(), text.data(), text.size())
                                  : inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  return written == nullptr ? std::string() : std::string(written);
}

std::string reset_reason_text(std::uint8_t reason) {
  return reason < kResetReasons.size() ? std::string(kResetReasons[reason]) : std::to_string(reason);
}

}  // namespace sonde::measure
