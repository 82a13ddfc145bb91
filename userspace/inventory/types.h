#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sonde::inventory {

enum class ServiceId : std::uint32_t {};

/// Where a service's name comes from, best first.
enum class NameSource : std::uint8_t { kRule, kSystemdUnit, kContainer, kExecutable, kProcessName };

/// What a metric's service_name means.
struct Service {
  ServiceId id{};
  std::string name;
  NameSource source = NameSource::kProcessName;
  std::string systemd_unit;  ///< empty if none
  std::string container_id;  ///< 64 hexadecimal digits; empty if none
};

/// A configured name for everything that matches all given fields (at least one is given).
struct ServiceRule {
  std::string name;
  std::optional<std::string> executable;  ///< path, or its last part; `*` matches any run of characters
  std::optional<std::string> process;     ///< comm; `*` allowed
  std::optional<std::string> cgroup;      ///< path as in /proc/PID/cgroup; `*` allowed
  std::optional<std::string> container;   ///< container id or a prefix of at least 12 digits
  std::optional<std::uint16_t> port;      ///< the service's own port
};

struct InventoryOptions {
  std::vector<ServiceRule> rules;  ///< the first match wins
};

/// What is known of the process behind a connection.
struct ProcessHint {
  std::int32_t pid = 0;
  std::uint64_t cgroup_id = 0;
  std::string process_name;      ///< comm
  std::uint16_t local_port = 0;  ///< 0 where the process is the client
};

}  // namespace sonde::inventory
