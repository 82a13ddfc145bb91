#include "cli/query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "base/nearest_word.h"
#include "base/quantity.h"
#include "cli/figures.h"
#include "cli/table.h"

namespace sonde::cli {
namespace {

double seconds(std::chrono::nanoseconds value) { return std::chrono::duration<double>(value).count(); }

/// The shortest text that reads back as the same number.
std::string exact(double value) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  return std::string(text.data(), result.ptr);
}

std::string as_table(std::span<const TopRow> rows, const QueryView& view) {
  if (rows.empty()) return "No HTTP request was seen in the last " + format_duration(view.window) + ".\n";
  Table table;
  table.columns = {Column{"SERVICE", false}, Column{"ROLE", false}};
  for (const Figure figure : view.figures) table.columns.push_back(Column{std::string(spec_of(figure).title)});
  for (const TopRow& row : rows) {
    std::vector<Cell> cells{Cell{row.service}, Cell{row.role}};
    for (const Figure figure : view.figures) cells.push_back(Cell{human_figure(spec_of(figure), row)});
    table.rows.push_back(std::move(cells));
  }
  return render_table(table, TableStyle{});
}

nlohmann::ordered_json json_value(const FigureSpec& spec, const TopRow& row) {
  const std::optional<double> value = spec.read(row);
  if (!value) return nullptr;
  if (spec.kind == FigureKind::kCount) return static_cast<std::uint64_t>(*value);
  return *value;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  return quoted + "\"";
}

std::string as_csv(std::span<const TopRow> rows, const QueryView& view) {
  std::string text = "service,role";
  for (const Figure figure : view.figures) text += "," + std::string(spec_of(figure).key);
  text += "\r\n";
  for (const TopRow& row : rows) {
    text += csv_field(row.service) + "," + csv_field(row.role);
    for (const Figure figure : view.figures) {
      const std::optional<double> value = spec_of(figure).read(row);
      text += "," + (value ? exact(*value) : std::string{});
    }
    text += "\r\n";
  }
  return text;
}

}  // namespace

Result<std::vector<TopRow>> select_service(std::span<const TopRow> rows, const std::optional<std::string>& service) {
  std::vector<TopRow> selected;
  std::set<std::string> names;
  for (const TopRow& row : rows) {
    names.insert(row.service);
    if (!service || row.service == *service) selected.push_back(row);
  }
  if (!selected.empty() || !service) return selected;
  std::string what = "no service '" + *service + "' had requests in the window; ";
  const std::vector<std::string> known(names.begin(), names.end());
  const std::string nearest(nearest_word(*service, known));
  if (!nearest.empty()) return Error{Code::kNotFound, what + "did you mean '" + nearest + "'?"};
  if (known.empty()) return Error{Code::kNotFound, what + "none had any"};
  what += "those that had:";
  for (const std::string& name : known) what += " " + name;
  return Error{Code::kNotFound, what};
}

std::string services_as_json(std::span<const TopRow> rows, std::span<const Figure> figures,
                             std::chrono::nanoseconds window) {
  using Json = nlohmann::ordered_json;
  Json services = Json::array();
  for (const TopRow& row : rows) {
    Json service{{"service", row.service}, {"role", row.role}};
    for (const Figure figure : figures) service[std::string(spec_of(figure).key)] = json_value(spec_of(figure), row);
    service["covered_seconds"] = row.covered_seconds;
    services.push_back(std::move(service));
  }
  const Json answer{{"window_seconds", seconds(window)}, {"services", std::move(services)}};
  return answer.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string render_query(std::span<const TopRow> rows, const QueryView& view) {
  std::vector<TopRow> sorted(rows.begin(), rows.end());
  std::sort(sorted.begin(), sorted.end(), [](const TopRow& left, const TopRow& right) {
    return std::tie(left.service, left.role) < std::tie(right.service, right.role);
  });
  switch (view.format) {
    case QueryFormat::kTable:
      return as_table(sorted, view);
    case QueryFormat::kJson:
      return services_as_json(sorted, view.figures, view.window);
    case QueryFormat::kCsv:
      return as_csv(sorted, view);
  }
  return "";
}

}  // namespace sonde::cli
