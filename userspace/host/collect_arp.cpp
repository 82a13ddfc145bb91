#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "host/collectors.h"
#include "host/fields.h"
#include "host/line_tally.h"

namespace sonde::host {
namespace {

constexpr std::size_t kColumns = 6;

/// The last of at least six columns: proc_net(5).
std::string_view device_of(std::string_view line) {
  Fields fields(line);
  std::string_view device;
  std::size_t columns = 0;
  for (std::string_view field = fields.next(); !field.empty(); field = fields.next()) {
    device = field;
    ++columns;
  }
  return columns >= kColumns ? device : std::string_view{};
}

}  // namespace

Result<> collect_arp(const CollectContext& context, ReadingWriter& out) {
  LineTally tally;
  std::map<std::string_view, std::size_t> entries;  // by device
  for (const std::string_view line : Lines(SONDE_TRY(context.files.read_proc("net/arp")))) {
    const std::string_view device = device_of(line);
    tally.add(!device.empty());
    if (!device.empty() && !line.starts_with("IP ")) ++entries[device];
  }
  out.gauge("node_arp_entries", "Entries of the ARP table, by device.");
  for (const auto& [device, count] : entries) {
    out.add(static_cast<double>(count), {{"device", sanitise_utf8(device)}});
  }
  return tally.result(context.files.roots().proc + "/net/arp");
}

}  // namespace sonde::host
