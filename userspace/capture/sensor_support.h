#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "capture/types.h"

struct bpf_link;
struct bpf_program;

namespace sonde::capture {

/// What a sensor needs of the kernel, to say why it does not work.
struct SensorNeeds {
  std::string_view sensor;  ///< "traffic"
  /// Names of tracepoints, best known missing first; `since` is the Linux version that brought them.
  std::vector<std::string_view> tracepoints;
  std::string_view since;  ///< "6.3"
};

/// Has libbpf's complaints kept, instead of printed, for explain() on the same thread.
void keep_libbpf_complaints();

/// Why a step of opening a sensor failed, in words that help.  units: failed is an errno; `doing` is "loading".
/// errors: kPermission, kUnsupported.
Error explain(int failed, std::string_view doing, const SensorNeeds& needs);

/// errors: kBadInput unless `bytes` is a power of two of at least one page.
Result<> check_ring_size(std::uint32_t bytes);

/// What became of a sensor whose opening answered `outcome`.
SensorReport report_of(std::string_view sensor, std::string_view variant, const Error* failed);

/// Attaches a program.  owner: the skeleton that `link` belongs to.  errors: see explain.
Result<> attach(const bpf_program* program, bpf_link** link, const SensorNeeds& needs);

/// Reads an iterator that writes nothing to its file to its end.  errors: kIo.
Result<> run_iterator(const bpf_link* link, std::string_view doing);

/// Empty figures unless kernel.bpf_stats_enabled is 1.
std::vector<HookCost> hook_costs_of(std::span<const bpf_program* const> programs);

/// Reads the per-CPU map `losses` of a sensor, and what the kernel skipped because a program would have interrupted
/// itself.  units: map is a descriptor.
std::vector<Loss> losses_of(int map, std::span<const bpf_program* const> programs);

/// Writes the target filter into the read-only data of a skeleton that is not loaded yet.
template <class ReadOnlyData>
void set_filter(ReadOnlyData& data, const TargetFilter& targets, std::int32_t self_pid) {
  data.self_tgid = static_cast<std::uint32_t>(self_pid);
  data.filter_by_port = targets.ports.empty() ? 0 : 1;
  data.filter_by_pid = targets.pids.empty() ? 0 : 1;
  data.filter_by_name = targets.process_names.empty() ? 0 : 1;
  data.filter_cgroups = static_cast<std::uint32_t>(targets.cgroup_paths.size());
}

}  // namespace sonde::capture
