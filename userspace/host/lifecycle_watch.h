#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "decode/types.h"
#include "host/event_log.h"
#include "host/oom_victims.h"
#include "host/reading_writer.h"
#include "host/types.h"
#include "host/watched_services.h"
#include "host/writable_mounts.h"

namespace sonde::host {

/// What a process is to the people who run the host.
struct ProcessPlace {
  std::string service;
  bool is_service = false;  ///< a unit, a container, a name from the configuration, or seen by a sweep: no mere command
};

/// Turns starts, ends and kills of processes, vanished listeners and read-only file systems into events and counters,
/// and tells crash loops and changed binaries. Counters count everything; what happens more often than people can read
/// is one event, which says how many more there were.  threads: one at a time; the log may be read anywhere.
class LifecycleWatch {
 public:
  /// owner: the caller keeps `log` alive.
  LifecycleWatch(const HostOptions& options, EventLog& log);

  void started(const decode::ProcessFacts& process, const ProcessPlace& place, WallTime at);
  void exited(const decode::ProcessExited& exit, const ProcessPlace& place, WallTime at);
  void oom_killed(const decode::ProcessFacts& process, const ProcessPlace& place, const std::string& cgroup_path,
                  WallTime at);
  void listener_gone(const std::string& service, std::uint16_t port, std::int32_t pid, WallTime at);

  /// The binary a service runs, as of its main process; the first call for a service only takes note of it. From then
  /// on other programs of the service are commands: their starts are no events, their exit codes no abnormal ends.
  /// `build_id` is in hexadecimal; empty if the binary has none, then file identity decides.
  void runs_binary(const std::string& service, const std::string& build_id, const decode::ProcessFacts& process,
                   WallTime at);

  /// Mounts as of one pass, all of them at the same moment: a file system that was writable before and is not now gives
  /// an event.
  void mounted(const std::string& device, const std::string& mount_point, bool read_only, WallTime at);

  /// Writes sonde_process_starts_total and the other counters of events; `now` ends crash loops that are over.
  void write(ReadingWriter& out, WallTime now);

 private:
  WatchedService& service_of(const ProcessPlace& place, WallTime at);
  bool is_other(const WatchedService& service) { return &service == &services_.other(); }
  void tell(Story& story, Topic topic, Event event);
  void count_abnormal(WatchedService& service, const std::string& name, std::int32_t pid, WallTime at);
  std::optional<std::chrono::nanoseconds> lifetime(const decode::ProcessFacts& process);

  EventLog& log_;
  WatchedServices services_;
  OomVictims oom_victims_;
  WritableMounts mounts_;
  std::chrono::nanoseconds asleep_{0};  // how far CLOCK_BOOTTIME is known to be ahead of the kernel's clock
};

}  // namespace sonde::host
