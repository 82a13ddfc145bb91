#include "capture/block_sensor.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <span>
#include <string_view>

#include "block.skel.h"
#include "capture/sensor_support.h"
#include "wire/block.h"

namespace sonde::capture {
namespace {

static_assert(kDurationBounds.size() == SONDE_BLOCK_BOUNDS, "the kernel's buckets are those of everybody");
static_assert(static_cast<std::uint32_t>(DiskOperation::kRead) == SONDE_BLOCK_READ &&
                  static_cast<std::uint32_t>(DiskOperation::kWrite) == SONDE_BLOCK_WRITE &&
                  static_cast<std::uint32_t>(DiskOperation::kDiscard) == SONDE_BLOCK_DISCARD &&
                  static_cast<std::uint32_t>(DiskOperation::kFlush) == SONDE_BLOCK_FLUSH && SONDE_BLOCK_OPERATIONS == 4,
              "an operation is cast from the wire");

// tp_btf is of Linux 5.5; 5.10 is the oldest kernel that was looked at.
const SensorNeeds kNeeds{.sensor = "block", .tracepoints = {"block_rq_complete"}, .since = "5.10"};

// dev_t inside the kernel (include/linux/kdev_t.h); what stat(2) answers is arranged differently.
constexpr std::uint32_t kMinorBits = 20;

struct SkeletonDelete {
  void operator()(block_bpf* skeleton) const noexcept { block_bpf__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<block_bpf, SkeletonDelete>;

struct BtfDelete {
  void operator()(btf* types) const noexcept { btf__free(types); }
};

/// The value of an enumerator of whichever enum has it: the one in question is without a name in some kernels, so CO-RE
/// would not find it.
std::optional<std::uint32_t> find_enumerator(const btf& types, std::string_view wanted) {
  for (std::uint32_t id = 1; id < btf__type_cnt(&types); ++id) {
    const btf_type* type = btf__type_by_id(&types, id);
    if (!btf_is_enum(type)) continue;
    for (const struct btf_enum& one : std::span(btf_enum(type), btf_vlen(type))) {
      if (wanted == btf__name_by_offset(&types, one.name_off)) return static_cast<std::uint32_t>(one.val);
    }
  }
  return std::nullopt;
}

void configure(block_bpf& skeleton) {
  std::transform(kDurationBounds.begin(), kDurationBounds.end(), skeleton.rodata->duration_bounds_ns,
                 [](std::chrono::nanoseconds bound) { return static_cast<std::uint64_t>(bound.count()); });
  const std::unique_ptr<btf, BtfDelete> types(btf__load_vmlinux_btf());
  if (!types) return;  // Then it will not load either, and explain() says why.
  const auto flush_sequence = find_enumerator(*types, "__RQF_FLUSH_SEQ");
  const auto accounted = find_enumerator(*types, "__RQF_IO_STAT");
  if (!flush_sequence || !accounted) return;  // Older than 6.12: as the defaults.
  skeleton.rodata->flush_sequence_flag = 1U << *flush_sequence;
  skeleton.rodata->accounted_flag = 1U << *accounted;
}

Result<Skeleton> load() {
  keep_libbpf_complaints();
  Skeleton skeleton(block_bpf__open());
  if (!skeleton) return explain(errno, "opening", kNeeds);
  configure(*skeleton);
  if (const int failed = block_bpf__load(skeleton.get()); failed != 0) return explain(-failed, "loading", kNeeds);
  return skeleton;
}

DiskLatency sum_of_cpus(const sonde_block_key& key, const std::vector<sonde_block_latency>& per_cpu) {
  DiskLatency sum;
  sum.major = key.device >> kMinorBits;
  sum.minor = key.device & ((1U << kMinorBits) - 1);
  sum.operation = static_cast<DiskOperation>(key.operation);
  for (const sonde_block_latency& one : per_cpu) {
    for (std::size_t bucket = 0; bucket < sum.counts.size(); ++bucket) sum.counts[bucket] += one.counts[bucket];
    sum.total += std::chrono::nanoseconds(one.total_ns);
    sum.errors += one.errors;
  }
  return sum;
}

}  // namespace

struct BlockSensor::Programs {
  Skeleton skeleton;

  [[nodiscard]] std::array<const bpf_program*, 1> all() const { return {skeleton->progs.block_complete}; }
};

BlockSensor::BlockSensor(std::unique_ptr<Programs> programs) noexcept : programs_(std::move(programs)) {}
BlockSensor::~BlockSensor() = default;

Result<std::unique_ptr<BlockSensor>> BlockSensor::open() {
  auto programs = std::make_unique<Programs>();
  programs->skeleton = SONDE_TRY(load());
  auto& block = *programs->skeleton;
  SONDE_TRY(attach(block.progs.block_complete, &block.links.block_complete, kNeeds));
  return std::unique_ptr<BlockSensor>(new BlockSensor(std::move(programs)));
}

SensorReport BlockSensor::report_of(const Result<std::unique_ptr<BlockSensor>>& opened) {
  return capture::report_of("block", "tp_btf", opened ? nullptr : &opened.error());
}

Result<std::vector<DiskLatency>> BlockSensor::read() const {
  const int map = bpf_map__fd(programs_->skeleton->maps.latencies);
  const int cpus = libbpf_num_possible_cpus();
  if (cpus < 0) return Error::from_errno(-cpus, "count the CPUs");
  std::vector<sonde_block_latency> per_cpu(static_cast<std::size_t>(cpus));
  std::vector<DiskLatency> all;
  sonde_block_key key{};
  const sonde_block_key* last = nullptr;
  // Entries are only ever added, so this sees each once.
  while (bpf_map_get_next_key(map, last, &key) == 0) {
    if (bpf_map_lookup_elem(map, &key, per_cpu.data()) != 0) return Error::from_errno(errno, "read a disk's latencies");
    all.push_back(sum_of_cpus(key, per_cpu));
    last = &key;
  }
  if (errno != ENOENT) return Error::from_errno(errno, "read the disks' latencies");
  return all;
}

std::vector<HookCost> BlockSensor::hook_costs() const { return hook_costs_of(programs_->all()); }

std::vector<Loss> BlockSensor::losses() const {
  return losses_of(bpf_map__fd(programs_->skeleton->maps.losses), programs_->all());
}

}  // namespace sonde::capture
