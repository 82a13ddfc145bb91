#include <sys/statvfs.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/collectors.h"
#include "host/fields.h"
#include "host/os_release.h"

namespace sonde::host {
namespace {

/// As libselinux's is_selinux_enabled(3) has it: selinuxfs is there, it is not the read-only one that containers are
/// shown to keep them out of it, and a policy is loaded.
bool is_enabled(HostFiles& files) {
  struct statvfs mounted {};
  const std::string path = files.roots().sys + "/fs/selinux";
  if (::statvfs(path.c_str(), &mounted) != 0 || (mounted.f_flag & ST_RDONLY) != 0) return false;
  if (!files.read_sys("fs/selinux/enforce")) return false;
  const Result<std::string_view> context = files.read_proc("thread-self/attr/current");
  if (!context) return true;
  const std::string_view label = context->substr(0, context->find('\0'));
  return trim(label) != "kernel";
}

/// 1 enforcing, 0 permissive, -1 disabled or not said.
double to_mode(std::string_view word) { return word == "enforcing" ? 1 : word == "permissive" ? 0 : -1; }

}  // namespace

Result<> collect_selinux(const CollectContext& context, ReadingWriter& out) {
  const bool enabled = is_enabled(context.files);
  out.gauge("node_selinux_enabled", "Whether SELinux is on.").add(enabled ? 1 : 0);
  if (!enabled) return Ok{};
  const Result<std::string_view> config = context.files.read_root("etc/selinux/config");
  out.gauge("node_selinux_config_mode", "SELinux mode of the next start: 1 enforcing, 0 permissive, -1 disabled.")
      .add(config ? to_mode(find_os_release(*config, "SELINUX")) : -1);
  const Result<std::uint64_t> mode = context.files.count_sys("fs/selinux/enforce");
  out.gauge("node_selinux_current_mode", "SELinux mode now: 1 enforcing, 0 permissive, -1 unknown.")
      .add(mode ? static_cast<double>(*mode) : -1);
  return Ok{};
}

}  // namespace sonde::host
