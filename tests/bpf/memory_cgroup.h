#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace sonde::test {

/// A cgroup of the test's own with a limit on memory, of the v1 controller or of the v2 hierarchy, whichever the host
/// has; gone with it.
class MemoryCgroup {
 public:
  explicit MemoryCgroup(std::size_t limit_bytes) {
    const std::string name = "/sonde-memory-test-" + std::to_string(::getpid());
    const std::string limit = std::to_string(limit_bytes);
    std::ifstream mounts("/proc/mounts");
    std::string device, point, type, options;
    while (mounts >> device >> point >> type >> options && mounts.ignore(64, '\n')) {
      const bool is_v1 = type == "cgroup" && ("," + options + ",").find(",memory,") != std::string::npos;
      if (!is_v1 && type != "cgroup2") continue;
      if (make(point + name, is_v1, limit)) return;
    }
  }
  ~MemoryCgroup() {
    if (!path_.empty()) ::rmdir(path_.c_str());
  }
  MemoryCgroup(const MemoryCgroup&) = delete;
  MemoryCgroup& operator=(const MemoryCgroup&) = delete;

  /// Empty if none could be made.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool take_in(pid_t pid) const { return write(path_ + "/cgroup.procs", std::to_string(pid)); }

 private:
  static bool write(const std::string& file, const std::string& text) {
    std::ofstream out(file);
    out << text << std::flush;
    return out.good();
  }

  bool make(const std::string& path, bool is_v1, const std::string& limit) {
    if (::mkdir(path.c_str(), 0755) != 0) return false;
    if (write(path + (is_v1 ? "/memory.limit_in_bytes" : "/memory.max"), limit)) {
      // Where there is no swap, neither file need be there.
      write(path + (is_v1 ? "/memory.memsw.limit_in_bytes" : "/memory.swap.max"), is_v1 ? limit : "0");
      path_ = path;
      return true;
    }
    ::rmdir(path.c_str());
    return false;
  }

  std::string path_;
};

}  // namespace sonde::test
