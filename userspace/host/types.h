#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace sonde::host {

/// kUntyped: a number of which nothing more is promised, as node_exporter exports /proc/vmstat.
enum class ReadingType : std::uint8_t { kCounter, kGauge, kUntyped };

struct Tag {
  std::string name;
  std::string value;

  bool operator==(const Tag&) const = default;
};

/// One number read off the host, in base units (seconds, bytes, ratio).
struct Reading {
  double value = 0;
  std::vector<Tag> tags;
};

/// Readings that differ only in their tags.
struct ReadingFamily {
  std::string name;
  std::string help;  ///< one line without backslashes
  ReadingType type = ReadingType::kGauge;
  std::vector<Reading> readings;
};

/// Where things happen that a person wants to know of at night.
enum class EventKind : std::uint8_t {
  kServiceStarted,      ///< a process of the service began to run its program
  kProcessExited,       ///< of its own accord, whatever the code
  kProcessKilled,       ///< by a signal
  kCrashLoop,           ///< the service ended abnormally too often
  kOomKill,             ///< chosen by the out-of-memory killer
  kFilesystemReadOnly,  ///< a file system that was writable is no more
  kListenerGone,        ///< a port that was listened on is not any more, and nobody took over
  kBinaryChanged,       ///< the service runs another binary than before
  kCount
};

/// As exported in the label `event` and in JSON, such as "oom_kill".
std::string_view name_of(EventKind kind);

struct Event {
  std::uint64_t id = 0;  ///< grows with every event
  WallTime at;
  EventKind kind = EventKind::kServiceStarted;
  std::string service;  ///< empty for events of the host itself
  std::int32_t pid = 0;
  std::string what;  ///< one sentence for people, such as "nginx (pid 812) was killed by SIGSEGV"
};

struct HostOptions {
  std::chrono::nanoseconds interval = std::chrono::seconds{10};  ///< between two passes over all resources
  std::size_t max_services = 500;  ///< with series of their own resources; the rest is summed up as "other"
  /// Regular expressions (ECMAScript, whole match) of what is left out; the defaults are node_exporter's.
  std::string mount_points_exclude =
      "/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/.*)";
  std::string filesystem_types_exclude =
      "autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|"
      "proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs";
  std::string disks_exclude = "(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+";
  std::size_t keep_events = 1'000;                                        ///< the newest; older ones are forgotten
  std::uint32_t crash_loop_exits = 3;                                     ///< so many abnormal ends of one service ...
  std::chrono::nanoseconds crash_loop_within = std::chrono::minutes{10};  ///< ... within this are a crash loop
};

}  // namespace sonde::host
