#include "capture/process_sensor.h"

#include <bpf/btf.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <limits>
#include <unordered_set>

#include "base/unique_fd.h"
#include "capture/libbpf_handles.h"
#include "capture/process_stream.h"
#include "capture/ring_reader.h"
#include "capture/sensor_support.h"
#include "capture/target_maps.h"
#include "capture/victim_argument.h"
#include "process.skel.h"
#include "wire/process.h"

namespace sonde::capture {
namespace {

// bpf_loop is of Linux 5.17; the tracepoints are older than BTF.
const SensorNeeds kNeeds{
    .sensor = "process", .tracepoints = {"sched_process_exec", "sched_process_exit"}, .since = "5.17"};

/// The kernel fills at most 32 KiB at a time (bpf_seq_read in kernel/bpf/bpf_iter.c); longer reads cost nothing.
constexpr std::size_t kSweepBufferBytes = 256U << 10U;

/// How long an offset of the scheduler's clock is good for: clocks drift by less than 500 microseconds in a second.
constexpr std::int64_t kClockOffsetAgeNs = 1'000'000'000;

struct SkeletonDelete {
  void operator()(process_bpf* skeleton) const noexcept { process_bpf__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<process_bpf, SkeletonDelete>;

struct BtfDelete {
  void operator()(btf* types) const noexcept { btf__free(types); }
};

std::int64_t monotonic_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

VictimArgument victim_argument_here() {
  const std::unique_ptr<btf, BtfDelete> types(btf__load_vmlinux_btf());
  return types ? victim_argument_of(*types) : VictimArgument::kNone;
}

Result<> configure(process_bpf& skeleton, const CaptureOptions& options, VictimArgument victim) {
  set_filter(*skeleton.rodata, options.targets, ::getpid());
  skeleton.rodata->page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const int cpus = libbpf_num_possible_cpus();
  if (cpus < 0) return Error::from_errno(-cpus, "count the CPUs");
  skeleton.rodata->possible_cpus = static_cast<std::uint32_t>(cpus);
  skeleton.rodata->wake_up_bytes = options.event_ring_bytes / 4;
  bpf_map__set_max_entries(skeleton.maps.records, options.event_ring_bytes);
  bpf_program__set_autoload(skeleton.progs.process_oom_kill, victim == VictimArgument::kTask);
  bpf_program__set_autoload(skeleton.progs.process_oom_kill_of_pid, victim == VictimArgument::kPid);
  // Of the shared filter, these are for connections.
  for (bpf_map* unused : {skeleton.maps.target_ports, skeleton.maps.target_cgroups, skeleton.maps.strangers}) {
    bpf_map__set_autocreate(unused, false);
  }
  return Ok{};
}

Result<Skeleton> load(const CaptureOptions& options, VictimArgument victim) {
  keep_libbpf_complaints();
  Skeleton skeleton(process_bpf__open());
  if (!skeleton) return explain(errno, "opening", kNeeds);
  SONDE_TRY(configure(*skeleton, options, victim));
  if (const int failed = process_bpf__load(skeleton.get()); failed != 0) return explain(-failed, "loading", kNeeds);
  const auto& maps = skeleton->maps;
  TargetFilter processes = options.targets;
  processes.ports.clear();  // what is behind them comes with add_target
  SONDE_TRY(fill_target_maps(processes, {.pids = bpf_map__fd(maps.target_pids),
                                         .names = bpf_map__fd(maps.target_names),
                                         .cgroup_ids = bpf_map__fd(maps.target_cgroup_ids)}));
  return skeleton;
}

Result<Link> attach_sweep(const process_bpf& skeleton) {
  Link link(bpf_program__attach_iter(skeleton.progs.process_sweep, nullptr));
  if (!link) return explain(errno, "attaching the sweep of", kNeeds);
  return link;
}

/// The scheduler's clock minus CLOCK_MONOTONIC, or 0 if it cannot be told. The scheduler sets its clock when a thread
/// yields, so that it then shows a time between that before the call and that at which it is read.
std::int64_t run_clock_offset(process_bpf& skeleton) {
  constexpr int kAttempts = 4;
  std::int64_t offset_ns = 0;
  std::int64_t least_doubt_ns = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < kAttempts; ++i) {
    const std::int64_t before_ns = monotonic_ns();
    ::sched_yield();
    auto options = bpf_test_run_opts();  // padding is zero, too: libbpf looks
    options.sz = sizeof(options);
    if (bpf_prog_test_run_opts(bpf_program__fd(skeleton.progs.process_clock), &options) != 0) return 0;
    if (skeleton.bss->run_clock_ns == 0) return 0;
    const std::int64_t read_ns = static_cast<std::int64_t>(skeleton.bss->run_clock_read_ns);
    if (read_ns - before_ns >= least_doubt_ns) continue;
    least_doubt_ns = read_ns - before_ns;
    offset_ns = static_cast<std::int64_t>(skeleton.bss->run_clock_ns) - before_ns;
  }
  return offset_ns;
}

/// Hands records on and takes note of the processes among them.
class ProcessesSeen final : public RecordSink {
 public:
  explicit ProcessesSeen(RecordSink& next) : next_(next) {}
  void on_record(std::span<const std::byte> record) override {
    if (record.size() == sizeof(sonde_process_record)) {
      sonde_process_record wire;
      std::memcpy(&wire, record.data(), sizeof(wire));
      pids_.insert(static_cast<std::int32_t>(wire.tgid));
    }
    next_.on_record(record);
  }
  [[nodiscard]] bool contains(std::int32_t pid) const { return pids_.contains(pid); }

 private:
  RecordSink& next_;
  std::unordered_set<std::int32_t> pids_;
};

}  // namespace

struct ProcessSensor::Programs {
  Skeleton skeleton;
  Link sweep;
  RingReader ring;
  VictimArgument victim = VictimArgument::kNone;
  bool is_filtered = false;
  std::unordered_set<std::int32_t> added;  ///< targets that add_target brought and that no sweep has missed yet
  std::vector<std::byte> buffer;
  std::int64_t clocks_compared_ns = 0;

  [[nodiscard]] std::array<const bpf_program*, 4> all() const {
    const auto& programs = skeleton->progs;
    const bpf_program* oom_kill =
        victim == VictimArgument::kPid ? programs.process_oom_kill_of_pid : programs.process_oom_kill;
    return {programs.process_exec, programs.process_exit, oom_kill, programs.process_sweep};
  }

  void compare_clocks() {
    const std::int64_t now_ns = monotonic_ns();
    if (clocks_compared_ns != 0 && now_ns - clocks_compared_ns < kClockOffsetAgeNs) return;
    clocks_compared_ns = now_ns;
    skeleton->bss->run_clock_offset_ns = run_clock_offset(*skeleton);
  }

  Result<> attach_all() {
    auto& progs = skeleton->progs;
    auto& links = skeleton->links;
    SONDE_TRY(attach(progs.process_exit, &links.process_exit, kNeeds));
    SONDE_TRY(attach(progs.process_exec, &links.process_exec, kNeeds));
    switch (victim) {
      case VictimArgument::kTask:
        return attach(progs.process_oom_kill, &links.process_oom_kill, kNeeds);
      case VictimArgument::kPid:
        return attach(progs.process_oom_kill_of_pid, &links.process_oom_kill_of_pid, kNeeds);
      case VictimArgument::kNone:
        break;
    }
    return Ok{};
  }

  /// Reads a started sweep to its end.
  Result<std::size_t> read_sweep(int iterator, RecordSink& into) {
    std::size_t records = 0;
    std::size_t waiting_bytes = 0;
    for (;;) {
      const ssize_t got = ::read(iterator, buffer.data() + waiting_bytes, buffer.size() - waiting_bytes);
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got < 0) return Error::from_errno(errno, "sweep over the processes");
      if (got == 0) break;
      waiting_bytes += static_cast<std::size_t>(got);
      const HandedOver done = SONDE_TRY(hand_over(std::span(buffer).first(waiting_bytes), into));
      std::memmove(buffer.data(), buffer.data() + done.bytes, waiting_bytes - done.bytes);
      waiting_bytes -= done.bytes;
      records += done.records;
    }
    if (waiting_bytes == 0) return records;
    return Error{Code::kIo, "sweep over the processes: it ends within a record"};
  }

  /// Drops added targets that ended before they were added, so that the kernel never told of their end: their numbers
  /// will be others'.
  void forget_all_but(const ProcessesSeen& living) {
    std::erase_if(added, [&](std::int32_t pid) {
      if (living.contains(pid)) return false;
      bpf_map_delete_elem(bpf_map__fd(skeleton->maps.target_pids), &pid);
      return true;
    });
  }
};

ProcessSensor::ProcessSensor(std::unique_ptr<Programs> programs) noexcept : programs_(std::move(programs)) {}
ProcessSensor::~ProcessSensor() = default;

Result<std::unique_ptr<ProcessSensor>> ProcessSensor::open(const CaptureOptions& options) {
  SONDE_TRY(check_ring_size(options.event_ring_bytes));
  auto programs = std::make_unique<Programs>();
  programs->victim = victim_argument_here();
  programs->is_filtered = !options.targets.empty();
  programs->buffer.resize(kSweepBufferBytes);
  programs->skeleton = SONDE_TRY(load(options, programs->victim));
  programs->sweep = SONDE_TRY(attach_sweep(*programs->skeleton));
  programs->ring = SONDE_TRY(RingReader::open(*programs->skeleton->maps.records));
  programs->compare_clocks();
  SONDE_TRY(programs->attach_all());
  return std::unique_ptr<ProcessSensor>(new ProcessSensor(std::move(programs)));
}

SensorReport ProcessSensor::report_of(const Result<std::unique_ptr<ProcessSensor>>& opened) {
  SensorReport report = capture::report_of("process", "tp_btf", opened ? nullptr : &opened.error());
  if (opened && (*opened)->programs_->victim == VictimArgument::kNone) {
    report.state = SensorState::kDegraded;
    report.why = "the kernel has no tracepoint mark_victim, so out-of-memory kills are seen as deaths by SIGKILL only";
    report.remedy = "boot Linux 6.1 or newer";
  }
  return report;
}

Result<std::size_t> ProcessSensor::drain(RecordSink& sink) {
  programs_->compare_clocks();
  return programs_->ring.consume(sink);
}

int ProcessSensor::wake_descriptor() const { return programs_->ring.wake_descriptor(); }

Result<std::size_t> ProcessSensor::sweep(RecordSink& sink) {
  const UniqueFd iterator(bpf_iter_create(bpf_link__fd(programs_->sweep.get())));
  if (!iterator) return Error::from_errno(errno, "start a sweep over the processes");
  if (programs_->added.empty()) return programs_->read_sweep(iterator.get(), sink);
  ProcessesSeen seen(sink);
  const std::size_t records = SONDE_TRY(programs_->read_sweep(iterator.get(), seen));
  programs_->forget_all_but(seen);
  return records;
}

Result<> ProcessSensor::add_target(std::int32_t pid) {
  if (!programs_->is_filtered) return Ok{};
  const std::uint8_t present = 1;
  const int pids = bpf_map__fd(programs_->skeleton->maps.target_pids);
  if (bpf_map_update_elem(pids, &pid, &present, BPF_NOEXIST) == 0) {
    programs_->added.insert(pid);
    return Ok{};
  }
  const int failed = errno;
  if (failed == EEXIST) return Ok{};
  Error error = Error::from_errno(failed, "measure process " + std::to_string(pid));
  if (failed == E2BIG) error.code = Code::kLimit;
  return error;
}

std::vector<HookCost> ProcessSensor::hook_costs() const { return hook_costs_of(programs_->all()); }

std::vector<Loss> ProcessSensor::losses() const {
  return losses_of(bpf_map__fd(programs_->skeleton->maps.losses), programs_->all());
}

}  // namespace sonde::capture
