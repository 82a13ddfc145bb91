#include "oncall/schedule_book.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "oncall/plan_names.h"

namespace sonde::oncall {
namespace {

using std::chrono::days;

constexpr days kFirstSpan{7};
constexpr days kLongestSpan{366};

/// Why a change cannot be meant any more, or nothing.
std::string obstacle(const Plan& plan, const std::string& schedule, const std::vector<std::string>& people) {
  const Result<> known = check_known("schedule", schedule, schedules_of(plan));
  if (!known) return known.error().what;
  const std::vector<std::string> all = people_of(plan);
  for (const std::string& person : people) {
    const Result<> there = check_known("person", person, all);
    if (!there) return there.error().what;
  }
  return "";
}

std::vector<std::string> people_in(const Override& change) {
  return change.person.empty() ? std::vector<std::string>{} : std::vector{change.person};
}

std::vector<std::string> people_in(const TemporaryShifts& shifts) {
  std::vector<std::string> names;
  for (const TemporaryShifts::Part& part : shifts.parts) names.push_back(part.person);
  return names;
}

template <class Change>
void keep_valid(const Plan& plan, std::vector<Change>& changes, std::vector<std::string>& notices) {
  std::erase_if(changes, [&](const Change& change) {
    const std::string why = obstacle(plan, change.schedule, people_in(change));
    if (!why.empty()) notices.push_back("the change " + change.id + " is left out: " + why);
    return !why.empty();
  });
}

Result<> check_people(const Layer& layer, const std::vector<std::string>& known) {
  for (const std::string& person : layer.rotation.people) {
    auto there = check_known("person", person, known);
    if (!there) return std::move(there).error().with("layer '" + layer.name + "'");
  }
  return Ok{};
}

Result<CompiledSchedule> compile_one(const Plan& plan, const Schedule& schedule, const Changes& changes,
                                     std::span<const RotationPlace> places) {
  const std::vector<std::string> people = people_of(plan);
  for (const Layer& layer : schedule.layers) SONDE_TRY(check_people(layer, people));
  return CompiledSchedule::compile(schedule, changes, places);
}

}  // namespace

Result<ScheduleBook> ScheduleBook::compile(const Plan& plan, const Changes& changes,
                                           std::span<const RotationPlace> places) {
  SONDE_TRY(check_names("person", people_of(plan)));
  SONDE_TRY(check_names("schedule", schedules_of(plan)));
  ScheduleBook book;
  Changes valid = changes;
  keep_valid(plan, valid.overrides, book.notices_);
  keep_valid(plan, valid.temporary, book.notices_);
  for (const Schedule& schedule : plan.schedules) {
    auto compiled = compile_one(plan, schedule, valid, places);
    if (!compiled) return std::move(compiled).error().with("schedule '" + schedule.name + "'");
    book.schedules_.emplace(schedule.name, *std::move(compiled));
  }
  return book;
}

const CompiledSchedule* ScheduleBook::find(std::string_view schedule) const {
  const auto found = schedules_.find(schedule);
  return found == schedules_.end() ? nullptr : &found->second;
}

OnCall ScheduleBook::on_call(std::string_view schedule, WallTime at) const {
  const CompiledSchedule* found = find(schedule);
  return found == nullptr ? OnCall{} : found->on_call(at);
}

std::vector<Shift> ScheduleBook::shifts(std::string_view schedule, WallTime from, WallTime to) const {
  const CompiledSchedule* found = find(schedule);
  return found == nullptr ? std::vector<Shift>{} : found->shifts(from, to);
}

std::vector<Shift> ScheduleBook::whole_shifts(std::string_view schedule, WallTime from, WallTime to) const {
  std::vector<Shift> all = shifts(schedule, from, to);
  if (all.empty()) return all;
  all.front() = shift_at(schedule, all.front().starts_at);
  all.back() = shift_at(schedule, all.back().starts_at);
  return all;
}

Shift ScheduleBook::shift_at(std::string_view schedule, WallTime at) const {
  Shift whole{.person = "", .starts_at = at, .ends_at = at, .source = ""};
  for (days span = kFirstSpan;; span = std::min(kLongestSpan, span * 4)) {
    const std::vector<Shift> around = shifts(schedule, at - span, at + span);
    const auto found =
        std::ranges::find_if(around, [at](const Shift& shift) { return shift.starts_at <= at && at < shift.ends_at; });
    if (found == around.end()) return whole;
    whole = *found;
    const bool is_cut = found == around.begin() || found + 1 == around.end();
    if (!is_cut || span == kLongestSpan) return whole;
  }
}

std::vector<HandOff> ScheduleBook::hand_offs(std::string_view schedule, WallTime after, WallTime until) const {
  std::vector<HandOff> found;
  const std::vector<Shift> all = shifts(schedule, after, until + WallTime::duration{1});
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].person == all[i - 1].person) continue;
    found.push_back({.at = all[i].starts_at, .leaves = all[i - 1].person, .comes = all[i].person});
  }
  return found;
}

std::optional<HandOff> ScheduleBook::next_hand_off(std::string_view schedule, WallTime after) const {
  for (days span = kFirstSpan;; span = std::min(kLongestSpan, span * 4)) {
    const std::vector<HandOff> found = hand_offs(schedule, after, after + span);
    if (!found.empty()) return found.front();
    if (span == kLongestSpan) return std::nullopt;
  }
}

Result<std::vector<RotationPlace>> current_places(const Plan& plan, std::span<const RotationPlace> kept, WallTime now) {
  const ScheduleBook book = SONDE_TRY(ScheduleBook::compile(plan));
  std::vector<RotationPlace> places;
  for (const Schedule& schedule : plan.schedules) {
    for (const CompiledLayer& layer : book.find(schedule.name)->layers()) {
      const auto was = std::ranges::find_if(kept, [&](const RotationPlace& place) {
        return place.schedule == schedule.name && place.layer == layer.name();
      });
      const std::vector<std::string>& people = layer.turns().rotation().people;
      const RotationPlace first{schedule.name, layer.name(), 0, 0, people};
      places.push_back(was == kept.end() ? first : adapt(*was, layer.turns(), now));
    }
  }
  return places;
}

}  // namespace sonde::oncall
