#include "host/service_totals.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <tuple>
#include <utility>

namespace sonde::host {
namespace {

constexpr std::string_view kOtherName = "other";
constexpr std::size_t kMostNewcomers = 1U << 12U;
constexpr std::chrono::nanoseconds kKeepService = std::chrono::hours{1};
constexpr double kNsPerSecond = 1e9;

struct CounterRow {
  std::string_view name;
  std::string_view help;
  std::string_view tag;
  std::string_view tag_value;
  double per_unit = 1;
};

constexpr std::string_view kCpuTime = "process_cpu_time_seconds_total";
constexpr std::string_view kCpuTimeHelp = "Time the service's processes ran on a CPU.";
constexpr std::string_view kFaults = "process_paging_faults_total";
constexpr std::string_view kFaultsHelp = "Page faults; major ones had to read from storage.";
constexpr std::string_view kDiskIo = "process_disk_io_bytes_total";
constexpr std::string_view kDiskIoHelp = "Bytes that the service's processes read from and wrote to storage.";
constexpr std::string_view kSwitches = "process_context_switches_total";
constexpr std::string_view kSwitchesHelp = "Times a CPU was given up (voluntary) or taken away (involuntary).";

// In the order of Amount.
constexpr std::array kCounterRows{
    CounterRow{kCpuTime, kCpuTimeHelp, "cpu_mode", "user", kNsPerSecond},
    CounterRow{kCpuTime, kCpuTimeHelp, "cpu_mode", "system", kNsPerSecond},
    CounterRow{"sonde_process_run_queue_seconds_total",
               "Time the service's processes were ready to run and waited for a CPU.", "", "", kNsPerSecond},
    CounterRow{kFaults, kFaultsHelp, "process_paging_fault_type", "minor"},
    CounterRow{kFaults, kFaultsHelp, "process_paging_fault_type", "major"},
    CounterRow{kDiskIo, kDiskIoHelp, "disk_io_direction", "read"},
    CounterRow{kDiskIo, kDiskIoHelp, "disk_io_direction", "write"},
    CounterRow{kSwitches, kSwitchesHelp, "process_context_switch_type", "voluntary"},
    CounterRow{kSwitches, kSwitchesHelp, "process_context_switch_type", "involuntary"},
};
static_assert(kCounterRows.size() == kAmounts, "every Amount needs one row");

struct GaugeRow {
  std::string_view name;
  std::string_view help;
  double (*value)(const ServiceGauges& gauges, std::uint64_t boot_now_ns);
  bool is_of_the_gone = false;  // also written when no process is left
};

double uptime_seconds(const ServiceGauges& gauges, std::uint64_t boot_now_ns) {
  return static_cast<double>(boot_now_ns - std::min(gauges.oldest_start_ns, boot_now_ns)) / kNsPerSecond;
}

constexpr std::array kGaugeRows{
    GaugeRow{"process_memory_usage_bytes",
             "Resident memory of the service's processes; what several of them share counts for each.",
             [](const ServiceGauges& gauges, std::uint64_t) { return static_cast<double>(gauges.resident_bytes); }},
    GaugeRow{"sonde_process_memory_swap_bytes", "Memory of the service's processes that is swapped out.",
             [](const ServiceGauges& gauges, std::uint64_t) { return static_cast<double>(gauges.swap_bytes); }},
    GaugeRow{"process_thread_count", "Threads of the service's processes.",
             [](const ServiceGauges& gauges, std::uint64_t) { return static_cast<double>(gauges.threads); }},
    GaugeRow{"sonde_process_count", "Processes of the service.",
             [](const ServiceGauges& gauges, std::uint64_t) { return static_cast<double>(gauges.processes); }, true},
    GaugeRow{"process_open_file_descriptor_count", "File descriptors that the service's processes have open.",
             [](const ServiceGauges& gauges, std::uint64_t) { return static_cast<double>(gauges.open_fds); }},
    GaugeRow{"sonde_process_open_file_descriptor_ratio",
             "Open file descriptors as a part of the limit, of the process that is nearest to it.",
             [](const ServiceGauges& gauges, std::uint64_t) { return gauges.fd_ratio; }},
    GaugeRow{"process_uptime_seconds", "Time since the oldest process of the service began.", &uptime_seconds},
};

}  // namespace

void add_to(Amounts& sum, const Amounts& more) {
  for (std::size_t i = 0; i < kAmounts; ++i) sum[i] += more[i];
}

void ServiceGauges::add(const decode::ProcessFacts& process) {
  ++processes;
  threads += process.threads;
  resident_bytes += process.resident_bytes;
  swap_bytes += process.swap_bytes;
  open_fds += process.open_fds;
  oldest_start_ns = std::min(oldest_start_ns, process.identity.started_ns);
  // More open than allowed means that a process lowered its limit to lock itself in, as sshd's sandbox does
  // (sandbox-rlimit.c): nothing that it could run out of.
  const bool can_run_out = process.fd_limit > 0 && process.fd_limit != ~0ULL && process.open_fds <= process.fd_limit;
  if (!can_run_out) return;
  fd_ratio = std::max(fd_ratio, static_cast<double>(process.open_fds) / static_cast<double>(process.fd_limit));
}

void ServiceGauges::add(const ServiceGauges& other) {
  processes += other.processes;
  threads += other.threads;
  resident_bytes += other.resident_bytes;
  swap_bytes += other.swap_bytes;
  open_fds += other.open_fds;
  oldest_start_ns = std::min(oldest_start_ns, other.oldest_start_ns);
  fd_ratio = std::max(fd_ratio, other.fd_ratio);
}

ServiceTotals::ServiceTotals(std::size_t max_services) : max_services_(max_services) {
  Service& other = services_.emplace_back();
  other.name = kOtherName;
  other.is_active = false;
  other.is_newcomer = false;
  places_.emplace(kOtherName, kOther);
}

ServiceTotals::Place ServiceTotals::place_of(const std::string& service) {
  if (const auto known = places_.find(service); known != places_.end()) return known->second;
  if (series_count_ >= max_services_ || newcomers_.size() >= kMostNewcomers) return kOther;
  if (free_places_.empty()) {
    free_places_.push_back(static_cast<Place>(services_.size()));
    services_.emplace_back();
  }
  const Place place = free_places_.back();
  free_places_.pop_back();
  services_[place] = Service{};
  services_[place].name = service;
  places_.emplace(service, place);
  newcomers_.push_back(place);
  return place;
}

void ServiceTotals::begin_sweep() {
  for (Service& service : services_) {
    service.next = {};
    service.cpu_ns = 0;
  }
}

void ServiceTotals::add_usage(Place place, const Amounts& growth, std::uint64_t cpu_ns) {
  add_to(services_[place].totals, growth);
  services_[place].cpu_ns += cpu_ns;
}

bool ServiceTotals::end_sweep() {
  const bool is_any_released = admit_newcomers();
  for (Service& service : services_) service.swept = std::exchange(service.next, {});
  return is_any_released;
}

bool ServiceTotals::admit_newcomers() {
  std::sort(newcomers_.begin(), newcomers_.end(), [this](Place left, Place right) {
    const Service& a = services_[left];
    const Service& b = services_[right];
    return std::forward_as_tuple(a.next.processes == 0, b.cpu_ns, a.name) <
           std::forward_as_tuple(b.next.processes == 0, a.cpu_ns, b.name);
  });
  const std::size_t admitted = std::min(newcomers_.size(), max_services_ - series_count_);
  series_count_ += admitted;
  for (std::size_t i = 0; i < admitted; ++i) services_[newcomers_[i]].is_newcomer = false;
  for (std::size_t i = admitted; i < newcomers_.size(); ++i) {
    const Service& service = services_[newcomers_[i]];
    Service& other = services_[kOther];
    add_to(other.totals, service.totals);
    other.next.add(service.next);
    other.is_active |= service.is_active;
    release(newcomers_[i]);
  }
  const bool is_any_released = admitted < newcomers_.size();
  newcomers_.clear();
  if (is_any_released) trim_places();
  return is_any_released;
}

void ServiceTotals::release(Place place) {
  places_.erase(services_[place].name);
  services_[place].is_used = false;
  free_places_.push_back(place);
}

void ServiceTotals::trim_places() {
  while (!services_.back().is_used) services_.pop_back();
  std::erase_if(free_places_, [this](Place place) { return place >= services_.size(); });
  if (services_.capacity() > services_.size() * 2) services_.shrink_to_fit();
}

bool ServiceTotals::forget_the_gone(std::uint64_t boot_now_ns) {
  const auto keep_ns = static_cast<std::uint64_t>(kKeepService.count());
  bool is_any_released = false;
  for (Place place = 0; place < services_.size(); ++place) {
    Service& service = services_[place];
    if (!service.is_used || service.is_newcomer) continue;
    if (std::exchange(service.is_active, false) || service.swept.processes > 0) {
      service.last_active_ns = boot_now_ns;
    } else if (boot_now_ns <= service.last_active_ns + keep_ns) {
      continue;
    } else if (place == kOther) {
      service.last_active_ns = 0;
    } else {
      release(place);
      --series_count_;
      is_any_released = true;
    }
  }
  if (is_any_released) trim_places();
  return is_any_released;
}

std::vector<const ServiceTotals::Service*> ServiceTotals::written_services() const {
  std::vector<const Service*> services;
  for (const Service& service : services_) {
    if (service.is_used && !service.is_newcomer && service.last_active_ns > 0) services.push_back(&service);
  }
  std::sort(services.begin(), services.end(), [](const Service* a, const Service* b) { return a->name < b->name; });
  return services;
}

void ServiceTotals::write(ReadingWriter& out, std::uint64_t boot_now_ns) const {
  const std::vector<const Service*> services = written_services();
  for (std::size_t i = 0; i < kAmounts; ++i) {
    const CounterRow& row = kCounterRows[i];
    out.counter(row.name, row.help);
    for (const Service* const service : services) {
      std::vector<Tag> tags{{"service_name", service->name}};
      if (!row.tag.empty()) tags.push_back({std::string(row.tag), std::string(row.tag_value)});
      out.add(static_cast<double>(service->totals[i]) / row.per_unit, std::move(tags));
    }
  }
  for (const GaugeRow& row : kGaugeRows) {
    out.gauge(row.name, row.help);
    for (const Service* const service : services) {
      const bool is_written = service->swept.processes > 0 || row.is_of_the_gone;
      if (is_written) out.add(row.value(service->swept, boot_now_ns), {{"service_name", service->name}});
    }
  }
}

}  // namespace sonde::host
