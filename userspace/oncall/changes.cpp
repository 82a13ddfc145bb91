#include "oncall/changes.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/utf8.h"
#include "base/uuid.h"
#include "oncall/plan_names.h"

namespace sonde::oncall {
namespace {

Error refuse(std::string what) { return Error{Code::kBadInput, std::move(what)}; }

template <class Span, class OtherSpan>
bool overlap(const Span& one, const OtherSpan& other) {
  return one.starts_at < other.ends_at && other.starts_at < one.ends_at;
}

bool has_id(const Changes& changes, const std::string& id) {
  const auto is_it = [&](const auto& change) { return change.id == id; };
  return std::ranges::any_of(changes.overrides, is_it) || std::ranges::any_of(changes.temporary, is_it);
}

/// What overrides and temporary shifts have in common.
template <class Change>
Result<> check_change(const Plan& plan, const Changes& changes, const Change& added) {
  SONDE_TRY(check_known("schedule", added.schedule, schedules_of(plan)));
  if (added.ends_at <= added.starts_at) return refuse("it must end after it starts");
  if (added.ends_at - added.starts_at > kLongestChange) {
    return refuse("it is longer than a year: a change that is to stay belongs into the configuration");
  }
  if (added.comment.size() > kMostCommentBytes) return refuse("a comment can have 1024 bytes");
  if (!is_valid_utf8(added.comment) || !is_valid_utf8(added.author)) return refuse("its text must be UTF-8");
  if (!is_uuid(added.id)) return refuse("its id must be a UUID");
  if (has_id(changes, added.id)) return Error{Code::kConflict, "there is a change " + added.id + " already"};
  return Ok{};
}

Result<> check_parts(const TemporaryShifts& added, const std::vector<std::string>& people) {
  if (added.parts.size() > kMostParts) return refuse("temporary shifts can have 1000 parts");
  std::vector<TemporaryShifts::Part> parts = added.parts;
  std::ranges::sort(parts, {}, &TemporaryShifts::Part::starts_at);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    SONDE_TRY(check_known("person", parts[i].person, people));
    if (parts[i].ends_at <= parts[i].starts_at) return refuse("every part must end after it starts");
    if (parts[i].starts_at < added.starts_at || parts[i].ends_at > added.ends_at) {
      return refuse("every part must lie between the start and the end of the temporary shifts");
    }
    if (i == 0 || !overlap(parts[i - 1], parts[i])) continue;
    return refuse("parts of '" + parts[i - 1].person + "' and '" + parts[i].person +
                  "' overlap: one person at a time is on call");
  }
  return Ok{};
}

/// From the first of a person's shifts that begin in the interval to the end of the last.
Result<Shift> shifts_of(const ScheduleBook& book, const std::string& schedule, const Swap::Side& side) {
  std::optional<Shift> found;
  // From a little before, so that what begins with the interval is told from what it cuts.
  for (const Shift& shift : book.shifts(schedule, side.from - WallTime::duration{1}, side.to)) {
    if (shift.person != side.person || shift.starts_at < side.from) continue;
    if (!found) found = shift;
    found->ends_at = book.shift_at(schedule, shift.starts_at).ends_at;
  }
  if (found) return *std::move(found);
  return Error{Code::kNotFound, "no shift of '" + side.person + "' begins in that time"};
}

}  // namespace

Result<> add_override(const Plan& plan, Changes& changes, Override added) {
  SONDE_TRY(check_change(plan, changes, added));
  const std::vector<std::string> people = people_of(plan);
  if (!added.person.empty()) SONDE_TRY(check_known("person", added.person, people));
  if (!added.replaces.empty()) SONDE_TRY(check_known("person", added.replaces, people));
  if (!added.person.empty() && added.person == added.replaces) return refuse("nobody can stand in for themselves");
  const auto other = std::ranges::find_if(changes.overrides, [&](const Override& change) {
    return !added.person.empty() && change.schedule == added.schedule && change.person == added.person &&
           overlap(change, added);
  });
  if (other != changes.overrides.end()) {
    return Error{Code::kConflict,
                 "'" + added.person + "' stands in for some of that time already, by the override " + other->id};
  }
  changes.overrides.push_back(std::move(added));
  return Ok{};
}

Result<> add_temporary(const Plan& plan, Changes& changes, TemporaryShifts added) {
  SONDE_TRY(check_change(plan, changes, added));
  SONDE_TRY(check_parts(added, people_of(plan)));
  const auto other = std::ranges::find_if(changes.temporary, [&](const TemporaryShifts& change) {
    return change.schedule == added.schedule && overlap(change, added);
  });
  if (other != changes.temporary.end()) {
    return Error{Code::kConflict, "some of that time has temporary shifts already: " + other->id};
  }
  changes.temporary.push_back(std::move(added));
  return Ok{};
}

Result<> remove_change(Changes& changes, const std::string& id) {
  const auto is_it = [&](const auto& change) { return change.id == id; };
  if (std::erase_if(changes.overrides, is_it) + std::erase_if(changes.temporary, is_it) > 0) return Ok{};
  return Error{Code::kNotFound, "there is no override and there are no temporary shifts " + id};
}

Result<std::pair<Override, Override>> plan_swap(const ScheduleBook& book, const Swap& swap,
                                                const std::pair<std::string, std::string>& ids) {
  if (!book.knows(swap.schedule)) return refuse("there is no schedule '" + swap.schedule + "'");
  if (swap.one.person.empty() || swap.other.person.empty()) return refuse("a swap needs two people");
  if (swap.one.person == swap.other.person) return refuse("nobody can swap with themselves");
  const Shift one = SONDE_TRY(shifts_of(book, swap.schedule, swap.one));
  const Shift other = SONDE_TRY(shifts_of(book, swap.schedule, swap.other));
  if (overlap(one, other)) {
    return Error{Code::kConflict, "the shifts of '" + one.person + "' and '" + other.person +
                                      "' lie between each other: swap fewer at a time"};
  }
  const auto stand_in = [&](const std::string& id, const Shift& shift, const std::string& person) {
    return Override{id, swap.schedule, person, shift.person, shift.starts_at, shift.ends_at, swap.author, swap.comment};
  };
  return std::pair{stand_in(ids.first, one, other.person), stand_in(ids.second, other, one.person)};
}

}  // namespace sonde::oncall
