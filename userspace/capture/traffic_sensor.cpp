#include "capture/traffic_sensor.h"

#include <bpf/btf.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "base/unique_fd.h"
#include "capture/libbpf_handles.h"
#include "capture/target_maps.h"
#include "traffic.skel.h"
#include "wire/traffic.h"

namespace sonde::capture {
namespace {

constexpr std::array<const char*, SONDE_LOSS_REASONS> kSensorLossNames{"ring_full", "state_memory", "unreadable_buffer",
                                                                       "unsupported_syscall"};
constexpr const char* kCapabilityRemedy =
    "run as root, or grant CAP_BPF and CAP_PERFMON (AmbientCapabilities= in the systemd unit, or setcap on the binary)";

struct SkeletonDelete {
  void operator()(traffic_bpf* skeleton) const noexcept { traffic_bpf__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<traffic_bpf, SkeletonDelete>;

/// The last thing libbpf complained of on this thread: the kernel's own words say more than an errno.
thread_local std::string last_complaint;

int keep_complaint(libbpf_print_level level, const char* format, va_list arguments) {
  if (level != LIBBPF_WARN) return 0;
  std::array<char, 512> line{};
  std::vsnprintf(line.data(), line.size(), format, arguments);
  last_complaint = line.data();
  while (!last_complaint.empty() && last_complaint.back() == '\n') last_complaint.pop_back();
  return 0;
}

struct BtfDelete {
  void operator()(btf* types) const noexcept { btf__free(types); }
};

/// Why the programs did not load, in words that help.
Error explain(int failed, const char* doing) {
  if (failed == EPERM || failed == EACCES) {
    return Error{Code::kPermission, std::string(doing) + " the traffic sensor is not permitted: " + kCapabilityRemedy,
                 failed};
  }
  const std::unique_ptr<btf, BtfDelete> types(btf__load_vmlinux_btf());
  if (!types) {
    return Error{Code::kUnsupported,
                 "the kernel carries no type information (/sys/kernel/btf/vmlinux): boot one built with "
                 "CONFIG_DEBUG_INFO_BTF=y, as Debian's are",
                 failed};
  }
  if (btf__find_by_name_kind(types.get(), "btf_trace_sock_send_length", BTF_KIND_TYPEDEF) < 0) {
    return Error{Code::kUnsupported,
                 "the kernel has no tracepoint sock_send_length: boot Linux 6.3 or newer (on Debian 12, "
                 "linux-image-amd64 from bookworm-backports)",
                 failed};
  }
  std::string what = std::string(doing) + " the traffic sensor: " + std::strerror(failed);
  if (!last_complaint.empty()) what += " (" + last_complaint + ")";
  return Error{Code::kUnsupported, what, failed};
}

Result<> check_options(const CaptureOptions& options) {
  const auto page = static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE));
  if (options.ring_bytes < page || !std::has_single_bit(options.ring_bytes)) {
    return Error{Code::kBadInput, "the ring buffer has " + std::to_string(options.ring_bytes) +
                                      " bytes; it needs a power of two of at least " + std::to_string(page)};
  }
  constexpr std::size_t kMaxCgroups = 64;
  if (options.targets.cgroup_paths.size() > kMaxCgroups) {
    return Error{Code::kLimit, "there are " + std::to_string(options.targets.cgroup_paths.size()) +
                                   " target cgroups; 64 at most, so name a common parent"};
  }
  return Ok{};
}

void configure(traffic_bpf& skeleton, const CaptureOptions& options) {
  const TargetFilter& targets = options.targets;
  skeleton.rodata->self_tgid = static_cast<std::uint32_t>(::getpid());
  skeleton.rodata->filter_by_port = targets.ports.empty() ? 0 : 1;
  skeleton.rodata->filter_by_pid = targets.pids.empty() ? 0 : 1;
  skeleton.rodata->filter_by_name = targets.process_names.empty() ? 0 : 1;
  skeleton.rodata->filter_cgroups = static_cast<std::uint32_t>(targets.cgroup_paths.size());
  skeleton.rodata->wake_up_bytes = options.ring_bytes / 4;
  bpf_map__set_max_entries(skeleton.maps.records, options.ring_bytes);
}

}  // namespace

struct TrafficSensor::Programs {
  Skeleton skeleton;
  Link sweep;
  Ring ring;
  RecordSink* sink = nullptr;
  std::size_t delivered = 0;

  [[nodiscard]] std::array<const bpf_program*, 5> all() const {
    const auto& programs = skeleton->progs;
    return {programs.traffic_send, programs.traffic_receive, programs.traffic_data_ready, programs.traffic_state,
            programs.traffic_sweep};
  }

  static int on_sample(void* context, void* data, std::size_t size) {
    auto& self = *static_cast<Programs*>(context);
    ++self.delivered;
    self.sink->on_record({static_cast<const std::byte*>(data), size});
    return 0;
  }
};

namespace {

Result<Link> attach_sweep(const traffic_bpf& skeleton) {
  bpf_iter_link_info info{};
  info.map.map_fd = static_cast<std::uint32_t>(bpf_map__fd(skeleton.maps.connections));
  LIBBPF_OPTS(bpf_iter_attach_opts, options);
  options.link_info = &info;
  options.link_info_len = sizeof(info);
  Link link(bpf_program__attach_iter(skeleton.progs.traffic_sweep, &options));
  if (!link) return explain(errno, "attaching the sweep of");
  return link;
}

Result<Skeleton> load(const CaptureOptions& options) {
  libbpf_set_print(&keep_complaint);
  last_complaint.clear();
  Skeleton skeleton(traffic_bpf__open());
  if (!skeleton) return explain(errno, "opening");
  configure(*skeleton, options);
  if (const int failed = traffic_bpf__load(skeleton.get()); failed != 0) return explain(-failed, "loading");
  const auto& maps = skeleton->maps;
  SONDE_TRY(fill_target_maps(options.targets, {.ports = bpf_map__fd(maps.target_ports),
                                               .pids = bpf_map__fd(maps.target_pids),
                                               .names = bpf_map__fd(maps.target_names),
                                               .cgroups = bpf_map__fd(maps.target_cgroups)}));
  return skeleton;
}

}  // namespace

TrafficSensor::TrafficSensor(std::unique_ptr<Programs> programs) noexcept : programs_(std::move(programs)) {}
TrafficSensor::~TrafficSensor() = default;

Result<std::unique_ptr<TrafficSensor>> TrafficSensor::open(const CaptureOptions& options) {
  SONDE_TRY(check_options(options));
  auto programs = std::make_unique<Programs>();
  programs->skeleton = SONDE_TRY(load(options));
  programs->sweep = SONDE_TRY(attach_sweep(*programs->skeleton));
  const int records = bpf_map__fd(programs->skeleton->maps.records);
  programs->ring.reset(ring_buffer__new(records, &Programs::on_sample, programs.get(), nullptr));
  if (!programs->ring) return Error::from_errno(errno, "map the ring buffer of the traffic sensor");
  auto& traffic = *programs->skeleton;
  // The receive side first: a request seen without its response is incomplete, the reverse would look unmatched.
  for (auto [program, link] : {std::pair{traffic.progs.traffic_state, &traffic.links.traffic_state},
                               std::pair{traffic.progs.traffic_data_ready, &traffic.links.traffic_data_ready},
                               std::pair{traffic.progs.traffic_receive, &traffic.links.traffic_receive},
                               std::pair{traffic.progs.traffic_send, &traffic.links.traffic_send}}) {
    *link = bpf_program__attach(program);
    if (*link == nullptr) return explain(errno, "attaching");
  }
  return std::unique_ptr<TrafficSensor>(new TrafficSensor(std::move(programs)));
}

SensorReport TrafficSensor::report_of(const Result<std::unique_ptr<TrafficSensor>>& opened) {
  SensorReport report{.sensor = "traffic", .variant = "tp_btf", .state = SensorState::kOn, .why = {}, .remedy = {}};
  if (opened) return report;
  report.variant.clear();
  report.state = SensorState::kOff;
  const std::string& what = opened.error().what;
  const std::size_t colon = what.find(": ");
  report.why = what.substr(0, colon);
  if (colon != std::string::npos) report.remedy = what.substr(colon + 2);
  return report;
}

Result<std::size_t> TrafficSensor::poll(std::chrono::milliseconds timeout, RecordSink& sink) {
  programs_->sink = &sink;
  programs_->delivered = 0;
  const int woken = ring_buffer__poll(programs_->ring.get(), static_cast<int>(timeout.count()));
  if (woken < 0 && woken != -EINTR) return Error::from_errno(-woken, "wait for the traffic sensor");
  // Records come without a wake-up, so look even if nothing woke us.
  const int consumed = ring_buffer__consume(programs_->ring.get());
  if (consumed < 0 && consumed != -EINTR) return Error::from_errno(-consumed, "read the traffic sensor's records");
  return programs_->delivered;
}

Result<> TrafficSensor::sweep() {
  const UniqueFd iterator(bpf_iter_create(bpf_link__fd(programs_->sweep.get())));
  if (!iterator) return Error::from_errno(errno, "start a sweep over the sockets");
  std::array<char, 64> nothing{};
  ssize_t got = 0;
  do {
    got = ::read(iterator.get(), nothing.data(), nothing.size());
  } while (got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN)));
  if (got < 0) return Error::from_errno(errno, "sweep over the sockets");
  return Ok{};
}

std::vector<HookCost> TrafficSensor::hook_costs() const {
  std::vector<HookCost> costs;
  for (const bpf_program* program : programs_->all()) {
    bpf_prog_info info{};
    std::uint32_t size = sizeof(info);
    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) != 0) continue;
    costs.push_back({.hook = bpf_program__name(program), .runs = info.run_cnt, .time_ns = info.run_time_ns});
  }
  return costs;
}

std::vector<Loss> TrafficSensor::losses() const {
  std::vector<Loss> all;
  std::vector<std::uint64_t> per_cpu(static_cast<std::size_t>(libbpf_num_possible_cpus()));
  for (std::uint32_t reason = 0; reason < SONDE_LOSS_REASONS; ++reason) {
    Loss loss{.reason = kSensorLossNames[reason], .count = 0};
    if (bpf_map_lookup_elem(bpf_map__fd(programs_->skeleton->maps.losses), &reason, per_cpu.data()) == 0) {
      for (const std::uint64_t count : per_cpu) loss.count += count;
    }
    all.push_back(std::move(loss));
  }
  // The kernel skips a program that would interrupt itself.
  Loss skipped{.reason = "recursion", .count = 0};
  for (const bpf_program* program : programs_->all()) {
    bpf_prog_info info{};
    std::uint32_t size = sizeof(info);
    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0) skipped.count += info.recursion_misses;
  }
  all.push_back(std::move(skipped));
  return all;
}

}  // namespace sonde::capture
