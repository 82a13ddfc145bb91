// An alertmanager.yml. Whatever it says, it ends in routes that can be asked or in faults with places.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "alerts/inhibit_rules.h"
#include "alerts/maintenance_book.h"
#include "alerts/route_tree.h"
#include "alerts/time_interval.h"
#include "app/alert_language.h"
#include "base/utf8.h"
#include "config/alertmanager_file.h"

namespace {

using namespace sonde;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_faults(const std::vector<config::ConfigFault>& faults) {
  int line = 0;
  for (const config::ConfigFault& fault : faults) {
    require(fault.line >= line && fault.column >= 0 && !fault.what.empty());
    require(is_valid_utf8(fault.path) && is_valid_utf8(fault.what));
    line = fault.line;
  }
}

void ask(const config::Routing& routing) {
  const auto tree = alerts::RouteTree::compile(routing.root);
  const auto schedules = alerts::ScheduleBook::compile(routing.time_intervals);
  const auto inhibition = alerts::InhibitRules::compile(routing.inhibit_rules);
  const auto maintenance = alerts::MaintenanceBook::compile(routing.maintenance);
  require(tree && schedules && inhibition && maintenance);
  const std::vector<store::Labels> firing{{{"alertname", "A"}, {"severity", "page"}}, {{"a", "b"}}, {}};
  constexpr WallTime kNow{std::chrono::seconds{1'800'000'000}};
  for (const store::Labels& labels : firing) {
    const auto matches = tree->match(labels);
    require(!matches.empty());
    for (const alerts::RouteMatch& match : matches) {
      require(!match.options.receiver.empty() && match.group_key.size() == 16);
      static_cast<void>(alerts::muting_of(match.options, *schedules, kNow));
    }
    static_cast<void>(maintenance->holding(labels, kNow));
  }
  require(inhibition->inhibitors_of(firing).size() == firing.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = config::read_alertmanager(text, "f", app::alert_language());
  check_faults(file ? file->notices : file.error());
  if (file) ask(file->routing);
  require(file || !file.error().empty());
  return 0;
}
