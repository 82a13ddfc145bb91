#include "serve/oncall_answers.h"

#include <nlohmann/json.hpp>

#include "serve/timestamp.h"

namespace sonde::serve {
namespace {

// Keeps fields in the order they are written here, which is the order people read them in.
using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json name_or_null(const std::string& name) { return name.empty() ? Json(nullptr) : Json(name); }

Json row_of(const oncall::Shift& shift) {
  return Json{{"person", name_or_null(shift.person)},
              {"source", name_or_null(shift.source)},
              {"from", rfc3339(shift.starts_at)},
              {"until", rfc3339(shift.ends_at)}};
}

Json row_of(const oncall::Override& change) {
  return Json{{"id", change.id},
              {"schedule", change.schedule},
              {"person", name_or_null(change.person)},
              {"replaces", name_or_null(change.replaces)},
              {"from", rfc3339(change.starts_at)},
              {"until", rfc3339(change.ends_at)},
              {"author", change.author},
              {"comment", change.comment}};
}

Json row_of(const oncall::TemporaryShifts& change) {
  Json shifts = Json::array();
  for (const oncall::TemporaryShifts::Part& part : change.parts) {
    shifts.push_back({{"person", part.person}, {"from", rfc3339(part.starts_at)}, {"until", rfc3339(part.ends_at)}});
  }
  return Json{{"id", change.id},
              {"schedule", change.schedule},
              {"from", rfc3339(change.starts_at)},
              {"until", rfc3339(change.ends_at)},
              {"shifts", std::move(shifts)},
              {"author", change.author},
              {"comment", change.comment}};
}

template <class T>
Json rows_of(std::span<const T> values) {
  Json rows = Json::array();
  for (const T& value : values) rows.push_back(row_of(value));
  return rows;
}

}  // namespace

std::string on_duty_json(std::span<const OnDuty> duties, WallTime at) {
  Json rows = Json::array();
  for (const OnDuty& duty : duties) {
    Json row{{"schedule", duty.schedule}, {"time_zone", duty.location.empty() ? "UTC" : duty.location}};
    row.update(row_of(duty.shift));
    rows.push_back(std::move(row));
  }
  return dump(Json{{"at", rfc3339(at)}, {"schedules", std::move(rows)}});
}

std::string shifts_json(const std::string& schedule, std::span<const oncall::Shift> shifts, const Covered& covered) {
  return dump(Json{{"schedule", schedule},
                   {"shifts", rows_of(shifts)},
                   {"uncovered_ratio", covered.uncovered_ratio},
                   {"warning", name_or_null(covered.warning)}});
}

std::string override_json(const oncall::Override& change) { return dump(row_of(change)); }
std::string temporary_json(const oncall::TemporaryShifts& change) { return dump(row_of(change)); }

std::string changes_json(const oncall::Changes& changes) {
  return dump(
      Json{{"overrides", rows_of(std::span(changes.overrides))}, {"temporary", rows_of(std::span(changes.temporary))}});
}

}  // namespace sonde::serve
