#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sonde::cli {

enum class Lockdown : std::uint8_t { kUnknown, kNone, kIntegrity, kConfidentiality };
enum class CgroupHierarchy : std::uint8_t { kNone, kV1, kHybrid, kV2 };

/// What the kernel and this process's rights allow, as read from /proc and /sys.
struct HostFacts {
  std::string kernel_release;  ///< 6.1.0-18-amd64; empty if unknown
  bool has_btf = false;
  bool is_root = false;  ///< effective user
  std::uint64_t effective_capabilities = 0;
  Lockdown lockdown = Lockdown::kUnknown;
  bool tracefs_mounted = false;
  CgroupHierarchy cgroup = CgroupHierarchy::kNone;
  std::string cgroup2_path;  ///< where cgroup v2 is mounted; empty if nowhere
  std::optional<bool> in_initial_pid_namespace;
  std::optional<int> bpf_stats_enabled;
  std::optional<int> unprivileged_bpf_disabled;
};

/// Reads them below `root`, the real ones by default. What cannot be read stays unknown.
HostFacts read_host_facts(const std::string& root = "");

enum class CheckState : std::uint8_t { kOk, kWarn, kBad };

/// One finding of `sonde doctor`.  shape: detail and remedy may have several lines.
struct Check {
  std::string name;
  CheckState state = CheckState::kOk;
  std::string detail;
  std::string remedy;  ///< empty if ok
};

/// Judges every fact: what Sonde may not do, and how to grant it. kBad: no sensor can work.
std::vector<Check> check_host(const HostFacts& facts);

}  // namespace sonde::cli
