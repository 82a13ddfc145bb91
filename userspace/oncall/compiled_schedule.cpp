#include "oncall/compiled_schedule.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string_view>
#include <utility>

namespace sonde::oncall {
namespace {

constexpr std::string_view kOverride = "override";
constexpr std::string_view kTemporary = "temporary";
constexpr WallTime kEarliest{std::chrono::sys_days{std::chrono::year{1970} / 1 / 1}};
constexpr WallTime kLatest{std::chrono::sys_days{std::chrono::year{2200} / 1 / 1}};

template <class Span>
bool covers(const Span& span, WallTime at) {
  return span.starts_at <= at && at < span.ends_at;
}

OnCall on_call_in(const TemporaryShifts& shifts, WallTime at) {
  const auto found = std::ranges::find_if(shifts.parts, [at](const auto& part) { return covers(part, at); });
  return {found == shifts.parts.end() ? "" : found->person, std::string(kTemporary)};
}

Result<> check_name(const Layer& layer, std::span<const CompiledLayer> before) {
  const auto refuse = [](std::string what) { return Error{Code::kBadInput, std::move(what)}; };
  if (layer.name.empty()) return refuse("every layer needs a name");
  if (layer.name == kOverride || layer.name == kTemporary) {
    return refuse("no layer can be called '" + layer.name + "': that is what shifts that people change are called");
  }
  if (std::ranges::find(before, layer.name, &CompiledLayer::name) != before.end()) {
    return refuse("two layers are called '" + layer.name + "': every one needs its own name");
  }
  return Ok{};
}

}  // namespace

Result<CompiledSchedule> CompiledSchedule::compile(const Schedule& schedule, const Changes& changes,
                                                   std::span<const RotationPlace> places) {
  CompiledSchedule compiled;
  compiled.zone_ = SONDE_TRY(TimeZone::load(schedule.location));
  for (const Layer& layer : schedule.layers) {
    SONDE_TRY(check_name(layer, compiled.layers_));
    const auto place = std::ranges::find_if(
        places, [&](const RotationPlace& kept) { return kept.schedule == schedule.name && kept.layer == layer.name; });
    auto ready = CompiledLayer::compile(layer, compiled.zone_, place == places.end() ? nullptr : &*place);
    if (!ready) return std::move(ready).error().with("layer '" + layer.name + "'");
    compiled.layers_.push_back(*std::move(ready));
  }
  const auto is_ours = [&](const auto& change) { return change.schedule == schedule.name; };
  std::ranges::copy_if(changes.overrides, std::back_inserter(compiled.overrides_), is_ours);
  std::ranges::copy_if(changes.temporary, std::back_inserter(compiled.temporary_), is_ours);
  return compiled;
}

OnCall CompiledSchedule::planned(WallTime at) const {
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
    if (const std::string* person = layer->person_at(at)) return {*person, layer->name()};
  }
  return {};
}

OnCall CompiledSchedule::on_call(WallTime at) const {
  const auto temporary =
      std::find_if(temporary_.rbegin(), temporary_.rend(), [at](const auto& shifts) { return covers(shifts, at); });
  if (temporary != temporary_.rend()) return on_call_in(*temporary, at);
  OnCall found = planned(at);
  for (const Override& change : overrides_) {
    if (!covers(change, at) || (!change.replaces.empty() && change.replaces != found.person)) continue;
    found = {change.person, std::string(kOverride)};
  }
  return found;
}

std::vector<WallTime> CompiledSchedule::moments(WallTime from, WallTime to) const {
  std::vector<WallTime> found{from};
  const auto add = [&](WallTime at) {
    if (from < at && at < to) found.push_back(at);
  };
  const auto add_ends = [&](const auto& span) {
    add(span.starts_at);
    add(span.ends_at);
  };
  for (const CompiledLayer& layer : layers_) layer.add_moments(from, to, found);
  std::ranges::for_each(overrides_, add_ends);
  for (const TemporaryShifts& shifts : temporary_) {
    add_ends(shifts);
    std::ranges::for_each(shifts.parts, add_ends);
  }
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<Shift> CompiledSchedule::shifts(WallTime from, WallTime to) const {
  from = std::max(from, kEarliest);
  to = std::min(to, kLatest);
  std::vector<Shift> found;
  if (from >= to) return found;
  for (const WallTime at : moments(from, to)) {
    OnCall now = on_call(at);
    if (!found.empty()) found.back().ends_at = at;
    if (!found.empty() && found.back().person == now.person && found.back().source == now.source) continue;
    found.push_back({.person = std::move(now.person), .starts_at = at, .ends_at = to, .source = std::move(now.source)});
  }
  found.back().ends_at = to;
  return found;
}

}  // namespace sonde::oncall
