#include "capture/tcp_sensor.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/unique_fd.h"
#include "capture/libbpf_handles.h"
#include "capture/ring_reader.h"
#include "capture/sensor_support.h"
#include "capture/target_maps.h"
#include "tcp.skel.h"
#include "wire/tcp.h"

namespace sonde::capture {
namespace {

const SensorNeeds kNeeds{.sensor = "tcp",
                         .tracepoints = {"inet_sock_set_state", "tcp_send_reset", "tcp_receive_reset",
                                         "tcp_retransmit_synack", "sock_exceed_buf_limit"},
                         .since = "6.1"};

/// An iterator fills at most eight pages before it hands them over (bpf_seq_read in kernel/bpf/bpf_iter.c).
constexpr std::size_t kSweepBufferBytes = 64U << 10U;

struct SkeletonDelete {
  void operator()(tcp_bpf* skeleton) const noexcept { tcp_bpf__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<tcp_bpf, SkeletonDelete>;

Result<Skeleton> load(const CaptureOptions& options) {
  keep_libbpf_complaints();
  Skeleton skeleton(tcp_bpf__open());
  if (!skeleton) return explain(errno, "opening", kNeeds);
  set_filter(*skeleton->rodata, options.targets, ::getpid());
  skeleton->rodata->wake_up_bytes = options.event_ring_bytes / 4;
  bpf_map__set_max_entries(skeleton->maps.records, options.event_ring_bytes);
  if (const int failed = tcp_bpf__load(skeleton.get()); failed != 0) return explain(-failed, "loading", kNeeds);
  const auto& maps = skeleton->maps;
  SONDE_TRY(fill_target_maps(options.targets, {.ports = bpf_map__fd(maps.target_ports),
                                               .pids = bpf_map__fd(maps.target_pids),
                                               .names = bpf_map__fd(maps.target_names),
                                               .cgroup_ids = bpf_map__fd(maps.target_cgroup_ids)}));
  return skeleton;
}

/// The records of a sweep as they come out of its file, in pieces that need not end where a record does.
class RecordCutter {
 public:
  explicit RecordCutter(RecordSink& sink) : sink_(sink) {}

  [[nodiscard]] std::span<std::byte> free_space() { return all().subspan(waiting_); }

  void take(std::size_t bytes) {
    waiting_ += bytes;
    std::size_t at = 0;
    for (; waiting_ - at >= sizeof(sonde_tcp_record); at += sizeof(sonde_tcp_record), ++count_) {
      sink_.on_record(all().subspan(at, sizeof(sonde_tcp_record)));
    }
    waiting_ -= at;
    std::memmove(buffer_.get(), buffer_.get() + at, waiting_);
  }

  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  [[nodiscard]] std::span<std::byte> all() const { return {buffer_.get(), kSweepBufferBytes}; }

  RecordSink& sink_;
  // Most of it is seldom used, so it is not filled with zeros first.
  std::unique_ptr<std::byte[]> buffer_ = std::make_unique_for_overwrite<std::byte[]>(kSweepBufferBytes);
  std::size_t waiting_ = 0;
  std::size_t count_ = 0;
};

}  // namespace

struct TcpSensor::Programs {
  Skeleton skeleton;
  Link sweep;
  RingReader ring;

  [[nodiscard]] std::array<const bpf_program*, 8> all() const {
    const auto& programs = skeleton->progs;
    return {programs.tcp_begin,          programs.tcp_state,      programs.tcp_state_again,
            programs.tcp_reset_received, programs.tcp_reset_sent, programs.tcp_synack_repeated,
            programs.tcp_memory_limit,   programs.tcp_sweep};
  }

  /// Each sweep has a number, by which the kernel side knows what it has told of already.
  void begin_sweep(bool is_silent) const {
    skeleton->bss->sweep_is_silent = is_silent ? 1 : 0;
    skeleton->bss->sweep_number = skeleton->bss->sweep_number + 1;
  }
};

namespace {

Result<> attach_hooks(tcp_bpf& tcp) {
  for (auto [program, link] :
       {std::pair{tcp.progs.tcp_begin, &tcp.links.tcp_begin}, std::pair{tcp.progs.tcp_state, &tcp.links.tcp_state},
        std::pair{tcp.progs.tcp_state_again, &tcp.links.tcp_state_again},
        std::pair{tcp.progs.tcp_reset_received, &tcp.links.tcp_reset_received},
        std::pair{tcp.progs.tcp_reset_sent, &tcp.links.tcp_reset_sent},
        std::pair{tcp.progs.tcp_synack_repeated, &tcp.links.tcp_synack_repeated},
        std::pair{tcp.progs.tcp_memory_limit, &tcp.links.tcp_memory_limit}}) {
    SONDE_TRY(attach(program, link, kNeeds));
  }
  return Ok{};
}

}  // namespace

TcpSensor::TcpSensor(std::unique_ptr<Programs> programs) noexcept : programs_(std::move(programs)) {}
TcpSensor::~TcpSensor() = default;

Result<std::unique_ptr<TcpSensor>> TcpSensor::open(const CaptureOptions& options) {
  SONDE_TRY(check_ring_size(options.event_ring_bytes));
  auto programs = std::make_unique<Programs>();
  programs->skeleton = SONDE_TRY(load(options));
  tcp_bpf& tcp = *programs->skeleton;
  programs->ring = SONDE_TRY(RingReader::open(*tcp.maps.records));
  programs->sweep.reset(bpf_program__attach_iter(tcp.progs.tcp_sweep, nullptr));
  if (!programs->sweep) return explain(errno, "attaching the sweep of", kNeeds);
  SONDE_TRY(attach_hooks(tcp));
  // After the hooks: a listener that comes in between would be known to neither. A silent sweep takes note only.
  programs->begin_sweep(true);
  SONDE_TRY(run_iterator(programs->sweep.get(), "look for the sockets that are there already"));
  return std::unique_ptr<TcpSensor>(new TcpSensor(std::move(programs)));
}

SensorReport TcpSensor::report_of(const Result<std::unique_ptr<TcpSensor>>& opened) {
  return capture::report_of("tcp", "tp_btf", opened ? nullptr : &opened.error());
}

Result<std::size_t> TcpSensor::drain(RecordSink& sink) { return programs_->ring.consume(sink); }

int TcpSensor::wake_descriptor() const { return programs_->ring.wake_descriptor(); }

Result<std::size_t> TcpSensor::sweep(RecordSink& sink) {
  programs_->begin_sweep(false);
  const UniqueFd iterator(bpf_iter_create(bpf_link__fd(programs_->sweep.get())));
  if (!iterator) return Error::from_errno(errno, "start a sweep over the TCP sockets");
  RecordCutter records(sink);
  ssize_t got = 0;
  do {
    const std::span<std::byte> space = records.free_space();
    got = ::read(iterator.get(), space.data(), space.size());
    if (got > 0) records.take(static_cast<std::size_t>(got));
    // EAGAIN: a million files in a row had nothing to tell.
  } while (got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN)));
  if (got < 0) return Error::from_errno(errno, "sweep over the TCP sockets");
  return records.count();
}

int TcpSensor::first_use_map() const { return bpf_map__fd(programs_->skeleton->maps.first_uses); }

std::vector<HookCost> TcpSensor::hook_costs() const { return hook_costs_of(programs_->all()); }

std::vector<Loss> TcpSensor::losses() const {
  // tcp_begin is passed over in soft interrupts, where there is nothing for it, and of the next two never both are.
  constexpr std::size_t kHarmless = 3;
  const auto all = programs_->all();
  return losses_of(bpf_map__fd(programs_->skeleton->maps.losses), std::span(all).subspan(kHarmless));
}

}  // namespace sonde::capture
