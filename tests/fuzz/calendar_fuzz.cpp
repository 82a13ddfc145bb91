// Calendars that people upload: what is read as shifts can be added to a schedule, and written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "oncall/calendar_import.h"
#include "oncall/calendar_text.h"
#include "oncall/changes.h"

namespace {

using namespace sonde;

constexpr WallTime kFrom{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
constexpr WallTime kTo{std::chrono::sys_days{std::chrono::year{2027} / 1 / 1}};

void require(bool holds) {
  if (!holds) std::abort();
}

oncall::Plan plan() {
  return {.people = {{"ann", "Ann Lee", {}}, {"bob", "", {}}},
          .schedules = {{.name = "primary", .location = "Europe/Berlin", .layers = {}}},
          .policies = {},
          .catch_all = {}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const oncall::Plan kPlan = plan();
  const oncall::CalendarQuestion question{.plan = kPlan, .schedule = "primary", .from = kFrom, .to = kTo};
  auto found = oncall::read_calendar(std::string_view(reinterpret_cast<const char*>(data), size), question);
  if (!found) {
    require(!found.error().what.empty() && is_valid_utf8(found.error().what));
    return 0;
  }
  oncall::Changes changes;
  found->id = "11111111-1111-4111-8111-111111111111";
  require(oncall::add_temporary(kPlan, changes, *found).has_value());
  std::vector<oncall::Shift> shifts;
  for (const auto& part : found->parts) shifts.push_back({part.person, part.starts_at, part.ends_at, "temporary"});
  const std::string text =
      oncall::write_calendar(shifts, {.schedule = "primary", .people = kPlan.people, .written_at = kFrom});
  const auto again = oncall::read_calendar(text, question);
  require(again.has_value() && again->parts == found->parts);
  return 0;
}
