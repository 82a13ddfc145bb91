#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "host/collect_memory.h"
#include "host/collectors.h"
#include "host/filesystem_reader.h"

namespace sonde::host {

/// By type and series, such as `counter node_forks_total` or `gauge node_udp_queues{ip="v4",queue="tx"}`.
using Readings = std::map<std::string, double>;

inline std::string_view type_name(ReadingType type) {
  switch (type) {
    case ReadingType::kCounter:
      return "counter";
    case ReadingType::kGauge:
      return "gauge";
    case ReadingType::kUntyped:
      return "untyped";
  }
  std::abort();
}

inline std::string series_name(const ReadingFamily& family, const Reading& reading) {
  std::string name = std::string(type_name(family.type)) + " " + family.name;
  const char* before = "{";
  for (const Tag& tag : reading.tags) {
    name += before + tag.name + "=\"" + tag.value + "\"";
    before = ",";
  }
  return reading.tags.empty() ? name : name + "}";
}

/// A series that is written twice fails the test.
inline Readings to_readings(const std::vector<ReadingFamily>& families) {
  Readings readings;
  for (const ReadingFamily& family : families) {
    EXPECT_FALSE(family.help.empty()) << family.name;
    for (const Reading& reading : family.readings) {
      const std::string name = series_name(family, reading);
      EXPECT_TRUE(readings.emplace(name, reading.value).second) << name << " was written twice";
    }
  }
  return readings;
}

/// A host whose /proc, /sys and root are directories of the test's own, gone when it is over.
class FakeHost {
 public:
  FakeHost()
      : directory_(make_directory()), files_(HostRoots{at("proc"), at("sys"), at("sys/fs/cgroup"), at("root")}) {}
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;
  ~FakeHost() { std::filesystem::remove_all(directory_); }

  /// Writes a file, `name` beginning with proc/, sys/ or root/.
  void write(std::string_view name, std::string_view text) const {
    const std::filesystem::path path = directory_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::filesystem::remove(path);  // ext4 goes to the disk for every file that is cut to nothing and written again
    std::ofstream(path, std::ios::binary) << text;
  }

  [[nodiscard]] std::string at(std::string_view name) const { return (directory_ / name).string(); }

  /// What the collector writes; its answer is kept for code() and what().
  Readings collect(Collect collector) {
    ReadingWriter out;
    answer_ = collector(context(), out);
    return to_readings(out.take());
  }

  [[nodiscard]] bool is_ok() const { return answer_.has_value(); }
  [[nodiscard]] Code code() const { return answer_.error().code; }
  [[nodiscard]] const std::string& what() const { return answer_.error().what; }

  CollectContext context() { return CollectContext{files_, options_, filesystems_, now, &memory_}; }
  HostFiles& files() { return files_; }

  WallTime now{std::chrono::seconds{1'700'000'000}};

 private:
  static std::filesystem::path make_directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde-host-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    return pattern;
  }

  std::filesystem::path directory_;
  HostFiles files_;
  HostOptions options_;
  FilesystemReader filesystems_;
  CollectMemory memory_;
  Result<> answer_{Ok{}};
};

/// Root may read everything; while this lives, even root is nobody.
class AsNobody {
 public:
  AsNobody() : changed_(::geteuid() == 0 && ::seteuid(65534) == 0) {}
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() {
    if (changed_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  bool changed_;
};

}  // namespace sonde::host
