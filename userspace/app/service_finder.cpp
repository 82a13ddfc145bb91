#include "app/service_finder.h"

#include <functional>
#include <utility>

namespace sonde::app {

using decode::TcpSide;

namespace {

constexpr std::size_t kMostCommands = 4'096;

}  // namespace

std::size_t ServiceFinder::CommandHash::operator()(const Command& command) const noexcept {
  return std::hash<std::string>{}(command.process_name) ^ std::hash<std::uint64_t>{}(command.cgroup_id);
}

ServiceFinder::ServiceFinder(inventory::InventoryOptions options, const inventory::ProcessSource& source)
    : inventory_(std::move(options), source) {}

const inventory::Service& ServiceFinder::of(const decode::ProcessFacts& process, KernelTime now) {
  return name(hint_of(process), now);
}

const inventory::Service& ServiceFinder::of(const decode::ProcessExecuted& executed, KernelTime now) {
  const inventory::Service& service = of(executed.process, now);
  // A path that is not absolute says where to look from a place that nobody knows any more.
  const bool is_told = executed.executable.starts_with('/');
  if (service.source != inventory::NameSource::kProcessName || !is_told) return service;
  return inventory_.service_started_by(executed.executable, hint_of(executed.process), now);
}

inventory::ProcessHint ServiceFinder::hint_of(const decode::ProcessFacts& process) const {
  return {.pid = process.identity.pid,
          .cgroup_id = process.cgroup_id,
          .process_name = process.process_name,
          .local_port = port_of(process.identity.pid)};
}

const inventory::Service& ServiceFinder::of(const decode::TcpSample& sample, KernelTime now) {
  const bool is_own_port = sample.side == TcpSide::kServer || sample.side == TcpSide::kListener;
  return name({.pid = sample.pid,
               .cgroup_id = sample.cgroup_id,
               .process_name = sample.process_name,
               .local_port = is_own_port ? sample.local.port : std::uint16_t{0}},
              now);
}

const inventory::Service& ServiceFinder::of(std::int32_t pid, KernelTime now) {
  return inventory_.service_for({.pid = pid, .cgroup_id = 0, .process_name = {}, .local_port = port_of(pid)}, now);
}

const inventory::Service& ServiceFinder::name(inventory::ProcessHint hint, KernelTime now) {
  const inventory::Service& service = inventory_.service_for(hint, now);
  const Command command{hint.cgroup_id, std::move(hint.process_name)};
  const auto known = commands_.find(command);
  if (service.source == inventory::NameSource::kProcessName) return known == commands_.end() ? service : *known->second;
  if (known != commands_.end()) {
    known->second = &service;
  } else if (commands_.size() < kMostCommands) {
    commands_.emplace(command, &service);
  }
  return service;
}

void ServiceFinder::note_listener(const decode::TcpSample& sample, const inventory::Service& service) {
  listeners_.insert(&service);
  const auto [known, is_new] = listener_ports_.try_emplace(sample.pid, sample.local.port);
  if (!is_new && sample.local.port < known->second) known->second = sample.local.port;
}

bool ServiceFinder::is_service(const inventory::Service& service) const {
  switch (service.source) {
    case inventory::NameSource::kRule:
    case inventory::NameSource::kSystemdUnit:
    case inventory::NameSource::kContainer:
      return true;
    case inventory::NameSource::kExecutable:
    case inventory::NameSource::kProcessName:
      return listeners_.contains(&service);
  }
  return false;
}

void ServiceFinder::forget(std::int32_t pid) { listener_ports_.erase(pid); }

std::uint16_t ServiceFinder::port_of(std::int32_t pid) const {
  const auto known = listener_ports_.find(pid);
  return known == listener_ports_.end() ? std::uint16_t{0} : known->second;
}

}  // namespace sonde::app
