#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "host/collectors.h"
#include "host/fields.h"
#include "host/line_tally.h"

namespace sonde::host {
namespace {

constexpr double kBytesInKibibyte = 1024;

/// node_memory_Active_anon for `Active(anon)`; false if that makes no name of a metric.
bool name_field(std::string_view field, std::string& name) {
  name = "node_memory_";
  const std::size_t open = std::min(field.find('('), field.size());
  name.append(field.substr(0, open));
  if (open < field.size()) {
    const std::string_view part = field.substr(open + 1);
    if (!part.ends_with(')')) return false;
    name.append("_").append(part.substr(0, part.size() - 1));
  }
  return !field.empty() && is_word(name);
}

/// `Active(anon):   12345 kB`, or without a unit if it is a number of pages.
bool write_field(std::string_view line, std::string& name, ReadingWriter& out) {
  Fields fields(line);
  const std::string_view key = fields.next();
  const std::optional<double> value = to_number(fields.next());
  const std::string_view unit = fields.next();
  if (!key.ends_with(':') || !value || !fields.next().empty()) return false;
  if (!unit.empty() && unit != "kB") return false;
  if (!name_field(key.substr(0, key.size() - 1), name)) return false;
  if (!unit.empty()) name.append("_bytes");
  out.gauge(name, "A field of /proc/meminfo, see proc_meminfo(5).")
      .add(unit.empty() ? *value : *value * kBytesInKibibyte);
  return true;
}

}  // namespace

Result<> collect_meminfo(const CollectContext& context, ReadingWriter& out) {
  LineTally tally;
  std::string name;
  for (const std::string_view line : Lines(SONDE_TRY(context.files.read_proc("meminfo")))) {
    if (trim(line).empty()) continue;  // kernels of CentOS 6 print empty lines
    tally.add(write_field(line, name, out));
  }
  return tally.result(context.files.roots().proc + "/meminfo");
}

}  // namespace sonde::host
