#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace sonde::test {

/// A cgroup of the test's own with a limit on memory, and others within it, of the v1 controller or of the v2
/// hierarchy, whichever the host has; gone with it.
class MemoryCgroup {
 public:
  /// `inner` are the names of the groups within, the outermost first.
  explicit MemoryCgroup(std::size_t limit_bytes, const std::vector<std::string>& inner = {}) {
    std::ifstream mounts("/proc/mounts");
    std::string device, point, type, options;
    while (mounts >> device >> point >> type >> options && mounts.ignore(64, '\n')) {
      const bool is_v1 = type == "cgroup" && ("," + options + ",").find(",memory,") != std::string::npos;
      if (!is_v1 && type != "cgroup2") continue;
      if (make(point, is_v1, std::to_string(limit_bytes)) && add(inner, is_v1)) return;
      remove();
    }
  }
  ~MemoryCgroup() { remove(); }
  MemoryCgroup(const MemoryCgroup&) = delete;
  MemoryCgroup& operator=(const MemoryCgroup&) = delete;

  /// The name of the group with the limit, unlike any other's.
  static std::string name() { return "sonde-memory-test-" + std::to_string(::getpid()); }

  /// False if none could be made.
  [[nodiscard]] bool exists() const { return !paths_.empty(); }
  /// Into the innermost group.
  [[nodiscard]] bool take_in(pid_t pid) const { return write(paths_.back() + "/cgroup.procs", std::to_string(pid)); }

  /// The path of the group that limits the memory of a living process, as /proc/PID/cgroup has it.
  static std::string path_of(pid_t pid) {
    std::ifstream lines("/proc/" + std::to_string(pid) + "/cgroup");
    std::string line, unified;
    while (std::getline(lines, line)) {
      std::istringstream fields(line);
      std::string number, controllers, path;
      std::getline(std::getline(std::getline(fields, number, ':'), controllers, ':'), path);
      if (("," + controllers + ",").find(",memory,") != std::string::npos) return path;
      if (controllers.empty()) unified = path;
    }
    return unified;
  }

 private:
  static bool write(const std::string& file, const std::string& text) {
    std::ofstream out(file);
    out << text << std::flush;
    return out.good();
  }

  bool make_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) != 0) return false;
    paths_.push_back(path);
    return true;
  }

  /// In version 2 a group has the controller if the one around it hands it on.
  static bool hand_on(const std::string& path, bool is_v1) {
    return is_v1 || write(path + "/cgroup.subtree_control", "+memory");
  }

  bool make(const std::string& point, bool is_v1, const std::string& limit) {
    if (!hand_on(point, is_v1) || !make_directory(point + "/" + name())) return false;
    const std::string& path = paths_.back();
    if (!write(path + (is_v1 ? "/memory.limit_in_bytes" : "/memory.max"), limit)) return false;
    // Where there is no swap, neither file need be there.
    write(path + (is_v1 ? "/memory.memsw.limit_in_bytes" : "/memory.swap.max"), is_v1 ? limit : "0");
    return true;
  }

  bool add(const std::vector<std::string>& inner, bool is_v1) {
    for (const std::string& name : inner) {
      const std::string outer = paths_.back();
      if (!hand_on(outer, is_v1) || !make_directory(outer + "/" + name)) return false;
    }
    return true;
  }

  void remove() {
    for (; !paths_.empty(); paths_.pop_back()) ::rmdir(paths_.back().c_str());
  }

  std::vector<std::string> paths_;  // the innermost last
};

}  // namespace sonde::test
