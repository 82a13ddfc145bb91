#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/clock.h"
#include "decode/types.h"
#include "inventory/inventory.h"
#include "inventory/process_source.h"

namespace sonde::app {

/// Names the services behind processes and sockets for the host thread, with an inventory of its own. A process that
/// was gone before it could be looked at, as one that crashes at once, is taken for what its like in the same cgroup
/// was, or else named by the program it was started with. threads: the host thread alone.
class ServiceFinder {
 public:
  /// owner: the caller keeps `source` alive.
  ServiceFinder(inventory::InventoryOptions options, const inventory::ProcessSource& source);

  /// owner: this; references stay valid.
  const inventory::Service& of(const decode::ProcessFacts& process, KernelTime now);
  const inventory::Service& of(const decode::ProcessExecuted& executed, KernelTime now);
  const inventory::Service& of(const decode::TcpSample& sample, KernelTime now);
  const inventory::Service& of(std::int32_t pid, KernelTime now);

  /// Services are also named by the port they listen on, so listeners must be made known.
  void note_listener(const decode::TcpSample& sample, const inventory::Service& service);

  /// Whether the service is more than a command someone ran: a unit, a container, a configured name, or a listener.
  [[nodiscard]] bool is_service(const inventory::Service& service) const;

  /// Forgets what is known of a process that is gone.
  void forget(std::int32_t pid);

  [[nodiscard]] std::uint64_t overflow_count() const { return inventory_.overflow_count(); }

 private:
  struct Command {
    std::uint64_t cgroup_id = 0;
    std::string process_name;

    bool operator==(const Command&) const = default;
  };
  struct CommandHash {
    std::size_t operator()(const Command& command) const noexcept;
  };

  [[nodiscard]] std::uint16_t port_of(std::int32_t pid) const;
  [[nodiscard]] inventory::ProcessHint hint_of(const decode::ProcessFacts& process) const;
  const inventory::Service& name(inventory::ProcessHint hint, KernelTime now);

  inventory::Inventory inventory_;
  std::unordered_map<std::int32_t, std::uint16_t> listener_ports_;  // by pid: the lowest port
  std::unordered_set<const inventory::Service*> listeners_;
  std::unordered_map<Command, const inventory::Service*, CommandHash> commands_;  // what such processes were before
};

}  // namespace sonde::app
