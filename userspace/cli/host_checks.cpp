#include "cli/host_checks.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace sonde::cli {
namespace {

/// units: bit as in include/uapi/linux/capability.h.
struct Capability {
  unsigned bit;
  std::string_view name;  ///< without CAP_
  CheckState if_missing;
  std::string_view loss;  ///< what the process may not do without it; empty if nothing that Sonde does
};

constexpr unsigned kSysAdminBit = 21;

constexpr std::array kCapabilities{
    Capability{39, "BPF", CheckState::kBad, "load sensors into the kernel"},
    Capability{38, "PERFMON", CheckState::kBad, "attach sensors and read kernel memory with them"},
    Capability{19, "SYS_PTRACE", CheckState::kWarn,
               "see other users' executables: their services get the process name"},
    Capability{2, "DAC_READ_SEARCH", CheckState::kWarn, "read tracefs: sensors on classic tracepoints stay off"},
    Capability{12, "NET_ADMIN", CheckState::kOk, ""},
    Capability{kSysAdminBit, "SYS_ADMIN", CheckState::kOk, ""},
};

bool holds(std::uint64_t mask, unsigned bit) { return (mask >> bit & 1U) != 0; }

/// Since 5.8 CAP_SYS_ADMIN stands in for the two capabilities that were split off from it (capabilities(7)).
bool is_granted(const HostFacts& facts, const Capability& capability) {
  const bool split_off = capability.name == "BPF" || capability.name == "PERFMON";
  return holds(facts.effective_capabilities, capability.bit) ||
         (split_off && holds(facts.effective_capabilities, kSysAdminBit));
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

/// One line for each way to start Sonde, with everything it can use, so that one change is enough.
std::string how_to_grant() {
  std::string files;
  std::string unit;
  std::string docker;
  for (const Capability& capability : kCapabilities) {
    if (capability.if_missing == CheckState::kOk) continue;
    const std::string name(capability.name);
    files += (files.empty() ? "cap_" : ",cap_") + lower(name);
    unit += " CAP_" + name;
    docker += " --cap-add " + name;
  }
  return "one of these, by how Sonde is started:\n"
         "by hand: run it with sudo, or sudo setcap " +
         files +
         "=ep \"$(command -v sonde)\"\n"
         "systemd: AmbientCapabilities=" +
         unit.substr(1) +
         "\n"
         "docker:  docker run --pid=host" +
         docker + " ...";
}

Check check_capabilities(const HostFacts& facts) {
  Check check{"capabilities", CheckState::kOk, "", ""};
  std::string held;
  std::string missing;
  std::string unneeded;
  for (const Capability& capability : kCapabilities) {
    const std::string name = "CAP_" + std::string(capability.name);
    if (is_granted(facts, capability)) {
      held += (held.empty() ? "" : " ") + name;
      continue;
    }
    if (capability.loss.empty()) {
      unneeded += " " + name;
      continue;
    }
    missing += "\nwithout " + name + " it may not " + std::string(capability.loss);
    check.state = std::max(check.state, capability.if_missing);
  }
  const std::string user = facts.is_root ? "root" : "not root";
  check.detail = user + ", " + (held.empty() ? "holds none that matter" : "holds " + held) + missing;
  if (!unneeded.empty()) check.detail += "\nnot held and not needed:" + unneeded;
  if (check.state != CheckState::kOk) check.remedy = how_to_grant();
  return check;
}

Check check_kernel(const HostFacts& facts) {
  if (facts.kernel_release.empty()) {
    return Check{"kernel", CheckState::kWarn, "/proc/sys/kernel/osrelease cannot be read",
                 "mount /proc: sudo mount -t proc proc /proc"};
  }
  return Check{"kernel", CheckState::kOk, facts.kernel_release, ""};
}

Check check_btf(const HostFacts& facts) {
  if (facts.has_btf) return Check{"type information", CheckState::kOk, "/sys/kernel/btf/vmlinux", ""};
  return Check{"type information", CheckState::kBad, "/sys/kernel/btf/vmlinux is missing: no sensor can be loaded",
               "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y (every current distribution's is);\n"
               "in a container, mount the host's /sys"};
}

Check check_lockdown(const HostFacts& facts) {
  switch (facts.lockdown) {
    case Lockdown::kUnknown:
      return Check{"lockdown", CheckState::kOk, "not known: /sys/kernel/security/lockdown is not there", ""};
    case Lockdown::kNone:
      return Check{"lockdown", CheckState::kOk, "none", ""};
    case Lockdown::kIntegrity:
      return Check{"lockdown", CheckState::kOk, "integrity, which leaves tracing alone", ""};
    case Lockdown::kConfidentiality:
      return Check{"lockdown", CheckState::kWarn, "confidentiality: the kernel refuses sensors that read kernel memory",
                   "boot with lockdown=integrity on the kernel's command line"};
  }
  return Check{};
}

Check check_tracefs(const HostFacts& facts) {
  if (facts.tracefs_mounted) return Check{"tracefs", CheckState::kOk, "mounted", ""};
  return Check{"tracefs", CheckState::kWarn, "not mounted: sensors on classic tracepoints, the last resort, stay off",
               "sudo mount -t tracefs tracefs /sys/kernel/tracing"};
}

Check check_cgroup(const HostFacts& facts) {
  switch (facts.cgroup) {
    case CgroupHierarchy::kV2:
      return Check{"cgroups", CheckState::kOk, "v2 at " + facts.cgroup2_path, ""};
    case CgroupHierarchy::kHybrid:
      return Check{"cgroups", CheckState::kOk, "v1, with v2 at " + facts.cgroup2_path, ""};
    case CgroupHierarchy::kV1:
    case CgroupHierarchy::kNone:
      break;
  }
  return Check{"cgroups", CheckState::kWarn, "no v2 hierarchy is mounted: --only cgroup:PATH cannot work",
               "boot with systemd.unified_cgroup_hierarchy=1; in a container, mount the host's /sys/fs/cgroup"};
}

Check check_pid_namespace(const HostFacts& facts) {
  if (!facts.in_initial_pid_namespace) {
    return Check{"pid namespace", CheckState::kWarn, "not known: /proc/self/ns/pid cannot be read",
                 "mount /proc: sudo mount -t proc proc /proc"};
  }
  if (*facts.in_initial_pid_namespace) return Check{"pid namespace", CheckState::kOk, "the host's", ""};
  return Check{"pid namespace", CheckState::kWarn,
               "a container's own: the kernel's process ids do not match /proc, so services cannot be named",
               "docker run --pid=host, or hostPID: true in Kubernetes"};
}

Check check_unprivileged_bpf(const HostFacts& facts) {
  if (facts.unprivileged_bpf_disabled == 0) {
    return Check{"unprivileged BPF", CheckState::kWarn, "every user of this host may load BPF programs",
                 "Sonde does not need that: sudo sysctl kernel.unprivileged_bpf_disabled=2"};
  }
  return Check{"unprivileged BPF", CheckState::kOk, facts.unprivileged_bpf_disabled ? "refused" : "not known", ""};
}

Check check_bpf_stats(const HostFacts& facts) {
  if (!facts.bpf_stats_enabled) return Check{"cost of hooks", CheckState::kOk, "not known", ""};
  return Check{"cost of hooks", CheckState::kOk,
               *facts.bpf_stats_enabled != 0
                   ? "measured, which itself costs about 50 ns a run: sysctl kernel.bpf_stats_enabled=0 ends it"
                   : "not measured: sysctl kernel.bpf_stats_enabled=1 does, for about 50 ns a run",
               ""};
}

}  // namespace

std::vector<Check> check_host(const HostFacts& facts) {
  return {check_kernel(facts),   check_btf(facts),    check_capabilities(facts),  check_lockdown(facts),
          check_tracefs(facts),  check_cgroup(facts), check_pid_namespace(facts), check_unprivileged_bpf(facts),
          check_bpf_stats(facts)};
}

}  // namespace sonde::cli
