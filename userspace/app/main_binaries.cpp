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
  for (const auto& [service, process] : oldest) {
    decode::ProcessIdentity& known = main_[service];
    if (known == process->facts.identity || process->facts.executable_inode == 0) continue;
    known = process->facts.identity;
    const auto build_id = host::read_build_id(proc_ + "/" + std::to_string(known.pid) + "/exe");
    if (build_id) watch.runs_binary(service->name, *build_id, process->facts, now);
  }
}

}  // namespace sonde::app
