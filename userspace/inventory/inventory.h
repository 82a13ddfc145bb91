#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "inventory/cgroup.h"
#include "inventory/process_source.h"
#include "inventory/service_rules.h"
#include "inventory/types.h"

namespace sonde::inventory {

/// Where processes go once kMaxServices names are taken.
inline constexpr std::string_view kOverflowService = "other";

/// Names the service behind a process: by rule, else by its systemd unit, its container, its executable, its comm.
/// Programs run by an interpreter are named after the interpreter (python3.11, node, java) unless a rule names them.
/// A name from the same source is one service for good, so nginx.service of two machine containers is one service.
/// threads: the capture thread only.
class Inventory {
 public:
  static constexpr std::size_t kMaxServices = 10'000;
  static constexpr std::size_t kMaxProcesses = 16'384;
  static constexpr std::chrono::seconds kRereadAfter{60};

  /// owner: the caller keeps `source` alive.
  Inventory(InventoryOptions options, const ProcessSource& source);
  Inventory(const Inventory&) = delete;
  Inventory& operator=(const Inventory&) = delete;

  /// Never fails: a process that is gone goes by the hint's comm. What was found is remembered for kRereadAfter, or
  /// until cgroup or comm change; then neither a system call nor an allocation is made.
  /// owner: this; the reference stays valid.
  const Service& service_for(const ProcessHint& hint, KernelTime now);

  /// Names a process that was gone before it could be looked at by the program it was started with, and remembers that.
  /// owner: this; the reference stays valid.
  const Service& service_started_by(const std::string& executable, const ProcessHint& hint, KernelTime now);

  /// For an id that no service of this inventory has, a service called kUnknownService.
  [[nodiscard]] const Service& service(ServiceId id) const;

  [[nodiscard]] std::size_t service_count() const noexcept { return services_.size(); }

  /// How many look-ups of processes ended in kOverflowService, their own name being one too many.
  [[nodiscard]] std::uint64_t overflow_count() const noexcept { return overflow_count_; }

 private:
  /// Threads of one process may have different comms: each has its own entry. The comm is a view into the Process.
  struct ProcessKey {
    std::int32_t pid = 0;
    std::uint64_t cgroup_id = 0;
    std::string_view comm;
    std::uint16_t local_port = 0;

    bool operator==(const ProcessKey&) const = default;
  };

  struct ProcessKeyHash {
    std::size_t operator()(const ProcessKey& key) const noexcept;
  };

  struct Process {
    ProcessKey key;
    std::string comm;
    KernelTime read_at;
    const Service* service = nullptr;
  };

  using Processes = std::list<Process>;

  struct Identity {
    NameSource source = NameSource::kProcessName;
    std::string name;
    std::string systemd_unit;
    std::string container_id;
  };

  /// Reads the process anew; `before` is what it went by until now, if it is known.
  const Service* look_up(const ProcessHint& hint, const Service* before);
  [[nodiscard]] Identity identify(const ProcessHint& hint, std::string_view cgroup_text) const;
  [[nodiscard]] Identity name_of(const ProcessFacts& facts, const CgroupPlace& place) const;
  const Service* intern(Identity identity);
  void remember(const ProcessKey& key, KernelTime now, const Service* service);

  ServiceRules rules_;
  const ProcessSource& source_;
  Processes processes_;  // the longest unread first
  std::unordered_map<ProcessKey, Processes::iterator, ProcessKeyHash> process_index_;
  std::deque<Service> services_;                                // by ServiceId
  std::unordered_map<std::string, const Service*> name_index_;  // by source and name
  std::uint64_t overflow_count_ = 0;
};

}  // namespace sonde::inventory
