#pragma once

#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace sonde::test {

/// A cgroup of the test's own below the cgroup v2 mount; gone with it.
class TemporaryCgroup {
 public:
  TemporaryCgroup() {
    std::ifstream mounts("/proc/mounts");
    std::string device, point, type, rest;
    while (mounts >> device >> point >> type && std::getline(mounts, rest)) {
      if (type == "cgroup2") path_ = point + "/sonde-test-" + std::to_string(::getpid());
    }
    if (!path_.empty() && ::mkdir(path_.c_str(), 0755) != 0) path_.clear();
  }
  ~TemporaryCgroup() {
    if (!path_.empty()) ::rmdir(path_.c_str());
  }
  TemporaryCgroup(const TemporaryCgroup&) = delete;
  TemporaryCgroup& operator=(const TemporaryCgroup&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool take_in(pid_t pid) const {
    std::ofstream processes(path_ + "/cgroup.procs");
    processes << pid << std::flush;
    return processes.good();
  }

 private:
  std::string path_;
};

}  // namespace sonde::test
