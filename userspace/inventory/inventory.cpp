#include "inventory/inventory.h"

#include <functional>
#include <iterator>
#include <utility>

#include "base/utf8.h"
#include "inventory/service_name.h"

namespace sonde::inventory {
namespace {

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string name_of_unit(std::string_view unit) {
  return to_service_name(unescape_unit(unit.substr(0, unit.rfind(".service"))));
}

}  // namespace

std::size_t Inventory::ProcessKeyHash::operator()(const ProcessKey& key) const noexcept {
  constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio: neighbouring pids spread out
  const auto pid = static_cast<std::uint32_t>(key.pid);
  const std::uint64_t number = (key.cgroup_id ^ (std::uint64_t{pid} << 16U) ^ key.local_port) * kSpread;
  return std::hash<std::string_view>{}(key.comm) ^ static_cast<std::size_t>(number ^ (number >> 32U));
}

Inventory::Inventory(InventoryOptions options, const ProcessSource& source)
    : rules_(std::move(options.rules)), source_(source) {}

const Service& Inventory::service_for(const ProcessHint& hint, KernelTime now) {
  const std::uint16_t port = rules_.use_port() ? hint.local_port : std::uint16_t{0};
  const ProcessKey key{hint.pid, hint.cgroup_id, hint.process_name, port};
  const auto known = process_index_.find(key);
  if (known == process_index_.end()) {
    const Service* service = look_up(hint, nullptr);
    remember(key, now, service);
    return *service;
  }
  Process& process = *known->second;
  if (now - process.read_at < kRereadAfter) return *process.service;
  process.service = look_up(hint, process.service);
  process.read_at = now;
  processes_.splice(processes_.end(), processes_, known->second);
  return *process.service;
}

const Service& Inventory::service_started_by(const std::string& executable, const ProcessHint& hint, KernelTime now) {
  const std::uint16_t port = rules_.use_port() ? hint.local_port : std::uint16_t{0};
  const Service* service = intern(name_of({executable, hint.process_name, {}, {}, hint.local_port}, {}));
  const ProcessKey key{hint.pid, hint.cgroup_id, hint.process_name, port};
  const auto known = process_index_.find(key);
  if (known == process_index_.end()) {
    remember(key, now, service);
  } else {
    known->second->service = service;
  }
  return *service;
}

const Service& Inventory::service(ServiceId id) const {
  static const Service kNobody{ServiceId{}, std::string(kUnknownService), NameSource::kProcessName, {}, {}};
  const auto index = static_cast<std::size_t>(id);
  return index < services_.size() ? services_[index] : kNobody;
}

const Service* Inventory::look_up(const ProcessHint& hint, const Service* before) {
  const Result<std::string> cgroup = source_.cgroup(hint.pid);
  // The last events of a process come after its end: they belong to the service that it was.
  if (before != nullptr && has_left(source_, hint.pid, cgroup)) return before;
  return intern(identify(hint, cgroup ? std::string_view(*cgroup) : std::string_view()));
}

Inventory::Identity Inventory::identify(const ProcessHint& hint, std::string_view cgroup_text) const {
  const CgroupPlace place = find_place(cgroup_text);
  const bool needs_executable = place.systemd_unit.empty() && place.container_label.empty();
  std::string executable;
  if (rules_.use_executable() || needs_executable) {
    Result<std::string> path = source_.executable(hint.pid);
    if (path) executable = *std::move(path);
  }
  // The hint's comm is of the thread that moved the bytes, often "pool-1-thread-3": the main thread's says more.
  std::string process_name = hint.process_name;
  if (rules_.use_process_name() || (needs_executable && executable.empty())) {
    Result<std::string> name = source_.process_name(hint.pid);
    if (name && !name->empty()) process_name = *std::move(name);
  }
  return name_of({executable, process_name, place.path, place.container_id, hint.local_port}, place);
}

Inventory::Identity Inventory::name_of(const ProcessFacts& facts, const CgroupPlace& place) const {
  if (const std::string* rule = rules_.name_for(facts)) return {NameSource::kRule, *rule, {}, {}};
  if (!place.systemd_unit.empty()) {
    return {NameSource::kSystemdUnit, name_of_unit(place.systemd_unit), sanitise_utf8(place.systemd_unit), {}};
  }
  if (!place.container_label.empty()) {
    const std::string name = to_service_name(unescape_unit(place.container_label));
    return {NameSource::kContainer, name, {}, std::string(place.container_id)};
  }
  const std::string_view program = base_name(facts.executable);
  if (!program.empty()) return {NameSource::kExecutable, to_service_name(program), {}, {}};
  return {NameSource::kProcessName, to_service_name(facts.process_name), {}, {}};
}

const Service* Inventory::intern(Identity identity) {
  const auto key_of = [](NameSource source, std::string_view name) {
    return std::to_string(static_cast<int>(source)).append(name);
  };
  const auto known = name_index_.find(key_of(identity.source, identity.name));
  if (known != name_index_.end()) return known->second;
  if (services_.size() >= kMaxServices) {
    ++overflow_count_;
    const auto overflow = name_index_.find(key_of(NameSource::kProcessName, kOverflowService));
    if (overflow != name_index_.end()) return overflow->second;
    identity = {NameSource::kProcessName, std::string(kOverflowService), {}, {}};
  }
  std::string key = key_of(identity.source, identity.name);
  const auto id = static_cast<ServiceId>(services_.size());
  const Service& service =
      services_.emplace_back(Service{id, std::move(identity.name), identity.source, std::move(identity.systemd_unit),
                                     std::move(identity.container_id)});
  name_index_.emplace(std::move(key), &service);
  return &service;
}

void Inventory::remember(const ProcessKey& key, KernelTime now, const Service* service) {
  if (processes_.size() >= kMaxProcesses) {
    process_index_.erase(processes_.front().key);
    processes_.pop_front();
  }
  Process& process = processes_.emplace_back(Process{key, std::string(key.comm), now, service});
  process.key.comm = process.comm;
  process_index_.emplace(process.key, std::prev(processes_.end()));
}

}  // namespace sonde::inventory
