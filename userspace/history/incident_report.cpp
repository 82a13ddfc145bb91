#include "history/incident_report.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>

namespace sonde::history {
namespace {

using alerts::Verdict;
using std::chrono::nanoseconds;

constexpr std::size_t kMostHints = 5;
constexpr std::array<std::chrono::minutes, 5> kLengths{std::chrono::minutes{1}, std::chrono::minutes{2},
                                                       std::chrono::minutes{5}, std::chrono::minutes{10},
                                                       std::chrono::minutes{15}};

/// Those of a group that has an odd number: the one in the middle; else the mean of the two.
std::optional<nanoseconds> median_of(std::vector<nanoseconds> values) {
  if (values.empty()) return std::nullopt;
  const std::size_t middle = values.size() / 2;
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(middle));
  const nanoseconds upper = values[middle];
  if (values.size() % 2 == 1) return upper;
  const nanoseconds lower = *std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle));
  return lower + (upper - lower) / 2;
}

std::optional<nanoseconds> mean_of(const std::vector<nanoseconds>& values) {
  if (values.empty()) return std::nullopt;
  // Of years in nanoseconds the sum of many is too large for an integer.
  const double sum = std::accumulate(values.begin(), values.end(), 0.0, [](double total, nanoseconds value) {
    return total + static_cast<double>(value.count());
  });
  return nanoseconds{static_cast<std::int64_t>(sum / static_cast<double>(values.size()))};
}

/// Weeks begin on Monday, and belong to the year that has their Thursday (ISO 8601).
std::string week_text(std::chrono::local_days day) {
  const auto thursday = day - (std::chrono::weekday(day) - std::chrono::Monday) + std::chrono::days{3};
  const std::chrono::year year = std::chrono::year_month_day(thursday).year();
  const auto first = std::chrono::local_days(year / std::chrono::January / 1);
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%04d-W%02d", static_cast<int>(year),
                static_cast<int>((thursday - first).count() / 7 + 1));
  return text.data();
}

std::string period_text(ReportBy by, LocalTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  if (by == ReportBy::kWeek) return week_text(day);
  const std::chrono::year_month_day date(day);
  std::array<char, 48> text{};
  const int length = std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  const std::size_t day_part = by == ReportBy::kMonth ? 3 : 0;
  return {text.data(), static_cast<std::size_t>(length) - day_part};
}

bool is_period(ReportBy by) { return by == ReportBy::kDay || by == ReportBy::kWeek || by == ReportBy::kMonth; }

}  // namespace

std::vector<std::string> ReportBuilder::keys_of(const ReportRow& row) const {
  switch (query_.by) {
    case ReportBy::kRule:
      return row.rules;
    case ReportBy::kService:
      return row.services;
    case ReportBy::kTeam:
      return row.teams;
    case ReportBy::kDay:
    case ReportBy::kWeek:
    case ReportBy::kMonth:
      return {period_text(query_.by, query_.zone.to_local(row.opened_at))};
  }
  std::abort();
}

void ReportBuilder::take(const ReportRow& row) {
  if (row.opened_at < query_.from || row.opened_at >= query_.to) return;
  count(row, total_);
  for (const std::string& key : keys_of(row)) count(row, groups_[key]);
  for (const std::string& name : row.rules) {
    Rule& rule = rules_[name];
    ++rule.incidents;
    const Verdict verdict = row.verdict.value_or(Verdict::kUnknown);
    if (verdict != Verdict::kNoise && verdict != Verdict::kActionable) continue;
    if (verdict == Verdict::kNoise) ++rule.noise;
    // What is not over has lasted longer than any `for`.
    rule.judged.push_back({row.incident, verdict, row.lasted.value_or(nanoseconds::max())});
  }
}

void ReportBuilder::count(const ReportRow& row, Group& group) {
  ReportFigures& figures = group.figures;
  const auto add = [](bool is_so, std::size_t& counter) { counter += is_so ? 1 : 0; };
  ++figures.incidents;
  add(row.merged, figures.merged);
  add(!row.merged && !row.resolved_after, figures.open);
  add(row.acknowledged_after.has_value(), figures.acknowledged);
  add(row.resolved_after.has_value(), figures.resolved);
  add(row.resolved_after && *row.resolved_after < kBriefIncident && !row.attended, figures.brief);
  add(row.flapping, figures.flapping);
  add(row.reopened, figures.reopened);
  add(row.verdict.has_value(), figures.reviewed);
  add(row.verdict == Verdict::kActionable, figures.actionable);
  add(row.verdict == Verdict::kNoise, figures.noise);
  add(row.verdict == Verdict::kKnown, figures.known);
  if (row.acknowledged_after) group.to_acknowledge.push_back(*row.acknowledged_after);
  if (row.resolved_after) group.to_resolve.push_back(*row.resolved_after);
}

ReportFigures ReportBuilder::figures_of(Group group) {
  ReportFigures figures = std::move(group.figures);
  figures.acknowledge_mean = mean_of(group.to_acknowledge);
  figures.resolve_mean = mean_of(group.to_resolve);
  figures.acknowledge_median = median_of(std::move(group.to_acknowledge));
  figures.resolve_median = median_of(std::move(group.to_resolve));
  return figures;
}

TuningHint ReportBuilder::hint_of(const std::string& name, const Rule& rule) {
  TuningHint hint{.rule = name, .incidents = rule.incidents, .noise = rule.noise};
  for (const Judged& incident : rule.judged) {
    if (incident.verdict == Verdict::kNoise) hint.longest_noise = std::max(hint.longest_noise, incident.lasted);
    if (incident.verdict == Verdict::kActionable) ++hint.actionable;
  }
  for (const std::chrono::minutes length : kLengths) {
    TuningStep step{.length = length};
    for (const Judged& incident : rule.judged) {
      if (incident.lasted >= length) continue;
      if (incident.verdict == Verdict::kNoise) ++step.noise_dropped;
      if (incident.verdict == Verdict::kActionable) step.actionable_lost.push_back(incident.incident);
    }
    std::ranges::sort(step.actionable_lost);
    if (!hint.smallest && step.noise_dropped == rule.noise) hint.smallest = length;
    hint.steps.push_back(std::move(step));
  }
  return hint;
}

std::vector<TuningHint> ReportBuilder::hints() const {
  std::vector<TuningHint> hints;
  for (const auto& [name, rule] : rules_) {
    if (rule.noise != 0) hints.push_back(hint_of(name, rule));
  }
  std::ranges::stable_sort(hints, std::greater<>(), &TuningHint::noise);
  if (hints.size() > kMostHints) hints.resize(kMostHints);
  return hints;
}

IncidentReport ReportBuilder::finish() && {
  IncidentReport report{.query = query_, .total = figures_of(std::move(total_))};
  for (auto& [key, group] : groups_) {
    group.figures.key = key;
    report.groups.push_back(figures_of(std::move(group)));
  }
  if (!is_period(query_.by)) std::ranges::stable_sort(report.groups, std::greater<>(), &ReportFigures::incidents);
  report.hints = hints();
  return report;
}

}  // namespace sonde::history
