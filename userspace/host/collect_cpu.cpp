#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/collect_memory.h"
#include "host/collectors.h"
#include "host/cpu_book.h"
#include "host/fields.h"
#include "host/line_tally.h"

namespace sonde::host {
namespace {

constexpr std::string_view kCpuDirectory = "devices/system/cpu";
constexpr std::array<std::string_view, 8> kModes = {"user",   "nice", "system",  "idle",
                                                    "iowait", "irq",  "softirq", "steal"};
constexpr std::size_t kIdle = 3;
constexpr std::size_t kGuest = 8;
constexpr std::size_t kGuestNice = 9;
/// If the idle time jumps back further, the CPU was unplugged and began anew; node_exporter says so.
constexpr double kHotplugSeconds = 3.0;
/// Largest NR_CPUS that anybody builds a kernel with is 8,192 (arch/x86/Kconfig).
constexpr std::uint64_t kMostCpus = 65'536;

/// Kernels before 2.6.33 have fewer columns: those modes stay 0.
std::optional<CpuTimes> parse_times(std::string_view line, double ticks_per_second) {
  Fields fields(line);
  const std::optional<std::uint64_t> cpu = to_count(fields.next().substr(3));
  if (!cpu || *cpu >= kMostCpus) return std::nullopt;
  CpuTimes times{*cpu, {}};
  for (double& seconds : times.seconds) {
    const std::string_view field = fields.next();
    if (field.empty()) break;
    const std::optional<double> ticks = to_number(field);
    if (!ticks) return std::nullopt;
    seconds = *ticks / ticks_per_second;
  }
  return times;
}

std::vector<CpuTimes> parse_stat(std::string_view text, LineTally& tally) {
  const auto ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::vector<CpuTimes> all;
  for (const std::string_view line : Lines(text)) {
    if (!line.starts_with("cpu")) break;     // CPUs come first
    if (line.starts_with("cpu ")) continue;  // the sum of all
    const std::optional<CpuTimes> times = parse_times(line, ticks_per_second);
    tally.add(times.has_value());
    if (times) all.push_back(*times);
  }
  return all;
}

bool are_same_cpus(const std::vector<CpuTimes>& a, const std::vector<CpuTimes>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const CpuTimes& x, const CpuTimes& y) { return x.cpu == y.cpu; });
}

/// idle and iowait are taken from a running clock without a lock and may be a little less than a moment ago
/// (kernel/time/tick-sched.c, get_cpu_idle_time_us); a counter that goes back would look like a restart.
void keep_from_going_back(std::vector<CpuTimes>& now, const std::vector<CpuTimes>& last) {
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (last[i].seconds[kIdle] - now[i].seconds[kIdle] >= kHotplugSeconds) continue;
    std::transform(now[i].seconds.begin(), now[i].seconds.end(), last[i].seconds.begin(), now[i].seconds.begin(),
                   [](double a, double b) { return std::max(a, b); });
  }
}

/// Which files count throttling: one for each core and package, of the first CPU in it that has one. Directories are
/// taken in the order of their names, as node_exporter takes them, since CPUs of one core count for themselves.
std::vector<ThrottleFile> find_throttle_files(HostFiles& files) {
  std::vector<ThrottleFile> found;
  const Result<std::vector<std::string>> names = files.list_sys(kCpuDirectory);
  if (!names) return found;
  for (const std::string& name : *names) {
    if (!name.starts_with("cpu") || !to_count(std::string_view(name).substr(3))) continue;
    const std::string directory = std::string(kCpuDirectory) + "/" + name;
    const Result<std::uint64_t> package = files.count_sys(directory + "/topology/physical_package_id");
    const Result<std::uint64_t> core = files.count_sys(directory + "/topology/core_id");
    if (!package || !core) continue;
    for (ThrottleFile file : {ThrottleFile{"core", std::to_string(*package), std::to_string(*core)},
                              ThrottleFile{"package", std::to_string(*package), ""}}) {
      const bool is_known = std::any_of(found.begin(), found.end(), [&](const ThrottleFile& other) {
        return other.package == file.package && other.core == file.core;
      });
      file.name = directory + "/thermal_throttle/" + file.name + "_throttle_count";
      if (!is_known && files.count_sys(file.name)) found.push_back(std::move(file));
    }
  }
  return found;
}

void write_times(const std::vector<CpuTimes>& all, ReadingWriter& out) {
  out.counter("node_cpu_guest_seconds_total",
              "Seconds spent running virtual CPUs of guests, also part of user and nice.");
  for (const CpuTimes& times : all) {
    const std::string cpu = std::to_string(times.cpu);
    out.add(times.seconds[kGuest], {{"cpu", cpu}, {"mode", "user"}});
    out.add(times.seconds[kGuestNice], {{"cpu", cpu}, {"mode", "nice"}});
  }
  out.counter("node_cpu_seconds_total", "Seconds each CPU spent in each mode.");
  for (const CpuTimes& times : all) {
    const std::string cpu = std::to_string(times.cpu);
    for (std::size_t mode = 0; mode < kModes.size(); ++mode) {
      out.add(times.seconds[mode], {{"cpu", cpu}, {"mode", std::string(kModes[mode])}});
    }
  }
}

void write_throttles(const CollectContext& context, const std::vector<ThrottleFile>& throttle_files,
                     ReadingWriter& out) {
  for (const ThrottleFile& file : throttle_files) {
    const Result<std::uint64_t> count = context.files.count_sys(file.name);
    if (!count) continue;
    const auto value = static_cast<double>(*count);
    if (file.core.empty()) {
      out.counter("node_cpu_package_throttles_total", "Times this CPU package was slowed down for heat.")
          .add(value, {{"package", file.package}});
    } else {
      out.counter("node_cpu_core_throttles_total", "Times this CPU core was slowed down for heat.")
          .add(value, {{"core", file.core}, {"package", file.package}});
    }
  }
}

/// A list of CPUs as isolcpus= takes it and sysfs prints it: "1-3,8".
void write_isolated(std::string_view list, ReadingWriter& out) {
  out.gauge("node_cpu_isolated", "1 for each CPU that the scheduler leaves alone (isolcpus).");
  for (std::string_view rest = trim(list); !rest.empty();) {
    const Halves part = split(rest, ',').value_or(Halves{rest, {}});
    const Halves range = split(part.before, '-').value_or(Halves{part.before, part.before});
    rest = part.after;
    const std::optional<std::uint64_t> first = to_count(range.before);
    const std::optional<std::uint64_t> last = to_count(range.after);
    if (!first || !last || *last >= kMostCpus) continue;
    for (std::uint64_t cpu = *first; cpu <= *last; ++cpu) out.add(1, {{"cpu", std::to_string(cpu)}});
  }
}

}  // namespace

/// A CPU that is off has no readings. node_exporter 1.5 gives it zeros while one with a higher number is on; its later
/// versions do as we do.
Result<> collect_cpu(const CollectContext& context, ReadingWriter& out) {
  CpuBook no_book;
  CpuBook& book = context.memory != nullptr ? context.memory->cpus : no_book;
  LineTally tally;
  std::vector<CpuTimes> now = parse_stat(SONDE_TRY(context.files.read_proc("stat")), tally);
  if (are_same_cpus(now, book.times)) {
    keep_from_going_back(now, book.times);
  } else {
    book.throttle_files = find_throttle_files(context.files);
  }
  book.times = std::move(now);
  write_times(book.times, out);
  if (const Result<std::string_view> isolated = context.files.read_sys("devices/system/cpu/isolated")) {
    write_isolated(*isolated, out);
  }
  write_throttles(context, book.throttle_files, out);
  return tally.result(context.files.roots().proc + "/stat");
}

}  // namespace sonde::host
