// How often a second one can ask who is on call. The baseline, in the same run, is to find the schedule's name in a
// map.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <string>

#include "oncall/schedule_book.h"

namespace sonde::oncall {
namespace {

constexpr int kSchedules = 100;
constexpr WallTime kFrom{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

std::string name_of(int number) { return "schedule-" + std::to_string(number); }

Rotation weekly() {
  const LocalTime start = std::chrono::local_days{std::chrono::year{2025} / 1 / 6} + std::chrono::hours{9};
  return {.people = {"ann", "bob", "cyd"}, .unit = ShiftUnit::kWeek, .length = 1, .start = start};
}

/// A week each, and somebody else in office hours, if asked for.
Plan plan(bool has_hours) {
  Plan plan;
  for (const char* name : {"ann", "bob", "cyd"}) plan.people.push_back({name, "", {}});
  for (int i = 0; i < kSchedules; ++i) {
    Schedule schedule{.name = name_of(i), .location = "Europe/Berlin", .layers = {}};
    schedule.layers.push_back({.name = "week", .rotation = weekly(), .restrictions = {}});
    if (has_hours) {
      const Restriction office{.weekdays = {1, 2, 3, 4, 5}, .first_minute = 540, .end_minute = 1020};
      schedule.layers.push_back({.name = "office", .rotation = weekly(), .restrictions = {office}});
    }
    plan.schedules.push_back(std::move(schedule));
  }
  return plan;
}

void report(benchmark::State& state) {
  state.counters["evaluations"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

/// Moments all over the year, one after the other.
WallTime moment(int turn) { return kFrom + std::chrono::minutes{turn % 365 * 1440 + turn % 1440}; }

void look_up_only(benchmark::State& state) {
  std::map<std::string, std::string> schedules;
  for (int i = 0; i < kSchedules; ++i) schedules.emplace(name_of(i), "ann");
  int turn = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(moment(turn));
    std::string found = schedules.find(name_of(turn++ % kSchedules))->second;
    benchmark::DoNotOptimize(found);
  }
  report(state);
}

void evaluate(benchmark::State& state, bool has_hours) {
  const auto book = ScheduleBook::compile(plan(has_hours));
  if (!book) std::abort();
  int turn = 0;
  for (auto _ : state) {
    OnCall found = book->on_call(name_of(turn % kSchedules), moment(turn));
    ++turn;
    benchmark::DoNotOptimize(found);
  }
  report(state);
}

BENCHMARK(look_up_only);
BENCHMARK_CAPTURE(evaluate, a_rotation, false);
BENCHMARK_CAPTURE(evaluate, a_rotation_and_hours, true);

/// Eight weeks of one schedule, as `sonde oncall preview` lists them.
void preview(benchmark::State& state) {
  const auto book = ScheduleBook::compile(plan(true));
  if (!book) std::abort();
  for (auto _ : state) {
    auto shifts = book->shifts(name_of(7), kFrom, kFrom + std::chrono::weeks{8});
    benchmark::DoNotOptimize(shifts);
  }
}
BENCHMARK(preview);

}  // namespace
}  // namespace sonde::oncall

BENCHMARK_MAIN();
