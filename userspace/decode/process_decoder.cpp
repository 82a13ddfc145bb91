#include "decode/process_decoder.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "wire/process.h"

namespace sonde::decode {
namespace {

/// PID_MAX_LIMIT of include/linux/threads.h.
constexpr std::uint32_t kLargestPid = 1U << 22U;

/// Times, byte counts and counts of a process stay below this for good: a record beyond it is nonsense.
constexpr std::uint64_t kLargest = std::uint64_t{1} << 62;

__extension__ using Wide = unsigned __int128;

bool is_pid(std::uint32_t pid) { return pid > 0 && pid <= kLargestPid; }

/// An exit code in the second byte, or a signal below it, with bit 7 if it dumped core; no signal is above 64.
bool is_wait_status(std::int32_t status) {
  const auto bits = static_cast<std::uint32_t>(status);
  const std::uint32_t signal = bits & 0x7fU;
  return signal == 0 ? (bits & ~0xff00U) == 0 : signal <= 64 && (bits & ~0xffU) == 0;
}

bool is_sane(const sonde_usage& wire) {
  const auto fits = [](std::uint64_t number) { return number < kLargest; };
  return fits(wire.user_ns) && fits(wire.system_ns) && fits(wire.run_ns) && fits(wire.run_queue_wait_ns) &&
         fits(wire.minor_faults) && fits(wire.major_faults) && fits(wire.read_bytes) && fits(wire.written_bytes) &&
         fits(wire.voluntary_switches) && fits(wire.involuntary_switches);
}

bool is_sane(const sonde_process_record& wire) {
  const auto* name_end = std::find(std::begin(wire.process_name), std::end(wire.process_name), '\0');
  return is_pid(wire.tgid) && wire.parent_tgid <= kLargestPid && name_end != std::end(wire.process_name) &&
         wire.at_ns < kLargest && wire.started_ns < kLargest && is_sane(wire.usage) && wire.resident_bytes < kLargest &&
         wire.swap_bytes < kLargest && wire.peak_resident_bytes < kLargest && wire.threads <= kLargestPid &&
         (wire.kind == SONDE_PROCESS_EXIT ? is_wait_status(wire.wait_status) : wire.wait_status == 0);
}

/// The kernel knows exactly how long a task ran, and from its ticks how often it was met in user and in kernel mode:
/// the one is divided as the other, as cputime_adjust() in kernel/sched/cputime.c does.
std::chrono::nanoseconds user_part(const sonde_usage& wire) {
  const std::uint64_t met = wire.user_ns + wire.system_ns;
  const Wide user = met == 0 ? Wide{wire.run_ns} : Wide{wire.run_ns} * wire.user_ns / met;
  return std::chrono::nanoseconds{static_cast<std::int64_t>(user)};
}

Usage to_usage(const sonde_usage& wire) {
  Usage usage;
  usage.user = user_part(wire);
  usage.system = std::chrono::nanoseconds{static_cast<std::int64_t>(wire.run_ns)} - usage.user;
  usage.run_queue_wait = std::chrono::nanoseconds{static_cast<std::int64_t>(wire.run_queue_wait_ns)};
  usage.minor_faults = wire.minor_faults;
  usage.major_faults = wire.major_faults;
  usage.read_bytes = wire.read_bytes;
  usage.written_bytes = wire.written_bytes;
  usage.voluntary_switches = wire.voluntary_switches;
  usage.involuntary_switches = wire.involuntary_switches;
  return usage;
}

ProcessFacts to_facts(const sonde_process_record& wire) {
  ProcessFacts facts;
  facts.identity = {.pid = static_cast<std::int32_t>(wire.tgid), .started_ns = wire.started_ns};
  facts.parent_pid = static_cast<std::int32_t>(wire.parent_tgid);
  facts.cgroup_id = wire.cgroup_id;
  facts.process_name = wire.process_name;
  facts.usage = to_usage(wire.usage);
  facts.resident_bytes = wire.resident_bytes;
  facts.swap_bytes = wire.swap_bytes;
  facts.peak_resident_bytes = wire.peak_resident_bytes;
  facts.fd_limit = wire.fd_limit;
  facts.open_fds = wire.open_fds;
  facts.threads = wire.threads;
  facts.executable_inode = wire.executable_inode;
  facts.executable_device = wire.executable_device;
  facts.at = kernel_time(wire.at_ns);
  return facts;
}

/// Copies a record out: the ring buffer aligns to eight bytes, replayed bytes may not be aligned.
template <class Wire>
std::optional<Reject> read_as(std::span<const std::byte> record, Wire& wire) {
  if (record.size() != sizeof(wire)) return Reject::kBadLength;
  std::memcpy(&wire, record.data(), sizeof(wire));
  return std::nullopt;
}

template <class Event>
std::optional<Reject> decode_as(std::span<const std::byte> record, ProcessEvent& into) {
  sonde_process_record wire;
  if (const auto rejected = read_as(record, wire)) return rejected;
  if (!is_sane(wire)) return Reject::kBadValue;
  if constexpr (std::is_same_v<Event, ProcessExited>) {
    into = ProcessExited{.process = to_facts(wire), .wait_status = wire.wait_status};
  } else {
    into = Event{.process = to_facts(wire)};
  }
  return std::nullopt;
}

std::optional<Reject> decode_executed(std::span<const std::byte> record, ProcessEvent& into) {
  sonde_process_executed wire;
  if (const auto rejected = read_as(record, wire)) return rejected;
  const auto* path_end = std::find(std::begin(wire.executable), std::end(wire.executable), '\0');
  if (!is_sane(wire.process) || path_end == std::end(wire.executable)) return Reject::kBadValue;
  into = ProcessExecuted{.process = to_facts(wire.process), .executable = wire.executable};
  return std::nullopt;
}

/// "/a/b" of "b/a//": from names, each with a slash after it, up to the root, whose own is empty. Nothing if these are
/// no such names: the kernel accepts no cgroup's name with a slash or a line's end in it.
std::optional<std::string> to_path(std::string_view names) {
  if (names.empty()) return "";
  if (names.find('\n') != std::string_view::npos) return std::nullopt;
  std::string path;
  for (;;) {
    const std::size_t slash = names.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const std::string_view name = names.substr(0, slash);
    names.remove_prefix(slash + 1);
    if (name.empty()) break;
    path.insert(0, name).insert(0, 1, '/');
  }
  if (!names.empty()) return std::nullopt;
  return path.empty() ? "/" : path;
}

std::optional<Reject> decode_oom_killed(std::span<const std::byte> record, ProcessEvent& into) {
  sonde_process_oom_killed wire;
  if (const auto rejected = read_as(record, wire)) return rejected;
  const auto* names_end = std::find(std::begin(wire.memory_cgroup), std::end(wire.memory_cgroup), '\0');
  if (!is_sane(wire.process) || names_end == std::end(wire.memory_cgroup)) return Reject::kBadValue;
  std::optional<std::string> path = to_path(wire.memory_cgroup);
  if (!path) return Reject::kBadValue;
  into = OomKilled{.process = to_facts(wire.process), .memory_cgroup = *std::move(path)};
  return std::nullopt;
}

std::optional<Reject> decode_thread(std::span<const std::byte> record, ProcessEvent& into) {
  sonde_thread_sample wire;
  if (const auto rejected = read_as(record, wire)) return rejected;
  if (!is_pid(wire.tgid) || !is_pid(wire.pid) || !is_sane(wire.usage)) return Reject::kBadValue;
  into = ThreadSampled{.pid = static_cast<std::int32_t>(wire.tgid),
                       .tid = static_cast<std::int32_t>(wire.pid),
                       .usage = to_usage(wire.usage)};
  return std::nullopt;
}

}  // namespace

std::optional<Reject> decode_process(std::span<const std::byte> record, ProcessEvent& into) {
  std::uint16_t kind = 0;
  if (record.size() < sizeof(kind)) return Reject::kTruncated;
  std::memcpy(&kind, record.data(), sizeof(kind));
  switch (kind) {
    case SONDE_PROCESS_EXEC:
      return decode_executed(record, into);
    case SONDE_PROCESS_EXIT:
      return decode_as<ProcessExited>(record, into);
    case SONDE_PROCESS_OOM_KILL:
      return decode_oom_killed(record, into);
    case SONDE_PROCESS_SAMPLE:
      return decode_as<ProcessSampled>(record, into);
    case SONDE_THREAD_SAMPLE:
      return decode_thread(record, into);
    default:  // a number from outside, not an enum
      return Reject::kUnknownKind;
  }
}

}  // namespace sonde::decode
