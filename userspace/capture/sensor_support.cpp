#include "capture/sensor_support.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/unique_fd.h"
#include "wire/abi.h"

namespace sonde::capture {
namespace {

constexpr std::array<const char*, SONDE_LOSS_REASONS> kSensorLossNames{"ring_full", "state_memory", "unreadable_buffer",
                                                                       "unsupported_syscall", "untimed_request"};
constexpr const char* kCapabilityRemedy =
    "run as root, or grant CAP_BPF and CAP_PERFMON (AmbientCapabilities= in the systemd unit, or setcap on the binary)";

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

}  // namespace

void keep_libbpf_complaints() {
  libbpf_set_print(&keep_complaint);
  last_complaint.clear();
}

Error explain(int failed, std::string_view doing, const SensorNeeds& needs) {
  const std::string sensor = "the " + std::string(needs.sensor) + " sensor";
  if (failed == EPERM || failed == EACCES) {
    return Error{Code::kPermission, std::string(doing) + " " + sensor + " is not permitted: " + kCapabilityRemedy,
                 failed};
  }
  const std::unique_ptr<btf, BtfDelete> types(btf__load_vmlinux_btf());
  if (!types) {
    return Error{Code::kUnsupported,
                 "the kernel carries no type information (/sys/kernel/btf/vmlinux): boot one built with "
                 "CONFIG_DEBUG_INFO_BTF=y, as Debian's are",
                 failed};
  }
  for (const std::string_view tracepoint : needs.tracepoints) {
    const std::string type = "btf_trace_" + std::string(tracepoint);
    if (btf__find_by_name_kind(types.get(), type.c_str(), BTF_KIND_TYPEDEF) >= 0) continue;
    return Error{Code::kUnsupported,
                 "the kernel has no tracepoint " + std::string(tracepoint) + ": boot Linux " +
                     std::string(needs.since) + " or newer (on Debian 12, linux-image-amd64 from bookworm-backports)",
                 failed};
  }
  std::string what = std::string(doing) + " " + sensor + ": " + std::strerror(failed);
  if (!last_complaint.empty()) what += " (" + last_complaint + ")";
  return Error{Code::kUnsupported, what, failed};
}

Result<> check_ring_size(std::uint32_t bytes) {
  const auto page = static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE));
  if (bytes >= page && std::has_single_bit(bytes)) return Ok{};
  return Error{Code::kBadInput, "the ring buffer has " + std::to_string(bytes) +
                                    " bytes; it needs a power of two of at least " + std::to_string(page)};
}

SensorReport report_of(std::string_view sensor, std::string_view variant, const Error* failed) {
  SensorReport report;
  report.sensor = sensor;
  if (failed == nullptr) {
    report.variant = variant;
    report.state = SensorState::kOn;
    return report;
  }
  const std::size_t colon = failed->what.find(": ");
  report.why = failed->what.substr(0, colon);
  if (colon != std::string::npos) report.remedy = failed->what.substr(colon + 2);
  return report;
}

Result<> attach(const bpf_program* program, bpf_link** link, const SensorNeeds& needs) {
  *link = bpf_program__attach(program);
  if (*link != nullptr) return Ok{};
  return explain(errno, "attaching", needs);
}

Result<> run_iterator(const bpf_link* link, std::string_view doing) {
  const UniqueFd iterator(bpf_iter_create(bpf_link__fd(link)));
  if (!iterator) return Error::from_errno(errno, "start to " + std::string(doing));
  std::array<char, 64> nothing{};
  ssize_t got = 0;
  do {
    got = ::read(iterator.get(), nothing.data(), nothing.size());
  } while (got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN)));
  if (got < 0) return Error::from_errno(errno, std::string(doing));
  return Ok{};
}

std::vector<HookCost> hook_costs_of(std::span<const bpf_program* const> programs) {
  std::vector<HookCost> costs;
  for (const bpf_program* program : programs) {
    bpf_prog_info info{};
    std::uint32_t size = sizeof(info);
    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) != 0) continue;
    costs.push_back({.hook = bpf_program__name(program), .runs = info.run_cnt, .time_ns = info.run_time_ns});
  }
  return costs;
}

std::vector<Loss> losses_of(int map, std::span<const bpf_program* const> programs) {
  std::vector<Loss> all;
  std::vector<std::uint64_t> per_cpu(static_cast<std::size_t>(libbpf_num_possible_cpus()));
  for (std::uint32_t reason = 0; reason < SONDE_LOSS_REASONS; ++reason) {
    Loss loss{.reason = kSensorLossNames[reason], .count = 0};
    if (bpf_map_lookup_elem(map, &reason, per_cpu.data()) == 0) {
      for (const std::uint64_t count : per_cpu) loss.count += count;
    }
    all.push_back(std::move(loss));
  }
  Loss skipped{.reason = "recursion", .count = 0};
  for (const bpf_program* program : programs) {
    bpf_prog_info info{};
    std::uint32_t size = sizeof(info);
    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0) skipped.count += info.recursion_misses;
  }
  all.push_back(std::move(skipped));
  return all;
}

}  // namespace sonde::capture
