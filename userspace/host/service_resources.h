#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "decode/types.h"
#include "host/reading_writer.h"
#include "host/service_totals.h"
#include "host/types.h"

namespace sonde::host {

/// What the processes of each service use, added up from sweeps over all tasks. Counters never go down: what a process
/// used counts once, also the part between its last sweep and its end. A process that is seen for the first time counts
/// from its beginning if it began after the watch, else from then on. What a process used since it was last counted
/// goes to the service it is of now.
///   resources.begin_sweep();  // then add() for every swept process and thread, in any order, and
///   resources.end_sweep();    // if the sweep was whole, then write()
/// threads: one at a time.
class ServiceResources {
 public:
  /// `watch_began_ns` is CLOCK_BOOTTIME.
  ServiceResources(const HostOptions& options, std::uint64_t watch_began_ns);

  /// Forgets a sweep that was not ended.
  void begin_sweep();
  void add(const decode::ProcessFacts& process, const std::string& service);
  void add(const decode::ThreadSampled& thread);
  void end_sweep();

  /// Between sweeps: the process is gone, these are its final totals.
  void add_exit(const decode::ProcessFacts& process, const std::string& service);

  /// Whether the process was seen by a sweep: short-lived commands are not.
  [[nodiscard]] bool is_known(const decode::ProcessIdentity& process) const;

  /// Writes process_* and sonde_process_* readings of each service, as of the last sweep. A service whose last process
  /// is gone has its counters and a process count of 0, but no other gauge, for another hour; then it is forgotten.
  /// units: boot_now_ns is CLOCK_BOOTTIME, for uptimes and that hour.
  void write(ReadingWriter& out, std::uint64_t boot_now_ns);

 private:
  struct Process {
    decode::ProcessIdentity identity;
    Amounts counted{};        // what its services were given; of the wait for a CPU: what was seen last
    Amounts sum{};            // of its records in sweep `swept`
    std::uint32_t swept = 0;  // the last sweep that had a record of it, or of a thread of its pid
    ServiceTotals::Place service = ServiceTotals::kOther;
    bool has_identity = false;  // false: only threads were seen
    bool has_record = false;    // its own record was in sweep `swept`
    bool is_counted = false;    // false: older than the watch, and no sweep that saw it was ended yet
    bool is_ended = false;      // add_exit() said so: what a sweep still sees of it is no news
  };

  [[nodiscard]] std::size_t slot_of(std::int32_t pid) const;
  void index_processes();
  Process& touch(std::int32_t pid);
  void claim(Process& process, const decode::ProcessIdentity& identity);
  void move_to(Process& process, const std::string& service);
  void count(Process& process);
  void count_exit(Process& process, const decode::ProcessFacts& facts, const std::string& service);
  void leave_released_places();

  std::uint64_t watch_began_ns_;
  std::uint32_t sweep_ = 0;
  ServiceTotals totals_;
  std::vector<Process> processes_;    // one for each pid
  std::vector<std::uint32_t> slots_;  // hash table by pid: index in processes_ + 1; 0 is free
  std::vector<Process> replaced_;     // their pid has a new owner, their exit may still be told
  // Ended before any sweep saw them; a sweep that began at that moment still may.
  std::vector<decode::ProcessIdentity> ended_unseen_;
};

}  // namespace sonde::host
