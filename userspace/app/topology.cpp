#include "app/topology.h"

#include <arpa/inet.h>
#include <ifaddrs.h>

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace sonde::app {
namespace {

constexpr const char* kClients =
    "group by (service_name, server_address, server_port) (sonde_tcp_connect_attempts_total{role=\"client\"})";
constexpr const char* kListeners = "group by (service_name, server_port) (sonde_tcp_accepts_total)";

std::set<std::string> own_addresses() {
  std::set<std::string> addresses{"localhost"};
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return addresses;
  for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr) continue;
    char text[INET6_ADDRSTRLEN] = {};
    const void* address = nullptr;
    if (each->ifa_addr->sa_family == AF_INET) {
      address = &reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr;
    } else if (each->ifa_addr->sa_family == AF_INET6) {
      address = &reinterpret_cast<const sockaddr_in6*>(each->ifa_addr)->sin6_addr;
    }
    if (address == nullptr) continue;
    if (::inet_ntop(each->ifa_addr->sa_family, address, text, sizeof text) != nullptr) addresses.insert(text);
  }
  ::freeifaddrs(all);
  return addresses;
}

bool is_here(const std::string& address, const std::set<std::string>& own) {
  return address.starts_with("127.") || own.contains(address);
}

}  // namespace

std::vector<alerts::Dependency> find_dependencies(const rules::Language& language, std::int64_t at_ms) {
  const auto clients = language.query(kClients, at_ms);
  const auto listeners = language.query(kListeners, at_ms);
  if (!clients || !listeners) return {};
  std::multimap<std::string, std::string> by_port;
  for (const promql::ResultSeries& series : listeners->value.series) {
    by_port.emplace(std::string(measure::value_of(*series.labels, "server_port")),
                    std::string(measure::value_of(*series.labels, "service_name")));
  }
  const std::set<std::string> own = own_addresses();
  std::vector<alerts::Dependency> found;
  for (const promql::ResultSeries& series : clients->value.series) {
    const std::string service = std::string(measure::value_of(*series.labels, "service_name"));
    const std::string address = std::string(measure::value_of(*series.labels, "server_address"));
    const std::string port = std::string(measure::value_of(*series.labels, "server_port"));
    found.push_back({service, std::string(address).append(":").append(port)});
    if (!is_here(address, own)) continue;
    const auto [first, last] = by_port.equal_range(port);
    for (auto row = first; row != last; ++row) {
      if (row->second != service) found.push_back({service, row->second});
    }
  }
  return found;
}

}  // namespace sonde::app
