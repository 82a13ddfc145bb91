#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/collectors.h"
#include "host/fields.h"
#include "host/line_tally.h"

namespace sonde::host {
namespace {

struct Pressure {
  std::string_view resource;
  std::string_view line;  ///< "some" tasks were held up, or all of them at once: "full"
  std::string_view name;
  std::string_view help;
};

/// The full line of the cpu resource is left out, as node_exporter does: it only means something in a cgroup.
constexpr std::array kPressures = {
    Pressure{"cpu", "some", "node_pressure_cpu_waiting_seconds_total", "Seconds in which some task waited for a CPU."},
    Pressure{"io", "some", "node_pressure_io_waiting_seconds_total", "Seconds in which some task waited for a disk."},
    Pressure{"io", "full", "node_pressure_io_stalled_seconds_total",
             "Seconds in which no task got on because all waited for disks."},
    Pressure{"memory", "some", "node_pressure_memory_waiting_seconds_total",
             "Seconds in which some task waited for memory."},
    Pressure{"memory", "full", "node_pressure_memory_stalled_seconds_total",
             "Seconds in which no task got on because all waited for memory."},
};

/// `some avg10=0.00 avg60=0.08 avg300=0.14 total=2441681191`, in microseconds.
std::optional<double> parse_total_seconds(std::string_view line) {
  Fields fields(line);
  for (std::string_view field = fields.next(); !field.empty(); field = fields.next()) {
    constexpr std::string_view kTotal = "total=";
    if (!field.starts_with(kTotal)) continue;
    const std::optional<std::uint64_t> microseconds = to_count(field.substr(kTotal.size()));
    if (microseconds) return static_cast<double>(*microseconds) / 1000.0 / 1000.0;  // rounded as node_exporter rounds
  }
  return std::nullopt;
}

Result<> write_resource(HostFiles& files, std::string_view resource, ReadingWriter& out) {
  const std::string name = "pressure/" + std::string(resource);
  LineTally tally;
  for (const std::string_view line : Lines(SONDE_TRY(files.read_proc(name)))) {
    for (const Pressure& pressure : kPressures) {
      if (pressure.resource != resource || Fields(line).next() != pressure.line) continue;
      const std::optional<double> seconds = parse_total_seconds(line);
      tally.add(seconds.has_value());
      if (seconds) out.counter(pressure.name, pressure.help).add(*seconds);
    }
  }
  return tally.result(files.roots().proc + "/" + name);
}

}  // namespace

/// Pressure stall information: Documentation/accounting/psi.rst.
Result<> collect_pressure(const CollectContext& context, ReadingWriter& out) {
  for (const std::string_view resource : {"cpu", "io", "memory"}) {
    Result<> written = write_resource(context.files, resource, out);
    if (written) continue;
    Error error = std::move(written).error();
    // The files are there, but the kernel was built or started with psi=0.
    if (error.sys_errno == EOPNOTSUPP) error.code = Code::kNotFound;
    return error;
  }
  return Ok{};
}

}  // namespace sonde::host
