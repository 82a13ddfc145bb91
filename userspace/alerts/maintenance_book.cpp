#include "alerts/maintenance_book.h"

#include <algorithm>
#include <utility>

namespace sonde::alerts {
namespace {

Error refuse(std::string what) { return Error{Code::kBadInput, std::move(what)}; }

}  // namespace

Result<MaintenanceBook> MaintenanceBook::compile(std::span<const MaintenanceWindow> windows) {
  MaintenanceBook book;
  for (const MaintenanceWindow& window : windows) {
    const std::string context = "maintenance window '" + window.name + "'";
    if (window.name.empty()) return refuse("a maintenance window needs a name: people are told it");
    if (window.schedule.empty()) return refuse(context + " needs a schedule: without one it would never begin");
    if (std::ranges::any_of(book.windows_, [&](const Compiled& other) { return other.name == window.name; })) {
      return refuse(context + " is there twice: every window needs its own name");
    }
    auto schedule = Schedule::compile(window.schedule);
    if (!schedule) return std::move(schedule).error().with(context);
    auto matchers = MatcherSet::compile(window.matchers);
    if (!matchers) return std::move(matchers).error().with(context);
    book.windows_.push_back({window.name, *std::move(schedule), *std::move(matchers)});
  }
  return book;
}

std::vector<std::string> MaintenanceBook::holding(const store::Labels& labels, WallTime at) const {
  std::vector<std::string> names;
  for (const Compiled& window : windows_) {
    if (window.schedule.contains(at) && window.matchers.matches(labels)) names.push_back(window.name);
  }
  return names;
}

}  // namespace sonde::alerts
