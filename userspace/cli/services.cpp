#include "cli/services.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>

#include "base/nearest_word.h"
#include "cli/csv.h"
#include "cli/figures.h"

namespace sonde::cli {
namespace {

using Json = nlohmann::ordered_json;

double seconds(std::chrono::nanoseconds value) { return std::chrono::duration<double>(value).count(); }

/// The shortest text that reads back as the same number.
std::string exact(double value) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  return std::string(text.data(), result.ptr);
}

Json json_value(const FigureSpec& spec, const TopRow& row) {
  const std::optional<double> value = spec.read(row);
  if (!value) return nullptr;
  if (spec.kind == FigureKind::kCount) return static_cast<std::uint64_t>(*value);
  return *value;
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

std::string services_as_json(std::span<const TopRow> rows, std::chrono::nanoseconds window) {
  Json services = Json::array();
  for (const TopRow& row : rows) {
    Json service{{"service", row.service}, {"role", row.role}};
    for (const FigureSpec& spec : kFigures) service[std::string(spec.key)] = json_value(spec, row);
    service["covered_seconds"] = row.covered_seconds;
    services.push_back(std::move(service));
  }
  const Json answer{{"window_seconds", seconds(window)}, {"services", std::move(services)}};
  return answer.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string services_as_csv(std::span<const TopRow> rows) {
  std::vector<std::string> fields{"service", "role"};
  for (const FigureSpec& spec : kFigures) fields.emplace_back(spec.key);
  std::string text = csv_line(fields);
  for (const TopRow& row : rows) {
    fields = {row.service, row.role};
    for (const FigureSpec& spec : kFigures) {
      const std::optional<double> value = spec.read(row);
      fields.push_back(value ? exact(*value) : "");
    }
    text += csv_line(fields);
  }
  return text;
}

}  // namespace sonde::cli
