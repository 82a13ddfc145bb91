#include "app/rule_parameters.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "cli/table.h"
#include "rules/pack.h"

namespace sonde::app {
namespace {

/// A parameter as it is set for all, or for one service or route.
struct Row {
  std::string name;
  std::string value;
  std::string_view unit;
  std::string help;
  std::string scope;  ///< "checkout", "checkout /pay"; empty: all others
};

std::string_view unit_text(rules::ParameterUnit unit) {
  switch (unit) {
    case rules::ParameterUnit::kDuration:
    case rules::ParameterUnit::kSeconds:
      return "duration";
    case rules::ParameterUnit::kRatio:
      return "ratio";
    case rules::ParameterUnit::kPercent:
      return "percent";
    case rules::ParameterUnit::kCount:
      return "number";
    case rules::ParameterUnit::kBytes:
      return "bytes";
  }
  std::abort();
}

/// The value of a parameter among those given; nothing if it is not.
const std::string* find_value(const std::vector<rules::ParameterValue>& values, const std::string& name) {
  const auto found = std::find_if(values.begin(), values.end(),
                                  [&](const rules::ParameterValue& value) { return value.name == name; });
  return found == values.end() ? nullptr : &found->text;
}

std::vector<Row> rows_of(const rules::RuleOptions& options) {
  std::vector<Row> rows;
  for (const rules::Parameter& parameter : rules::parameters()) {
    Row row{parameter.name, parameter.text, unit_text(parameter.unit), parameter.help, ""};
    if (const std::string* value = find_value(options.defaults, parameter.name)) row.value = *value;
    rows.push_back(row);
    for (const rules::ParameterScope& scope : options.scopes) {
      const std::string* value = find_value(scope.values, parameter.name);
      if (value == nullptr) continue;
      row.value = *value;
      row.scope = scope.route.empty() ? scope.service : scope.service + " " + scope.route;
      rows.push_back(row);
    }
  }
  return rows;
}

std::string in_cell(std::string_view text) {
  std::string cell;
  for (const char byte : text) {
    if (byte == '|') cell += '\\';
    cell += byte;
  }
  return cell;
}

}  // namespace

std::string parameters_as_table(const rules::RuleOptions& options) {
  cli::Table table;
  table.columns = {{.title = "NAME", .align_right = false},
                   {.title = "VALUE", .align_right = false},
                   {.title = "UNIT", .align_right = false},
                   {.title = "MEANING", .align_right = false}};
  for (const Row& row : rows_of(options)) {
    const std::string meaning = row.scope.empty() ? row.help : "For " + row.scope + ".";
    table.rows.push_back({{row.name}, {row.value}, {std::string(row.unit)}, {meaning}});
  }
  return cli::render_table(table, {});
}

std::string parameters_as_json(const rules::RuleOptions& options) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Row& row : rows_of(options)) {
    list.push_back(
        {{"name", row.name}, {"value", row.value}, {"unit", row.unit}, {"help", row.help}, {"scope", row.scope}});
  }
  return list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string parameters_as_markdown(const rules::RuleOptions& options) {
  std::string text =
      "# Parameters of the built-in rules\n\nWhat `rules.defaults`, `rules.services` and `rules.routes` of the "
      "configuration can set\n([configuration.md](configuration.md)); `sonde rules parameters --output markdown` "
      "writes "
      "this page.\n\n| Parameter | Value | Unit | Meaning |\n| --- | --- | --- | --- |\n";
  for (const Row& row : rows_of(options)) {
    const std::string scope = row.scope.empty() ? "" : " (" + row.scope + ")";
    text += "| `" + row.name + "`" + in_cell(scope) + " | " + in_cell(row.value) + " | " + std::string(row.unit) +
            " | " + in_cell(row.help) + " |\n";
  }
  return text;
}

}  // namespace sonde::app
