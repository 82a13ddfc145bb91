#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/cgroup_resources.h"
#include "unit/host/written.h"

namespace sonde::host {

inline constexpr std::string_view kUnifiedMount =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
inline constexpr std::string_view kHybridMounts =
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:5 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "38 31 0:35 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n"
    "39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
    "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

/// A machine's cgroups as real files in a directory that is gone when the test is over.
class CgroupTree : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde-cgroup-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    files_ = HostFiles({root_ / "proc", root_ / "sys", root_ / "cgroup", root_});
  }

  void TearDown() override { std::filesystem::remove_all(root_); }

  void mount(std::string_view mountinfo) { write("proc/self/mountinfo", mountinfo); }

  void write(const std::string& path, std::string_view text) const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }

  /// Files of one cgroup, below the cgroup root.
  void cgroup(const std::string& path, std::initializer_list<std::pair<std::string, std::string_view>> files) const {
    for (const auto& [name, text] : files) write("cgroup/" + path + "/" + name, text);
  }

  void remove_cgroup(const std::string& path) const { std::filesystem::remove_all(root_ / "cgroup" / path); }

  /// Another directory under the same path, as a service manager makes it when a service is started again.
  void make_again(const std::string& path, std::initializer_list<std::pair<std::string, std::string_view>> files) {
    cgroup(path + ".new", files);
    remove_cgroup(path);
    std::filesystem::rename(root_ / "cgroup" / (path + ".new"), root_ / "cgroup" / path);
  }

  std::vector<std::string> written(const std::vector<ServiceCgroup>& cgroups) {
    ReadingWriter writer;
    resources_.write(cgroups, writer);
    return lines_of(writer);
  }

  std::vector<std::string> written(std::string_view name, const std::vector<ServiceCgroup>& cgroups) {
    return lines_of(written(cgroups), name);
  }

  std::filesystem::path root_;
  HostFiles files_;
  CgroupResources resources_{files_};
};

}  // namespace sonde::host
