#include <unistd.h>

#include <array>
#include <charconv>
#include <sstream>
#include <string_view>

#include "base/file.h"
#include "base/utf8.h"
#include "cli/host_checks.h"

namespace sonde::cli {
namespace {

std::string first_line(const std::string& path) {
  const auto text = read_file(path);
  return text ? text->substr(0, text->find('\n')) : "";
}

std::optional<int> number_in(const std::string& path) {
  const std::string line = first_line(path);
  int number = 0;
  const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (failed != std::errc{} || end != line.data() + line.size()) return std::nullopt;
  return number;
}

/// "none [integrity] confidentiality": what is in force stands in brackets.
Lockdown read_lockdown(const std::string& path) {
  const std::string line = first_line(path);
  if (line.find("[none]") != std::string::npos) return Lockdown::kNone;
  if (line.find("[integrity]") != std::string::npos) return Lockdown::kIntegrity;
  if (line.find("[confidentiality]") != std::string::npos) return Lockdown::kConfidentiality;
  return Lockdown::kUnknown;
}

/// proc(5): "Uid:" lists real, effective, saved and file-system user; "CapEff:" is a mask in hexadecimal.
void read_status(const std::string& path, HostFacts& facts) {
  const auto text = read_file(path);
  if (!text) return;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key;
    words >> key;
    if (key == "Uid:") {
      long real = -1;
      long effective = -1;
      facts.is_root = (words >> real >> effective) && effective == 0;
    }
    if (key == "CapEff:") words >> std::hex >> facts.effective_capabilities;
  }
}

void read_mounts(const std::string& path, HostFacts& facts) {
  const auto text = read_file(path);
  if (!text) return;
  bool has_v1 = false;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string device;
    std::string place;
    std::string type;
    words >> device >> place >> type;
    facts.tracefs_mounted = facts.tracefs_mounted || type == "tracefs";
    has_v1 = has_v1 || type == "cgroup";
    if (type == "cgroup2" && facts.cgroup2_path.empty()) facts.cgroup2_path = sanitise_utf8(place);
  }
  const bool has_v2 = !facts.cgroup2_path.empty();
  facts.cgroup = has_v1 && has_v2 ? CgroupHierarchy::kHybrid
                 : has_v2         ? CgroupHierarchy::kV2
                 : has_v1         ? CgroupHierarchy::kV1
                                  : CgroupHierarchy::kNone;
}

/// The first pid namespace has a fixed inode, PROC_PID_INIT_INO of include/linux/proc_ns.h.
std::optional<bool> is_initial_pid_namespace(const std::string& path) {
  constexpr std::string_view kInitial = "pid:[4026531836]";
  std::array<char, 64> target{};
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  if (length <= 0) return std::nullopt;
  return std::string_view(target.data(), static_cast<std::size_t>(length)) == kInitial;
}

}  // namespace

HostFacts read_host_facts(const std::string& root) {
  HostFacts facts;
  facts.kernel_release = sanitise_utf8(first_line(root + "/proc/sys/kernel/osrelease"));
  facts.has_btf = ::access((root + "/sys/kernel/btf/vmlinux").c_str(), F_OK) == 0;
  facts.lockdown = read_lockdown(root + "/sys/kernel/security/lockdown");
  facts.in_initial_pid_namespace = is_initial_pid_namespace(root + "/proc/self/ns/pid");
  facts.bpf_stats_enabled = number_in(root + "/proc/sys/kernel/bpf_stats_enabled");
  facts.unprivileged_bpf_disabled = number_in(root + "/proc/sys/kernel/unprivileged_bpf_disabled");
  read_status(root + "/proc/self/status", facts);
  read_mounts(root + "/proc/self/mounts", facts);
  return facts;
}

}  // namespace sonde::cli
