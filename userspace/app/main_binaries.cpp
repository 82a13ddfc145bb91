#include "app/main_binaries.h"

#include "host/build_id.h"

namespace sonde::app {

void MainBinaries::look(std::span<const SweptProcess> swept, host::LifecycleWatch& watch, WallTime now) {
  std::unordered_map<std::int32_t, const inventory::Service*> service_of;
  for (const SweptProcess& process : swept) service_of.emplace(process.facts.identity.pid, process.service);
  std::unordered_map<const inventory::Service*, const SweptProcess*> oldest;
  for (const SweptProcess& process : swept) {
    const auto parent = service_of.find(process.facts.parent_pid);
    if (parent != service_of.end() && parent->second == process.service) continue;
    const SweptProcess*& main = oldest[process.service];
    if (main == nullptr || process.facts.identity.started_ns < main->facts.identity.started_ns) main = &process;
  }
  for (const auto& [service, process] : oldest) look_at(*service, process->facts, watch, now);
}

void MainBinaries::look_at(const inventory::Service& service, const decode::ProcessFacts& process,
                           host::LifecycleWatch& watch, WallTime now) {
  if (process.executable_inode == 0) return;
  Main& main = main_[&service];
  if (main.identity != process.identity) {
    // A shell that prepares the service, or one about to become it, is gone or another program by the next look.
    main = {process.identity, false};
    return;
  }
  if (main.is_told) return;
  main.is_told = true;
  const auto build_id = host::read_build_id(proc_ + "/" + std::to_string(process.identity.pid) + "/exe");
  if (build_id) watch.runs_binary(service.name, *build_id, process, now);
}

}  // namespace sonde::app
