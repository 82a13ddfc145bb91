#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "host/host_files.h"

namespace sonde::host {

/// The controllers of cgroups(7) that are read, by their names in version 1. Pressure is none: it is in version 2
/// alone.
enum class CgroupController : std::uint8_t { kCpu, kCpuacct, kMemory, kBlkio, kPids, kCount };

/// A hierarchy of cgroups and where it is mounted.
struct CgroupHierarchy {
  /// A folder of HostRoots.cgroup, such as "memory"; if is_elsewhere, of HostRoots.root.
  std::string folder;
  bool is_elsewhere = false;
  std::string top = "/";    ///< the cgroup that the mount begins with: in a container it may be another than the root
  bool is_unified = false;  ///< version 2
  std::uint32_t controllers = 0;  ///< shape: bits by CgroupController; unified: those that no other hierarchy has

  [[nodiscard]] bool has(CgroupController controller) const {
    return (controllers >> static_cast<unsigned>(controller) & 1U) != 0;
  }
};

/// Finds the hierarchies in the text of /proc/self/mountinfo (proc_pid_mountinfo(5)). Of several mounts of one, that
/// below `cgroup_root` is taken, then that below /sys/fs/cgroup, which is taken to mean `cgroup_root` (tests and
/// containers have it somewhere else than the text says), then any other; among equals one that begins with the root.
std::vector<CgroupHierarchy> find_hierarchies(std::string_view mountinfo, std::string_view cgroup_root);

/// Where a process with this /proc/PID/cgroup is in the hierarchy: "/system.slice/nginx.service", to be put after
/// `folder`; empty for a container's own cgroup that is mounted as `folder` itself. None if it is in the hierarchy's
/// root, if it is not below what is mounted, or if its cgroup is removed.
std::optional<std::string> find_cgroup(const CgroupHierarchy& hierarchy, std::string_view cgroup_text);

/// That somebody has a process in a cgroup.
struct CgroupClaim {
  std::size_t owner = 0;
  std::size_t hierarchy = 0;
  std::string path;  ///< as find_cgroup() gives it
};

/// Those claims whose cgroup, with all cgroups in it, belongs to the one owner, each cgroup once; of a cgroup and
/// another one inside it, both the owner's, only the outer.
std::vector<CgroupClaim> keep_own(const std::vector<CgroupClaim>& claims);

/// Reads a file of a cgroup; errors and lifetime as in HostFiles.
Result<std::string_view> read_cgroup_file(HostFiles& files, const CgroupHierarchy& hierarchy, std::string_view path,
                                          std::string_view name);

/// A number that a cgroup which is removed and made again does not have again (its inode, see
/// kernfs_id_ino() of include/linux/kernfs.h); none if it is gone.
std::optional<std::uint64_t> cgroup_inode(const HostFiles& files, const CgroupHierarchy& hierarchy,
                                          std::string_view path);

}  // namespace sonde::host
