#include "host/cgroup_sample.h"

#include <unistd.h>

#include <algorithm>

#include "host/fields.h"

namespace sonde::host {
namespace {

constexpr std::uint64_t kNsPerUs = 1'000;
constexpr std::uint64_t kNsPerSecond = 1'000'000'000;
// Version 1 writes the largest number of whole pages for "no limit": a little less than 2^63, whatever a page's size.
constexpr std::uint64_t kNoLimit = 1ULL << 62U;

/// The files of one cgroup.
class Folder {
 public:
  Folder(HostFiles& files, const CgroupHierarchy& hierarchy, std::string_view path)
      : files_(files), hierarchy_(hierarchy), path_(path) {}

  /// Whether version 1 has the controller here, or version 2 can have it.
  [[nodiscard]] bool has(CgroupController controller) const { return hierarchy_.has(controller); }

  /// Valid until the next call; none if it cannot be read, or is cut in its last line.
  std::optional<std::string_view> read_whole(std::string_view name) {
    const auto text = read_cgroup_file(files_, hierarchy_, path_, name);
    if (!text || (!text->empty() && !text->ends_with('\n'))) return std::nullopt;
    return *text;
  }

  /// What there is of a file in which each line stands for itself.
  std::string_view read_lines(std::string_view name) {
    const auto text = read_cgroup_file(files_, hierarchy_, path_, name);
    return text ? *text : std::string_view{};
  }

  /// Of a file with one line.
  std::string_view read_line(std::string_view name) { return trim(read_whole(name).value_or("")); }
  std::optional<std::uint64_t> read_count(std::string_view name) { return to_count(read_line(name)); }

 private:
  HostFiles& files_;
  const CgroupHierarchy& hierarchy_;
  std::string_view path_;
};

struct Row {
  std::string_view key;
  std::optional<std::uint64_t>* into;
  std::uint64_t unit = 1;
};

/// Lines of a key and a number each.
template <std::size_t kRows>
void read_rows(std::string_view text, const Row (&rows)[kRows]) {
  for (const std::string_view line : Lines(text)) {
    const auto halves = split(line, ' ');
    if (!halves) continue;
    const Row* const row =
        std::find_if(rows, rows + kRows, [&](const Row& each) { return each.key == halves->before; });
    if (row == rows + kRows) continue;
    const auto value = to_count(halves->after);
    if (value) *row->into = *value * row->unit;
  }
}

struct MemoryText {
  std::optional<std::uint64_t> inactive_file;
  std::optional<std::uint64_t> faults;  // the major ones too
};

void finish_memory(const MemoryText& text, CgroupSample& sample) {
  const auto usage = sample[CgroupGauge::kMemory];
  if (usage && text.inactive_file) sample[CgroupGauge::kWorkingSet] = *usage - std::min(*usage, *text.inactive_file);
  const auto major = sample[CgroupCounter::kMajorFaults];
  if (text.faults && major) sample[CgroupCounter::kMinorFaults] = *text.faults - std::min(*text.faults, *major);
}

/// some avg10=0.00 avg60=0.00 avg300=0.00 total=12345
void read_pressure(std::string_view text, std::optional<std::uint64_t>& waiting,
                   std::optional<std::uint64_t>& stalled) {
  constexpr std::string_view kTotal = " total=";
  for (const std::string_view line : Lines(text)) {
    const std::size_t at = line.find(kTotal);
    const auto total = at == line.npos ? std::nullopt : to_count(line.substr(at + kTotal.size()));
    if (!total) continue;
    if (line.starts_with("some ")) waiting = *total * kNsPerUs;
    if (line.starts_with("full ")) stalled = *total * kNsPerUs;
  }
}

/// 8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0, or a device without numbers
void read_unified_io(Folder& folder, CgroupSample& sample) {
  const auto text = folder.read_whole("io.stat");
  if (!text) return;
  std::uint64_t read = 0;
  std::uint64_t written = 0;
  for (const std::string_view line : Lines(*text)) {
    Fields fields(line);
    for (std::string_view field = fields.next(); !field.empty(); field = fields.next()) {
      const auto halves = split(field, '=');
      if (halves && halves->before == "rbytes") read += to_count(halves->after).value_or(0);
      if (halves && halves->before == "wbytes") written += to_count(halves->after).value_or(0);
    }
  }
  sample[CgroupCounter::kRead] = read;
  sample[CgroupCounter::kWritten] = written;
}

void read_unified_memory(Folder& folder, CgroupSample& sample) {
  MemoryText memory;
  sample[CgroupGauge::kMemory] = folder.read_count("memory.current");
  sample[CgroupGauge::kSwap] = folder.read_count("memory.swap.current");
  read_rows(folder.read_lines("memory.stat"), {{"anon", &sample[CgroupGauge::kRss]},
                                               {"inactive_file", &memory.inactive_file},
                                               {"pgfault", &memory.faults},
                                               {"pgmajfault", &sample[CgroupCounter::kMajorFaults]}});
  finish_memory(memory, sample);
  read_rows(folder.read_lines("memory.events"), {{"oom_kill", &sample[CgroupCounter::kOomKills]}});
}

/// Documentation/admin-guide/cgroup-v2.rst. Time on a CPU and pressure are there whatever controllers are.
void read_unified(Folder& folder, CgroupSample& sample) {
  using Counter = CgroupCounter;
  read_rows(folder.read_lines("cpu.stat"), {{"user_usec", &sample[Counter::kUser], kNsPerUs},
                                            {"system_usec", &sample[Counter::kSystem], kNsPerUs},
                                            {"nr_periods", &sample[Counter::kPeriods]},
                                            {"nr_throttled", &sample[Counter::kThrottledPeriods]},
                                            {"throttled_usec", &sample[Counter::kThrottled], kNsPerUs}});
  if (folder.has(CgroupController::kMemory)) read_unified_memory(folder, sample);
  if (folder.has(CgroupController::kBlkio)) read_unified_io(folder, sample);
  if (folder.has(CgroupController::kPids)) sample[CgroupGauge::kProcesses] = folder.read_count("pids.current");
  read_pressure(folder.read_lines("cpu.pressure"), sample[Counter::kCpuWaiting], sample[Counter::kCpuStalled]);
  read_pressure(folder.read_lines("memory.pressure"), sample[Counter::kMemoryWaiting], sample[Counter::kMemoryStalled]);
  read_pressure(folder.read_lines("io.pressure"), sample[Counter::kIoWaiting], sample[Counter::kIoStalled]);
}

/// Documentation/admin-guide/cgroup-v1/cpuacct.rst
void read_cpuacct(Folder& folder, CgroupSample& sample) {
  sample[CgroupCounter::kUser] = folder.read_count("cpuacct.usage_user");
  sample[CgroupCounter::kSystem] = folder.read_count("cpuacct.usage_sys");
  if (sample[CgroupCounter::kUser] && sample[CgroupCounter::kSystem]) return;
  const std::uint64_t ns_per_tick = kNsPerSecond / static_cast<std::uint64_t>(std::max(::sysconf(_SC_CLK_TCK), 1L));
  read_rows(folder.read_lines("cpuacct.stat"), {{"user", &sample[CgroupCounter::kUser], ns_per_tick},
                                                {"system", &sample[CgroupCounter::kSystem], ns_per_tick}});
}

/// Documentation/admin-guide/cgroup-v1/memory.rst: total_ has the cgroups inside too.
void read_memory(Folder& folder, CgroupSample& sample) {
  MemoryText memory;
  sample[CgroupGauge::kMemory] = folder.read_count("memory.usage_in_bytes");
  read_rows(folder.read_lines("memory.stat"), {{"total_rss", &sample[CgroupGauge::kRss]},
                                               {"total_swap", &sample[CgroupGauge::kSwap]},
                                               {"total_inactive_file", &memory.inactive_file},
                                               {"total_pgfault", &memory.faults},
                                               {"total_pgmajfault", &sample[CgroupCounter::kMajorFaults]}});
  finish_memory(memory, sample);
  read_rows(folder.read_lines("memory.oom_control"), {{"oom_kill", &sample[CgroupCounter::kOomKills]}});
}

/// 8:0 Read 4096, one line for each device and direction (Documentation/admin-guide/cgroup-v1/blkio-controller.rst)
void read_blkio(Folder& folder, CgroupSample& sample) {
  auto text = folder.read_whole("blkio.throttle.io_service_bytes_recursive");
  if (!text) text = folder.read_whole("blkio.throttle.io_service_bytes");
  if (!text) return;
  std::uint64_t read = 0;
  std::uint64_t written = 0;
  for (const std::string_view line : Lines(*text)) {
    Fields fields(line);
    const std::string_view direction = fields.skip(1).next();
    if (direction == "Read") read += to_count(fields.next()).value_or(0);
    if (direction == "Write") written += to_count(fields.next()).value_or(0);
  }
  sample[CgroupCounter::kRead] = read;
  sample[CgroupCounter::kWritten] = written;
}

std::optional<double> read_cores(std::optional<std::uint64_t> quota_us, std::optional<std::uint64_t> period_us) {
  if (!quota_us || !period_us || *period_us == 0) return std::nullopt;
  return static_cast<double>(*quota_us) / static_cast<double>(*period_us);
}

std::optional<double> read_cpu_limit(Folder& folder, bool is_unified) {
  if (!is_unified) {  // a quota of -1 is none
    const auto quota_us = folder.read_count("cpu.cfs_quota_us");
    return quota_us ? read_cores(quota_us, folder.read_count("cpu.cfs_period_us")) : std::nullopt;
  }
  Fields fields(folder.read_line("cpu.max"));
  const auto quota_us = to_count(fields.next());  // "max" is none
  return read_cores(quota_us, to_count(fields.next()));
}

std::optional<double> read_limit(Folder folder, bool is_unified, CgroupLimit limit) {
  std::optional<std::uint64_t> count;
  switch (limit) {
    case CgroupLimit::kCpuCores:
      return read_cpu_limit(folder, is_unified);
    case CgroupLimit::kMemoryBytes:
      count = folder.read_count(is_unified ? "memory.max" : "memory.limit_in_bytes");
      break;
    case CgroupLimit::kProcesses:
      count = folder.read_count("pids.max");
      break;
    case CgroupLimit::kCount:
      break;
  }
  if (!count || *count >= kNoLimit) return std::nullopt;
  return static_cast<double>(*count);
}

}  // namespace

CgroupSample read_sample(HostFiles& files, const CgroupHierarchy& hierarchy, std::string_view path) {
  CgroupSample sample;
  Folder folder(files, hierarchy, path);
  if (hierarchy.is_unified) {
    read_unified(folder, sample);
    return sample;
  }
  if (folder.has(CgroupController::kCpuacct)) read_cpuacct(folder, sample);
  if (folder.has(CgroupController::kCpu)) {
    read_rows(folder.read_lines("cpu.stat"), {{"nr_periods", &sample[CgroupCounter::kPeriods]},
                                              {"nr_throttled", &sample[CgroupCounter::kThrottledPeriods]},
                                              {"throttled_time", &sample[CgroupCounter::kThrottled]}});
  }
  if (folder.has(CgroupController::kMemory)) read_memory(folder, sample);
  if (folder.has(CgroupController::kBlkio)) read_blkio(folder, sample);
  if (folder.has(CgroupController::kPids)) sample[CgroupGauge::kProcesses] = folder.read_count("pids.current");
  return sample;
}

CgroupController controller_of(CgroupLimit limit) {
  switch (limit) {
    case CgroupLimit::kCpuCores:
      return CgroupController::kCpu;
    case CgroupLimit::kMemoryBytes:
      return CgroupController::kMemory;
    case CgroupLimit::kProcesses:
    case CgroupLimit::kCount:
      break;
  }
  return CgroupController::kPids;
}

std::optional<FoundLimit> CgroupLimits::find(const CgroupHierarchy& hierarchy, std::string_view path,
                                             CgroupLimit limit) {
  std::optional<FoundLimit> smallest;
  for (;;) {
    const auto value = read_once(hierarchy, path, limit);
    if (value && (!smallest || *value < smallest->value)) smallest = FoundLimit{*value, std::string(path)};
    if (path.empty() || limit == CgroupLimit::kProcesses) return smallest;
    path.remove_suffix(path.size() - path.rfind('/'));
  }
}

std::optional<double> CgroupLimits::read_once(const CgroupHierarchy& hierarchy, std::string_view path,
                                              CgroupLimit limit) {
  std::string key = hierarchy.folder;
  key.append(path).push_back('\0');
  key.push_back(static_cast<char>('0' + static_cast<int>(limit)));
  const auto [known, is_new] = known_.try_emplace(std::move(key));
  if (is_new) known->second = read_limit(Folder(files_, hierarchy, path), hierarchy.is_unified, limit);
  return known->second;
}

}  // namespace sonde::host
