#include "config/spelling.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>

#include "base/utf8.h"

namespace sonde::config {
namespace {

constexpr std::size_t kMaxQuotedBytes = 60;
constexpr std::size_t kMaxKeyBytes = 64;

struct SizeUnit {
  std::string_view name;
  unsigned shift;
};
constexpr std::array kSizeUnits{SizeUnit{"", 0}, SizeUnit{"B", 0}, SizeUnit{"KiB", 10}, SizeUnit{"MiB", 20},
                                SizeUnit{"GiB", 30}};

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool is_alphanumeric(char letter) {
  return is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

Error bad(std::string what) { return Error{Code::kBadInput, std::move(what)}; }

template <int kFamily>
bool is_address(std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  return inet_pton(kFamily, std::string(text).c_str(), binary.data()) == 1;
}

bool is_host(std::string_view host) {
  const auto allowed = [](char letter) { return is_alphanumeric(letter) || letter == '-' || letter == '.'; };
  if (host.empty() || !std::all_of(host.begin(), host.end(), allowed)) return false;
  const bool numeric = std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
  return !numeric || is_address<AF_INET>(host);
}

bool is_port(std::string_view text) {
  const auto number = parse_whole_number(text);
  return number && *number <= std::numeric_limits<std::uint16_t>::max();
}

bool is_parameter(std::string_view segment) {
  if (segment.size() < 3 || !segment.starts_with('{') || !segment.ends_with('}')) return false;
  const std::string_view name = segment.substr(1, segment.size() - 2);
  return std::all_of(name.begin(), name.end(), [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
}

}  // namespace

std::string shown_value(std::string_view value) {
  if (value.find("://") != std::string_view::npos) return "this URL";
  std::string_view shown = value.substr(0, kMaxQuotedBytes);
  while (shown.size() < value.size() && !shown.empty() && !is_valid_utf8(shown)) shown.remove_suffix(1);
  return "'" + sanitise_utf8(shown) + (shown.size() < value.size() ? "...'" : "'");
}

bool is_plain_key(std::string_view text) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '_' || c == '-' || c == '.'; };
  return !text.empty() && text.size() <= kMaxKeyBytes && std::all_of(text.begin(), text.end(), allowed);
}

std::optional<std::uint64_t> parse_whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, number);
  if (text.empty() || failed != std::errc{} || stop != end) return std::nullopt;
  return number;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto letter = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto digits = static_cast<std::size_t>(letter - text.begin());
  const auto number = parse_whole_number(text.substr(0, digits));
  std::string_view unit = text.substr(digits);
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  for (const SizeUnit& row : kSizeUnits) {
    if (row.name == unit && number && *number <= std::numeric_limits<std::uint64_t>::max() >> row.shift) {
      return *number << row.shift;
    }
  }
  return bad(shown_value(text) + " is no size; write it like 8MiB or 512KiB");
}

Result<> check_listen_address(std::string_view text) {
  constexpr std::string_view kForms = "write HOST:PORT such as 127.0.0.1:10977, [::1]:10977 or :10977";
  if (text.find("://") != std::string_view::npos)
    return bad("an address to listen on has no scheme; " + std::string(kForms));
  const std::size_t colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && is_port(text.substr(colon + 1));
  if (!has_port) return bad(shown_value(text) + " has no port from 0 to 65535; " + std::string(kForms));
  const std::string_view host = text.substr(0, colon);
  if (host.empty()) return Ok{};
  if (host.starts_with('[') && host.ends_with(']')) {
    if (is_address<AF_INET6>(host.substr(1, host.size() - 2))) return Ok{};
    return bad(shown_value(text) + " holds no IPv6 address in its brackets; " + std::string(kForms));
  }
  if (host.find(':') != std::string_view::npos) {
    return bad(shown_value(text) + " is ambiguous: put an IPv6 address in brackets, such as [::1]:10977");
  }
  if (!is_host(host)) return bad(shown_value(text) + " names no host; " + std::string(kForms));
  return Ok{};
}

Result<> check_http_url(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  const std::string_view scheme = text.substr(0, scheme_end);
  if (scheme_end == std::string_view::npos || (scheme != "http" && scheme != "https")) {
    return bad("must be a URL that starts with http:// or https://");
  }
  const auto visible = [](char letter) { return letter > 0x20 && letter < 0x7F; };
  if (!std::all_of(text.begin(), text.end(), visible)) {
    return bad("must be a URL without spaces, control characters or letters beyond ASCII: percent-encode them");
  }
  const std::string_view rest = text.substr(scheme_end + 3);
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  authority = authority.substr(authority.rfind('@') + 1);  // npos + 1 = 0: all of it
  if (authority.empty() || authority.starts_with(':')) return bad("must be a URL with a host after ://");
  return Ok{};
}

Result<> check_route(std::string_view text) {
  constexpr std::string_view kForm = "; write it like /users/{id}/orders";
  if (!text.starts_with('/')) return bad(shown_value(text) + " must start with '/'" + std::string(kForm));
  if (text.find_first_of("?# \t") != std::string_view::npos) {
    return bad(shown_value(text) + " must be a path without query, fragment or spaces" + std::string(kForm));
  }
  for (std::size_t start = 1; start <= text.size();) {
    const std::size_t end = std::min(text.find('/', start), text.size());
    const std::string_view segment = text.substr(start, end - start);
    const bool braces = segment.find_first_of("{}") != std::string_view::npos;
    if (braces && !is_parameter(segment)) {
      return bad(shown_value(text) + ": braces must hold a name and fill the whole segment" + std::string(kForm));
    }
    start = end + 1;
  }
  return Ok{};
}

}  // namespace sonde::config
