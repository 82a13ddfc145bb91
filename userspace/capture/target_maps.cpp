#include "capture/target_maps.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/unique_fd.h"
#include "wire/abi.h"

namespace sonde::capture {
namespace {

Result<> put(int map, const void* key, const void* value, const std::string& target) {
  if (bpf_map_update_elem(map, key, value, BPF_ANY) == 0) return Ok{};
  const int failed = errno;
  if (failed == E2BIG)
    return Error{Code::kLimit, "target '" + target + "': there are too many targets of this kind", failed};
  return Error::from_errno(failed, "target '" + target + "'");
}

Result<> put_port(int map, std::uint16_t port) {
  const std::uint32_t word = port / 64U;
  std::uint64_t bits = 0;
  bpf_map_lookup_elem(map, &word, &bits);
  bits |= std::uint64_t{1} << (port % 64U);
  return put(map, &word, &bits, "port:" + std::to_string(port));
}

Result<> put_name(int map, const std::string& name) {
  if (name.empty() || name.size() >= SONDE_PROCESS_NAME_BYTES) {
    return Error{Code::kBadInput, "target 'process:" + name + "': the kernel keeps 1 to 15 bytes of a process name " +
                                      "(see /proc/PID/comm); give just those"};
  }
  std::array<char, SONDE_PROCESS_NAME_BYTES> key{};
  std::memcpy(key.data(), name.data(), name.size());
  const std::uint8_t present = 1;
  return put(map, key.data(), &present, "process:" + name);
}

Result<> put_cgroup(const TargetMaps& maps, std::uint32_t index, const std::string& path) {
  const UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) {
    Error error = Error::from_errno(errno, "target 'cgroup:" + path + "'");
    error.what += "; give a directory of a cgroup v2 hierarchy such as /sys/fs/cgroup/system.slice/nginx.service";
    error.code = Code::kNotFound;
    return error;
  }
  struct statfs mount {};
  if (::fstatfs(directory.get(), &mount) != 0 || static_cast<unsigned long>(mount.f_type) != CGROUP2_SUPER_MAGIC) {
    return Error{Code::kBadInput, "target 'cgroup:" + path + "' is not in a cgroup v2 hierarchy"};
  }
  const int fd = directory.get();
  if (maps.cgroups >= 0) SONDE_TRY(put(maps.cgroups, &index, &fd, "cgroup:" + path));
  if (maps.cgroup_ids < 0) return Ok{};
  // A cgroup's id is the inode of its directory (kernfs, 64 bits wide where inodes are).
  struct stat directory_facts {};
  if (::fstat(fd, &directory_facts) != 0) return Error::from_errno(errno, "target 'cgroup:" + path + "'");
  const std::uint64_t id = directory_facts.st_ino;
  const std::uint8_t present = 1;
  return put(maps.cgroup_ids, &id, &present, "cgroup:" + path);
}

}  // namespace

Result<> fill_target_maps(const TargetFilter& filter, const TargetMaps& maps) {
  for (const std::uint16_t port : filter.ports) SONDE_TRY(put_port(maps.ports, port));
  for (const std::int32_t pid : filter.pids) {
    const std::uint8_t present = 1;
    SONDE_TRY(put(maps.pids, &pid, &present, "pid:" + std::to_string(pid)));
  }
  for (const std::string& name : filter.process_names) SONDE_TRY(put_name(maps.names, name));
  for (std::uint32_t i = 0; i < filter.cgroup_paths.size(); ++i) {
    SONDE_TRY(put_cgroup(maps, i, filter.cgroup_paths[i]));
  }
  return Ok{};
}

}  // namespace sonde::capture
