#include "serve/report_answers.h"

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/quantity.h"
#include "serve/timestamp.h"

namespace sonde::serve {
namespace {

// Keeps fields in the order they are written here, which is the order people read them in.
using Json = nlohmann::ordered_json;
using std::chrono::nanoseconds;

Json seconds(const std::optional<nanoseconds>& length) {
  if (!length) return nullptr;
  return std::chrono::duration<double>(*length).count();
}

Json ratio(std::size_t part, std::size_t whole) {
  if (whole == 0) return nullptr;
  return static_cast<double>(part) / static_cast<double>(whole);
}

Json figures_row(const history::ReportFigures& figures) {
  return Json{{"incidents", figures.incidents},
              {"open", figures.open},
              {"merged", figures.merged},
              {"acknowledged", figures.acknowledged},
              {"never_acknowledged", figures.incidents - figures.acknowledged},
              {"mtta_mean_seconds", seconds(figures.acknowledge_mean)},
              {"mtta_median_seconds", seconds(figures.acknowledge_median)},
              {"resolved", figures.resolved},
              {"mttr_mean_seconds", seconds(figures.resolve_mean)},
              {"mttr_median_seconds", seconds(figures.resolve_median)},
              {"reviewed", figures.reviewed},
              {"actionable", figures.actionable},
              {"noise", figures.noise},
              {"known", figures.known},
              {"noise_ratio", ratio(figures.noise, figures.reviewed)},
              {"brief", figures.brief},
              {"brief_ratio", ratio(figures.brief, figures.incidents)},
              {"flapping", figures.flapping},
              {"flapping_ratio", ratio(figures.flapping, figures.incidents)},
              {"reopened", figures.reopened}};
}

Json group_row(const history::ReportFigures& figures) {
  Json row{{"key", figures.key}};
  row.update(figures_row(figures));
  return row;
}

Json hint_row(const history::TuningHint& hint) {
  Json steps = Json::array();
  for (const history::TuningStep& step : hint.steps) {
    steps.push_back({{"for", format_duration(step.length)},
                     {"noise_dropped", step.noise_dropped},
                     {"actionable_lost", step.actionable_lost}});
  }
  // Of noise that is not over nobody knows yet how long it lasts.
  const bool is_over = hint.longest_noise != nanoseconds::max();
  return Json{{"rule", hint.rule},
              {"incidents", hint.incidents},
              {"noise", hint.noise},
              {"actionable", hint.actionable},
              {"longest_noise_seconds", seconds(is_over ? std::optional(hint.longest_noise) : std::nullopt)},
              {"smallest_for", hint.smallest ? Json(format_duration(*hint.smallest)) : Json(nullptr)},
              {"steps", std::move(steps)}};
}

}  // namespace

std::string report_json(const history::IncidentReport& report) {
  Json groups = Json::array();
  for (const history::ReportFigures& group : report.groups) groups.push_back(group_row(group));
  Json hints = Json::array();
  for (const history::TuningHint& hint : report.hints) hints.push_back(hint_row(hint));
  const Json json{{"from", rfc3339_ms(report.query.from)},
                  {"to", rfc3339_ms(report.query.to)},
                  {"by", name_of(report.query.by)},
                  {"zone", report.query.zone.name()},
                  {"total", figures_row(report.total)},
                  {"groups", std::move(groups)},
                  {"hints", std::move(hints)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sonde::serve
