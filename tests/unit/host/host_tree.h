#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/collect_memory.h"
#include "host/collectors.h"
#include "host/filesystem_reader.h"
#include "unit/host/written.h"

namespace sonde::host {

/// A machine's /proc and /sys as real files in a directory that is gone when the test is over. Its file systems answer
/// what `answers_` says.
class HostTree : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde-host-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    files_ = HostFiles({root_ / "proc", root_ / "sys", root_ / "cgroup", root_ / "root"});
  }

  void TearDown() override { std::filesystem::remove_all(root_); }

  void write(const std::string& path, std::string_view text) const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }

  /// `target` is relative to the link's directory, as the kernel has it.
  void link(const std::string& target, const std::string& path) const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::filesystem::create_symlink(target, root_ / path);
  }

  void remove(const std::string& path) const { std::filesystem::remove_all(root_ / path); }

  /// Runs a collector; what came of it is in `outcome_`.
  std::vector<ReadingFamily> families(Collect collect) {
    ReadingWriter out;
    const CollectContext context{.files = files_,
                                 .options = options_,
                                 .filesystems = filesystems_,
                                 .now = WallTime{std::chrono::seconds{1'800'000'000}},
                                 .memory = &memory_};
    const Result<> result = collect(context, out);
    outcome_ = result ? std::nullopt : std::optional(result.error().code);
    return out.take();
  }

  std::vector<std::string> lines(Collect collect) {
    ReadingWriter out;
    for (const ReadingFamily& family : families(collect)) {
      out.gauge(family.name, family.help);
      for (const Reading& reading : family.readings) out.add(reading.value, reading.tags);
    }
    return lines_of(out);
  }

  std::vector<std::string> lines(Collect collect, std::string_view name) { return lines_of(lines(collect), name); }

  std::map<std::string, ReadingType> types(Collect collect) {
    std::map<std::string, ReadingType> found;
    for (const ReadingFamily& family : families(collect)) found.emplace(family.name, family.type);
    return found;
  }

  /// Cuts a file after each of its bytes.  returns: what was read that is not read off the whole file.
  std::vector<std::string> invented_when_cut(Collect collect, const std::string& path, std::string_view text) {
    write(path, text);
    const std::vector<std::string> whole = lines(collect);
    EXPECT_FALSE(whole.empty());
    std::vector<std::string> invented;
    for (std::size_t length = text.size(); length-- > 0;) {
      std::filesystem::resize_file(root_ / path, length);
      for (const std::string& line : lines(collect)) {
        if (std::find(whole.begin(), whole.end(), line) == whole.end()) invented.push_back(line);
      }
    }
    return invented;
  }

  std::filesystem::path root_;
  std::map<std::string, struct statvfs> answers_;  // by path; others are refused
  HostFiles files_;
  HostOptions options_;
  CollectMemory memory_;
  FilesystemReader filesystems_{std::chrono::minutes{1}, [this](const char* path, struct statvfs* facts) {
                                  const auto found = answers_.find(path);
                                  if (found == answers_.end()) return errno = ENOENT, -1;
                                  *facts = found->second;
                                  return 0;
                                }};
  std::optional<Code> outcome_;  // none: the collector did all it could
};

}  // namespace sonde::host
