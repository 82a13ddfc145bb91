#include "capture/traffic_sensor.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <iterator>

#include "base/clock.h"
#include "capture/libbpf_handles.h"
#include "capture/ring_reader.h"
#include "capture/sensor_support.h"
#include "capture/target_maps.h"
#include "traffic.skel.h"
#include "wire/datagram.h"
#include "wire/traffic.h"

namespace sonde::capture {
namespace {

const SensorNeeds kNeeds{
    .sensor = "traffic", .tracepoints = {"sock_send_length", "sock_recv_length", "sk_data_ready"}, .since = "6.3"};

struct SkeletonDelete {
  void operator()(traffic_bpf* skeleton) const noexcept { traffic_bpf__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<traffic_bpf, SkeletonDelete>;

static_assert(static_cast<std::uint32_t>(DatagramKind::kUdp) == SONDE_DATAGRAM_UDP &&
                  static_cast<std::uint32_t>(DatagramKind::kUnix) == SONDE_DATAGRAM_UNIX && SONDE_DATAGRAM_KINDS == 2,
              "a kind is cast from the wire");

Result<> check_options(const CaptureOptions& options) {
  SONDE_TRY(check_ring_size(options.ring_bytes));
  constexpr std::size_t kMaxCgroups = 64;
  if (options.targets.cgroup_paths.size() > kMaxCgroups) {
    return Error{Code::kLimit, "there are " + std::to_string(options.targets.cgroup_paths.size()) +
                                   " target cgroups; 64 at most, so name a common parent"};
  }
  return Ok{};
}

Result<> configure(traffic_bpf& skeleton, const CaptureOptions& options) {
  set_filter(*skeleton.rodata, options.targets, ::getpid());
  skeleton.rodata->wake_up_bytes = options.ring_bytes / 4;
  bpf_map__set_max_entries(skeleton.maps.records, options.ring_bytes);
  if (options.first_use_map < 0) return Ok{};
  // Without this the object makes a map of its own, which stays empty.
  const int failed = bpf_map__reuse_fd(skeleton.maps.first_uses, options.first_use_map);
  if (failed != 0) return Error::from_errno(-failed, "share the first uses of connections with the tcp sensor");
  return Ok{};
}

}  // namespace

namespace {

/// What is walked over to find the connections: where their state is kept, or, at the cost of a look at each open file
/// of the host, whoever has them open.
enum class SweepBy : std::uint8_t { kStorage, kFiles };

const bpf_program* sweep_of(const traffic_bpf& skeleton, SweepBy sweep_by) {
  switch (sweep_by) {
    case SweepBy::kStorage:
      return skeleton.progs.traffic_sweep;
    case SweepBy::kFiles:
      return skeleton.progs.traffic_sweep_files;
  }
  std::abort();
}

}  // namespace

struct TrafficSensor::Programs {
  Skeleton skeleton;
  SweepBy sweep_by = SweepBy::kStorage;
  Link sweep;
  RingReader ring;

  [[nodiscard]] std::array<const bpf_program*, 5> all() const {
    const auto& programs = skeleton->progs;
    return {programs.traffic_send, programs.traffic_receive, programs.traffic_data_ready, programs.traffic_state,
            sweep_of(*skeleton, sweep_by)};
  }
};

namespace {

Result<Link> attach_sweep(const traffic_bpf& skeleton, SweepBy sweep_by) {
  bpf_iter_link_info info{};
  info.map.map_fd = static_cast<std::uint32_t>(bpf_map__fd(skeleton.maps.connections));
  auto options = bpf_iter_attach_opts();  // padding is zero, too: libbpf looks
  options.sz = sizeof(options);
  options.link_info = &info;
  options.link_info_len = sizeof(info);
  const bool is_of_map = sweep_by == SweepBy::kStorage;
  Link link(bpf_program__attach_iter(sweep_of(skeleton, sweep_by), is_of_map ? &options : nullptr));
  if (!link) return explain(errno, "attaching the sweep of", kNeeds);
  return link;
}

Result<Skeleton> load(const CaptureOptions& options, SweepBy sweep_by) {
  keep_libbpf_complaints();
  Skeleton skeleton(traffic_bpf__open());
  if (!skeleton) return explain(errno, "opening", kNeeds);
  SONDE_TRY(configure(*skeleton, options));
  bpf_program__set_autoload(skeleton->progs.traffic_sweep, sweep_by == SweepBy::kStorage);
  bpf_program__set_autoload(skeleton->progs.traffic_sweep_files, sweep_by == SweepBy::kFiles);
  if (const int failed = traffic_bpf__load(skeleton.get()); failed != 0) return explain(-failed, "loading", kNeeds);
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
  auto loaded = load(options, SweepBy::kStorage);
  if (!loaded) {
    programs->sweep_by = SweepBy::kFiles;
    loaded = load(options, SweepBy::kFiles);
  }
  if (!loaded) return std::move(loaded).error();
  programs->skeleton = *std::move(loaded);
  programs->sweep = SONDE_TRY(attach_sweep(*programs->skeleton, programs->sweep_by));
  programs->ring = SONDE_TRY(RingReader::open(*programs->skeleton->maps.records));
  auto& traffic = *programs->skeleton;
  // The receive side first: a request seen without its response is incomplete, the reverse would look unmatched.
  for (auto [program, link] : {std::pair{traffic.progs.traffic_state, &traffic.links.traffic_state},
                               std::pair{traffic.progs.traffic_data_ready, &traffic.links.traffic_data_ready},
                               std::pair{traffic.progs.traffic_receive, &traffic.links.traffic_receive},
                               std::pair{traffic.progs.traffic_send, &traffic.links.traffic_send}}) {
    SONDE_TRY(attach(program, link, kNeeds));
  }
  traffic.data->watching_since_ns = static_cast<std::uint64_t>(SystemClock().kernel_now().time_since_epoch().count());
  return std::unique_ptr<TrafficSensor>(new TrafficSensor(std::move(programs)));
}

SensorReport TrafficSensor::report_of(const Result<std::unique_ptr<TrafficSensor>>& opened) {
  return capture::report_of("traffic", "tp_btf", opened ? nullptr : &opened.error());
}

Result<std::size_t> TrafficSensor::poll(std::chrono::milliseconds timeout, RecordSink& sink) {
  SONDE_TRY(programs_->ring.wait(timeout));
  // Records come without a wake-up, so look even if nothing woke us.
  return programs_->ring.consume(sink);
}

Result<> TrafficSensor::sweep() { return run_iterator(programs_->sweep.get(), "sweep over the sockets"); }

std::vector<HookCost> TrafficSensor::hook_costs() const { return hook_costs_of(programs_->all()); }

std::vector<Loss> TrafficSensor::losses() const {
  return losses_of(bpf_map__fd(programs_->skeleton->maps.losses), programs_->all());
}

namespace {

DatagramTraffic traffic_of(const sonde_datagram_key& key, const sonde_datagram_counts& counts) {
  DatagramTraffic traffic;
  traffic.pid = static_cast<std::int32_t>(key.tgid);
  traffic.kind = static_cast<DatagramKind>(key.kind);
  std::copy(std::begin(counts.bytes), std::end(counts.bytes), traffic.bytes.begin());
  std::copy(std::begin(counts.messages), std::end(counts.messages), traffic.messages.begin());
  std::copy(std::begin(counts.errors), std::end(counts.errors), traffic.errors.begin());
  return traffic;
}

}  // namespace

Result<std::vector<DatagramTraffic>> TrafficSensor::datagrams() const {
  const int map = bpf_map__fd(programs_->skeleton->maps.datagrams);
  constexpr std::uint32_t kBatch = 512;
  std::vector<sonde_datagram_key> keys(kBatch);
  std::vector<sonde_datagram_counts> counts(kBatch);
  std::vector<DatagramTraffic> all;
  std::uint32_t position = 0;  // The kernel's own: which hash bucket comes next.
  void* from = nullptr;
  int failed = 0;
  while (failed == 0) {
    std::uint32_t found = kBatch;
    const int answer = bpf_map_lookup_batch(map, from, &position, keys.data(), counts.data(), &found, nullptr);
    failed = answer == 0 ? 0 : errno;
    if (failed != 0 && failed != ENOENT) return Error::from_errno(failed, "read what went over UDP and unix sockets");
    for (std::uint32_t i = 0; i < found; ++i) all.push_back(traffic_of(keys[i], counts[i]));
    from = &position;
  }
  return all;
}

void TrafficSensor::forget_datagrams(std::int32_t pid) {
  for (std::uint32_t kind = 0; kind < SONDE_DATAGRAM_KINDS; ++kind) {
    const sonde_datagram_key key{.tgid = static_cast<std::uint32_t>(pid), .kind = kind};
    bpf_map_delete_elem(bpf_map__fd(programs_->skeleton->maps.datagrams), &key);
  }
}

}  // namespace sonde::capture
