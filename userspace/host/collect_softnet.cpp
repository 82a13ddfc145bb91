#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/collectors.h"
#include "host/fields.h"
#include "host/line_tally.h"

namespace sonde::host {
namespace {

constexpr std::size_t kCountColumns = 3;   // processed, dropped, time_squeeze
constexpr std::size_t kFewestColumns = 9;  // since Linux 2.6.23
constexpr std::size_t kCpuColumn = 12;     // since Linux 5.10

struct Backlog {
  std::uint64_t cpu = 0;
  std::array<double, kCountColumns> counts{};
};

/// Hexadecimal columns: net/core/net-procfs.c, softnet_seq_show. Old kernels do not say which CPU a line is of; then
/// its place has to do, which is wrong after a CPU that is off.
std::optional<Backlog> parse_backlog(std::string_view line, std::size_t line_number) {
  Backlog backlog{line_number, {}};
  Fields fields(line);
  std::size_t columns = 0;
  for (std::string_view field = fields.next(); !field.empty(); field = fields.next(), ++columns) {
    const std::optional<std::uint64_t> value = to_count(field, 16);
    if (!value) return std::nullopt;
    if (columns < kCountColumns) backlog.counts[columns] = static_cast<double>(*value);
    if (columns == kCpuColumn) backlog.cpu = *value;
  }
  return columns >= kFewestColumns ? std::optional(backlog) : std::nullopt;
}

}  // namespace

Result<> collect_softnet(const CollectContext& context, ReadingWriter& out) {
  LineTally tally;
  std::vector<Backlog> backlogs;
  for (const std::string_view line : Lines(SONDE_TRY(context.files.read_proc("net/softnet_stat")))) {
    const std::optional<Backlog> backlog = parse_backlog(line, tally.read + tally.passed_over);
    tally.add(backlog.has_value());
    if (backlog) backlogs.push_back(*backlog);
  }
  const auto write = [&](std::size_t column) {
    for (const Backlog& backlog : backlogs) out.add(backlog.counts[column], {{"cpu", std::to_string(backlog.cpu)}});
  };
  out.counter("node_softnet_dropped_total", "Packets dropped because the CPU's backlog was full.");
  write(1);
  out.counter("node_softnet_processed_total", "Packets taken in by each CPU.");
  write(0);
  out.counter("node_softnet_times_squeezed_total", "Times a CPU stopped with packets left because its turn was over.");
  write(2);
  return tally.result(context.files.roots().proc + "/net/softnet_stat");
}

}  // namespace sonde::host
