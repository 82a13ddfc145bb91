#include "app/cgroup_texts.h"

#include <chrono>
#include <set>
#include <utility>

namespace sonde::app {
namespace {

using namespace std::chrono_literals;

/// Processes are put into their cgroup soon after they start, or, where version 1 rules, moved without a sign.
constexpr std::chrono::seconds kYoung = 60s;
constexpr std::chrono::seconds kRereadAfter = 60s;

}  // namespace

const std::string& CgroupTexts::text_of(const decode::ProcessFacts& process, KernelTime now) {
  Known& known = known_[process.identity.pid];
  known.used_in_round = round_;
  // Of some victims of the OOM killer, kernels before 6.10 only tell the number.
  const bool is_number = process.identity.started_ns == 0;
  const std::uint64_t started_ns = is_number ? known.started_ns : process.identity.started_ns;
  const std::uint64_t cgroup_id = is_number ? known.cgroup_id : process.cgroup_id;
  const bool is_same = known.started_ns == started_ns;
  const bool is_moved = !is_same || known.cgroup_id != cgroup_id;
  // Both clocks count from boot; a suspend only makes a process look older.
  const bool is_young = now.time_since_epoch() - std::chrono::nanoseconds{started_ns} < kYoung;
  if (!is_moved && !is_young && now - known.read_at < kRereadAfter) return known.text;
  Result<std::string> text = source_.cgroup(process.identity.pid);
  known.started_ns = started_ns;
  known.cgroup_id = cgroup_id;
  known.read_at = now;
  if (text && !inventory::has_left(source_, process.identity.pid, text)) {
    known.text = *std::move(text);
  } else if (!is_same) {
    known.text.clear();
  }
  return known.text;
}

std::vector<host::ServiceCgroup> CgroupTexts::of(std::span<const SweptProcess> swept, KernelTime now) {
  ++round_;
  std::vector<host::ServiceCgroup> all;
  std::set<std::pair<const inventory::Service*, std::string_view>> seen;
  for (const SweptProcess& process : swept) {
    const std::string& text = text_of(process.facts, now);
    if (text.empty() || !seen.emplace(process.service, text).second) continue;
    all.push_back({process.service->name, process.service->container_id, text});
  }
  std::erase_if(known_, [&](const auto& row) { return row.second.used_in_round != round_; });
  return all;
}

std::string_view memory_cgroup(std::string_view cgroup_text) {
  std::string_view unified;
  while (!cgroup_text.empty()) {
    const std::string_view line = cgroup_text.substr(0, cgroup_text.find('\n'));
    cgroup_text.remove_prefix(line.size() < cgroup_text.size() ? line.size() + 1 : line.size());
    const std::size_t controllers = line.find(':');
    const std::size_t path = line.find(':', controllers + 1);
    if (controllers == std::string_view::npos || path == std::string_view::npos) continue;
    const std::string listed = "," + std::string(line.substr(controllers + 1, path - controllers - 1)) + ",";
    if (listed.find(",memory,") != std::string::npos) return line.substr(path + 1);
    if (listed == ",,") unified = line.substr(path + 1);
  }
  return unified;
}

}  // namespace sonde::app
