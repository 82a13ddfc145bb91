#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/collectors.h"
#include "host/fields.h"
#include "host/line_tally.h"

namespace sonde::host {
namespace {

constexpr double kNanosecondsInSecond = 1e9;

struct CpuQueue {
  std::string_view cpu;
  double running_seconds = 0;
  double waiting_seconds = 0;
  double timeslices = 0;
};

/// The 7th to 9th number after cpuN: Documentation/scheduler/sched-stats.rst, the same in versions 15 to 17.
std::optional<CpuQueue> parse_queue(std::string_view line) {
  Fields fields(line);
  const std::string_view cpu = fields.next().substr(3);
  const std::optional<std::uint64_t> running_ns = to_count(fields.skip(6).next());
  const std::optional<std::uint64_t> waiting_ns = to_count(fields.next());
  const std::optional<std::uint64_t> timeslices = to_count(fields.next());
  if (!to_count(cpu) || !running_ns || !waiting_ns || !timeslices) return std::nullopt;
  return CpuQueue{cpu, static_cast<double>(*running_ns) / kNanosecondsInSecond,
                  static_cast<double>(*waiting_ns) / kNanosecondsInSecond, static_cast<double>(*timeslices)};
}

}  // namespace

Result<> collect_schedstat(const CollectContext& context, ReadingWriter& out) {
  LineTally tally;
  std::vector<CpuQueue> queues;
  for (const std::string_view line : Lines(SONDE_TRY(context.files.read_proc("schedstat")))) {
    if (!line.starts_with("cpu")) continue;
    const std::optional<CpuQueue> queue = parse_queue(line);
    tally.add(queue.has_value());
    if (queue) queues.push_back(*queue);
  }
  out.counter("node_schedstat_running_seconds_total", "Seconds each CPU spent running tasks.");
  for (const CpuQueue& queue : queues) out.add(queue.running_seconds, {{"cpu", std::string(queue.cpu)}});
  out.counter("node_schedstat_timeslices_total", "Turns that tasks had on each CPU.");
  for (const CpuQueue& queue : queues) out.add(queue.timeslices, {{"cpu", std::string(queue.cpu)}});
  out.counter("node_schedstat_waiting_seconds_total", "Seconds that runnable tasks waited for each CPU, added up.");
  for (const CpuQueue& queue : queues) out.add(queue.waiting_seconds, {{"cpu", std::string(queue.cpu)}});
  return tally.result(context.files.roots().proc + "/schedstat");
}

}  // namespace sonde::host
