#include "host/kernel_tables.h"

#include <optional>

#include "host/fields.h"

namespace sonde::host {
namespace {

constexpr std::string_view kExtensions = "TcpExt:";

ListenTotals match(std::string_view names_line, std::string_view values_line) {
  ListenTotals totals;
  Fields names(names_line);
  Fields values(values_line);
  for (std::string_view name = names.next(); !name.empty(); name = names.next()) {
    const std::uint64_t value = to_count(values.next()).value_or(0);
    if (name == "ListenOverflows") totals.overflows = value;
    if (name == "ListenDrops") totals.drops = value;
  }
  return totals;
}

}  // namespace

ListenTotals listen_totals(std::string_view netstat) {
  std::optional<std::string_view> names;
  for (const std::string_view line : Lines(netstat)) {
    if (!line.starts_with(kExtensions)) continue;
    if (names) return match(*names, line);
    names = line;
  }
  return {};
}

std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> disk_names(HostFiles& files) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> names;
  const auto text = files.read_proc("diskstats");
  if (!text) return names;
  for (const std::string_view line : Lines(*text)) {
    Fields fields(line);
    const auto major = to_count(fields.next());
    const auto minor = to_count(fields.next());
    const std::string_view name = fields.next();
    if (!major || !minor || name.empty()) continue;
    names.emplace(std::pair{static_cast<std::uint32_t>(*major), static_cast<std::uint32_t>(*minor)}, name);
  }
  return names;
}

}  // namespace sonde::host
