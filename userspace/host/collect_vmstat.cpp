#include <optional>
#include <string>
#include <string_view>

#include "host/collectors.h"
#include "host/fields.h"
#include "host/line_tally.h"

namespace sonde::host {
namespace {

/// node_exporter's choice: ^(oom_kill|pgpg|pswp|pg.*fault).*
bool is_wanted(std::string_view field) {
  for (const std::string_view start : {"oom_kill", "pgpg", "pswp"}) {
    if (field.starts_with(start)) return true;
  }
  return field.starts_with("pg") && field.find("fault", 2) != field.npos;
}

}  // namespace

Result<> collect_vmstat(const CollectContext& context, ReadingWriter& out) {
  LineTally tally;
  std::string name;
  for (const std::string_view line : Lines(SONDE_TRY(context.files.read_proc("vmstat")))) {
    Fields fields(line);
    const std::string_view field = fields.next();
    if (!is_wanted(field)) continue;
    const std::optional<double> value = to_number(fields.next());
    tally.add(value && is_word(field));
    if (!value || !is_word(field)) continue;
    name.assign("node_vmstat_").append(field);
    out.untyped(name, "A field of /proc/vmstat, see proc_vmstat(5).").add(*value);
  }
  return tally.result(context.files.roots().proc + "/vmstat");
}

}  // namespace sonde::host
