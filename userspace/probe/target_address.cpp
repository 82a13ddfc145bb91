#include "probe/target_address.h"

#include <charconv>
#include <cstddef>

namespace sonde::probe {
namespace {

/// Where the colon of `:PORT` is; npos if there is none.
std::size_t port_colon(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  const bool is_inside = colon != std::string_view::npos && address.find(']', colon) != std::string_view::npos;
  return is_inside ? std::string_view::npos : colon;
}

}  // namespace

std::uint16_t default_port(ProbeKind kind) {
  constexpr std::uint16_t kDns = 53;
  constexpr std::uint16_t kMysql = 3306;
  constexpr std::uint16_t kPostgresql = 5432;
  constexpr std::uint16_t kRedis = 6379;
  switch (kind) {
    case ProbeKind::kDns:
      return kDns;
    case ProbeKind::kPostgresql:
      return kPostgresql;
    case ProbeKind::kMysql:
      return kMysql;
    case ProbeKind::kRedis:
      return kRedis;
    case ProbeKind::kHttp:
    case ProbeKind::kTcp:
    case ProbeKind::kIcmp:
    case ProbeKind::kCommand:
      return 0;
  }
  std::abort();
}

std::string shown_host(std::string_view address) {
  if (const std::size_t scheme = address.find("://"); scheme != std::string_view::npos) {
    address.remove_prefix(scheme + 3);
  }
  address = address.substr(0, address.find_first_of("/?#"));
  return std::string(address.substr(0, port_colon(address)));
}

Question question_of(const ProbeTarget& target) {
  Question question{shown_host(target.address), default_port(target.kind), target.ip_protocol};
  if (const std::size_t colon = port_colon(target.address); colon != std::string::npos) {
    const std::string_view port = std::string_view(target.address).substr(colon + 1);
    std::from_chars(port.data(), port.data() + port.size(), question.port);
  }
  if (question.host.starts_with('[') && question.host.ends_with(']')) {
    question.host = question.host.substr(1, question.host.size() - 2);
  }
  return question;
}

}  // namespace sonde::probe
