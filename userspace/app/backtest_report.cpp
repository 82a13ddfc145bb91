#include "app/backtest_report.h"

#include <nlohmann/json.hpp>

#include "base/quantity.h"
#include "cli/moment.h"
#include "cli/table.h"
#include "promql/matching_labels.h"

namespace sonde::app {
namespace {

using Json = nlohmann::ordered_json;

std::string whole(std::chrono::nanoseconds duration) {
  return format_duration(std::chrono::round<std::chrono::seconds>(duration));
}

void add_row(cli::Table& table, const std::string& what, const FiringTally& tally, bool has_pages) {
  table.rows.push_back({{what},
                        {std::to_string(tally.fired)},
                        {tally.fired == 0 ? "-" : whole(tally.total)},
                        {tally.fired == 0 ? "-" : whole(tally.median)},
                        {std::to_string(tally.brief)},
                        {has_pages ? std::to_string(tally.pages) : "-"}});
}

std::string rule_text(const BacktestedRule& rule) {
  const std::string head = rule.alert + " (" + std::string(rules::name_of(rule.severity)) + ")  " + rule.file + ":" +
                           std::to_string(rule.line) + "\n";
  if (!rule.error.empty()) return head + "  cannot be judged: " + rule.error + "\n";
  cli::Table table;
  table.columns = {{.title = "  WHAT", .align_right = false},
                   {.title = "FIRED"},
                   {.title = "TOTAL"},
                   {.title = "MEDIAN"},
                   {.title = "<2M"},
                   {.title = "PAGES"}};
  add_row(table, "  as it is", rule.tally, true);
  for (const AlertTally& alert : rule.alerts)
    add_row(table, "    " + promql::to_text(alert.labels), alert.tally, false);
  for (const Variation& variation : rule.variations) add_row(table, "  " + variation.what, variation.tally, true);
  return head + cli::render_table(table, {});
}

Json tally_json(const FiringTally& tally) {
  const auto seconds = [](std::chrono::nanoseconds value) { return std::chrono::duration<double>(value).count(); };
  return Json{{"fired", tally.fired},
              {"total_seconds", seconds(tally.total)},
              {"median_seconds", seconds(tally.median)},
              {"shorter_than_2m", tally.brief},
              {"pages", tally.pages}};
}

Json rule_json(const BacktestedRule& rule) {
  Json row{{"alert", rule.alert},     {"severity", rules::name_of(rule.severity)},
           {"file", rule.file},       {"line", rule.line},
           {"error", rule.error},     {"as_it_is", tally_json(rule.tally)},
           {"alerts", Json::array()}, {"variations", Json::array()}};
  for (const AlertTally& alert : rule.alerts) {
    Json labels = Json::object();
    for (const measure::Label& label : alert.labels) labels[label.name] = label.value;
    Json told = tally_json(alert.tally);
    told.erase("pages");  // they are told of problems
    row["alerts"].push_back({{"labels", std::move(labels)}, {"tally", std::move(told)}});
  }
  for (const Variation& variation : rule.variations) {
    row["variations"].push_back({{"what", variation.what}, {"tally", tally_json(variation.tally)}});
  }
  return row;
}

}  // namespace

std::string backtest_as_text(std::span<const BacktestedRule> rules, const BacktestPeriod& period) {
  std::string text = cli::local_text(period.start) + " to " + cli::local_text(period.end) + "\n";
  for (const BacktestedRule& rule : rules) text += "\n" + rule_text(rule);
  return text;
}

std::string backtest_as_json(std::span<const BacktestedRule> rules, const BacktestPeriod& period) {
  Json rows = Json::array();
  for (const BacktestedRule& rule : rules) rows.push_back(rule_json(rule));
  const Json all{
      {"start", cli::utc_text(period.start)}, {"end", cli::utc_text(period.end)}, {"rules", std::move(rows)}};
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sonde::app
