#include "cli/daemon_address.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace sonde::cli {
namespace {

Error bad_address(std::string_view text, const std::string& why) {
  return Error{Code::kBadInput,
               "'" + std::string(text) + "' is no address: " + why + "; write it like 127.0.0.1:10977 or [::1]:10977"};
}

bool holds_only(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view kNameBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
constexpr std::string_view kIpv6Bytes = "0123456789abcdefABCDEF:.";

}  // namespace

Result<DaemonAddress> parse_daemon_address(std::string_view text) {
  if (text.empty()) return bad_address(text, "it is empty");
  if (text.find("://") != std::string_view::npos) return bad_address(text, "it starts with a scheme");
  DaemonAddress address;
  std::string_view rest = text;
  const bool bracketed = rest.front() == '[';
  if (bracketed) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) return bad_address(text, "its [ is not closed");
    address.host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (address.host.empty()) return bad_address(text, "there is nothing between the brackets");
    if (!rest.empty() && rest.front() != ':') return bad_address(text, "what follows ] is no port");
  } else {
    if (std::count(rest.begin(), rest.end(), ':') > 1) return bad_address(text, "an IPv6 address needs brackets");
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    if (colon > 0) address.host = rest.substr(0, colon);
    rest.remove_prefix(colon);
  }
  // What ends up in a URL must not be able to become a path, a user name or another host.
  if (!holds_only(address.host, bracketed ? kIpv6Bytes : kNameBytes)) {
    return bad_address(text, "the host holds a character that no host name has");
  }
  if (rest.empty()) return address;
  rest.remove_prefix(1);
  const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), address.port);
  if (failed != std::errc{} || end != rest.data() + rest.size() || address.port == 0) {
    return bad_address(text, "the port is no number from 1 to 65535");
  }
  return address;
}

std::string to_text(const DaemonAddress& address) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace sonde::cli
