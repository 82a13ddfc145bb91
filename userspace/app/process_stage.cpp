#include "app/process_stage.h"

#include <utility>
#include <variant>

#include "decode/process_decoder.h"

namespace sonde::app {
namespace {

/// Where what short-lived commands used is counted: a name for each would be a series for each.
const std::string kCommands = "other";

/// More processes than can end between two passes of a host that is still alive: beyond it their names are forgotten.
constexpr std::size_t kMostEnded = 65'536;

}  // namespace

void ProcessStage::on_record(std::span<const std::byte> record) {
  ++record_count_;
  if (const auto rejected = decode::decode_process(record, event_)) {
    ++rejects_[static_cast<std::size_t>(*rejected)];
    return;
  }
  std::visit([this](const auto& event) { take(event); }, event_);
}

void ProcessStage::begin_sweep() {
  swept_count_ = 0;
  parts_.resources.begin_sweep();
}

void ProcessStage::end_sweep() { parts_.resources.end_sweep(); }

std::unordered_map<std::int32_t, std::string> ProcessStage::take_ended() { return std::exchange(ended_, {}); }

host::ProcessPlace ProcessStage::place_of(const decode::ProcessFacts& process,
                                          const inventory::Service& service) const {
  return {service.name, parts_.finder.is_service(service) || parts_.resources.is_known(process.identity)};
}

void ProcessStage::take(const decode::ProcessExecuted& executed) {
  const inventory::Service& service = parts_.finder.of(executed, executed.process.at);
  const host::ProcessPlace place = place_of(executed.process, service);
  if (place.is_service) parts_.cgroups.text_of(executed.process, executed.process.at);  // it may not live long
  parts_.watch.started(executed.process, place, wall_time(executed.process.at));
}

void ProcessStage::take(const decode::ProcessExited& exited) {
  const decode::ProcessFacts& process = exited.process;
  const inventory::Service& service = parts_.finder.of(process, process.at);
  const host::ProcessPlace place = place_of(process, service);
  parts_.resources.add_exit(process, place.is_service ? service.name : kCommands);
  parts_.watch.exited(exited, place, wall_time(process.at));
  parts_.finder.forget(process.identity.pid);
  if (ended_.size() < kMostEnded) ended_.insert_or_assign(process.identity.pid, service.name);
}

void ProcessStage::take(const decode::OomKilled& killed) {
  const decode::ProcessFacts& process = killed.process;
  const inventory::Service& service = parts_.finder.of(process, process.at);
  std::string cgroup = killed.memory_cgroup;
  if (cgroup.empty()) cgroup = memory_cgroup(parts_.cgroups.text_of(process, process.at));
  parts_.watch.oom_killed(process, place_of(process, service), cgroup, wall_time(process.at));
}

void ProcessStage::take(const decode::ProcessSampled& sampled) {
  const inventory::Service& service = parts_.finder.of(sampled.process, sampled.process.at);
  parts_.resources.add(sampled.process, service.name);
  if (swept_count_ == swept_.size()) swept_.emplace_back();
  SweptProcess& swept = swept_[swept_count_++];
  swept.facts = sampled.process;
  swept.service = &service;
}

void ProcessStage::take(const decode::ThreadSampled& sampled) { parts_.resources.add(sampled); }

}  // namespace sonde::app
