#include "cli/query_output.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "base/quantity.h"
#include "base/utf8.h"
#include "cli/csv.h"
#include "cli/human.h"
#include "cli/moment.h"
#include "cli/series_text.h"
#include "cli/sparkline.h"
#include "cli/table.h"

namespace sonde::cli {
namespace {

std::string printed(const char* form, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), form, value);
  return text.data();
}

/// The least, the greatest and the newest value; NaN is neither least nor greatest.
struct Extent {
  double least = std::numeric_limits<double>::quiet_NaN();
  double greatest = std::numeric_limits<double>::quiet_NaN();
  double newest = std::numeric_limits<double>::quiet_NaN();
};

Extent extent_of(const ResultSeries& series) {
  Extent extent;
  for (const Sample& sample : series.samples) {
    extent.newest = sample.value;
    extent.least = std::fmin(extent.least, sample.value);
    extent.greatest = std::fmax(extent.greatest, sample.value);
  }
  return extent;
}

/// The values at the moments of the grid; empty where the series has none.
std::vector<std::optional<double>> on_grid(const ResultSeries& series, const RangeGrid& grid) {
  const auto nearest = [&grid](WallTime at) { return (at - grid.start + grid.step / 2) / grid.step; };
  std::vector<std::optional<double>> values(static_cast<std::size_t>((grid.end - grid.start) / grid.step) + 1);
  for (const Sample& sample : series.samples) {
    const auto index = nearest(sample.at);
    if (index >= 0 && static_cast<std::size_t>(index) < values.size()) {
      values[static_cast<std::size_t>(index)] = sample.value;
    }
  }
  return values;
}

/// Columns for the curves: what names and values leave, but at least a third of the terminal.
std::size_t curve_width(const Table& table, std::size_t points, std::size_t terminal_width) {
  if (terminal_width == 0) return points;
  constexpr std::size_t kGap = 2;
  std::size_t others = 0;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    std::size_t widest = display_width(table.columns[column].title);
    for (const auto& row : table.rows) widest = std::max(widest, display_width(row[column].text));
    others += widest + kGap;
  }
  const std::size_t left = terminal_width - std::min(terminal_width, others);
  return std::clamp<std::size_t>(left, std::min(points, std::max<std::size_t>(terminal_width / 3, 1)), points);
}

std::string as_curves(const QueryResult& result, const RangeGrid& grid, const ResultView& view) {
  Table table;
  table.columns = {Column{"SERIES", false}, Column{"TREND", false}, Column{"MIN", true, 2}, Column{"MAX", true, 1},
                   Column{"LAST"}};
  for (const ResultSeries& series : result.series) {
    const Extent extent = extent_of(series);
    table.rows.push_back({Cell{series_text(series.labels)}, Cell{}, Cell{human_value(extent.least)},
                          Cell{human_value(extent.greatest)}, Cell{human_value(extent.newest)}});
  }
  const auto points = static_cast<std::size_t>((grid.end - grid.start) / grid.step) + 1;
  const std::size_t width = curve_width(table, points, view.width);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    table.rows[row][1].text = sparkline(on_grid(result.series[row], grid), width);
  }
  const std::string head =
      local_text(grid.start) + " to " + local_text(grid.end) + ", a value each " + format_duration(grid.step);
  return (view.width == 0 ? head : cut_end(head, view.width)) + "\n" +
         render_table(table, TableStyle{view.width, view.colour});
}

/// Milliseconds only where a sample has some.
std::string (*time_form_of(const QueryResult& result))(WallTime) {
  for (const ResultSeries& series : result.series) {
    for (const Sample& sample : series.samples) {
      if (sample.at != std::chrono::floor<std::chrono::seconds>(sample.at)) return &local_text_ms;
    }
  }
  return &local_text;
}

std::string value_by_value(const QueryResult& result, const ResultView& view) {
  Table table;
  table.columns = {Column{"SERIES", false}, Column{"TIME", false}, Column{"VALUE"}};
  const auto time_text = time_form_of(result);
  for (const ResultSeries& series : result.series) {
    const std::string name = series_text(series.labels);
    for (const Sample& sample : series.samples) {
      table.rows.push_back({Cell{name}, Cell{time_text(sample.at)}, Cell{human_value(sample.value)}});
    }
  }
  return render_table(table, TableStyle{view.width, view.colour});
}

std::string as_vector(const QueryResult& result, const ResultView& view) {
  Table table;
  table.columns = {Column{"SERIES", false}, Column{"VALUE"}};
  for (const ResultSeries& series : result.series) {
    table.rows.push_back({Cell{series_text(series.labels)}, Cell{human_value(series.samples.front().value)}});
  }
  return render_table(table, TableStyle{view.width, view.colour});
}

}  // namespace

std::string human_value(double value) {
  constexpr double kWholeInFull = 1e15;
  constexpr double kTwoDecimals = 1e5;  // from here on six digits say less than two decimals
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size < kWholeInFull && std::trunc(value) == value) return printed("%.0f", value);
  return printed(size >= kTwoDecimals && size < kWholeInFull ? "%.2f" : "%.6g", value);
}

std::string render_result(const QueryResult& result, const ResultView& view) {
  switch (result.kind) {
    case ResultKind::kScalar:
      return human_value(result.series.front().samples.front().value) + "\n";
    case ResultKind::kString:
      return sanitise_utf8(result.series.front().samples.front().text) + "\n";
    case ResultKind::kVector:
      return as_vector(result, view);
    case ResultKind::kMatrix:
      return view.curve ? as_curves(result, *view.curve, view) : value_by_value(result, view);
  }
  return "";
}

std::string result_as_csv(const QueryResult& result) {
  std::set<std::string> names;
  for (const ResultSeries& series : result.series) {
    for (const auto& [name, value] : series.labels) names.insert(name);
  }
  std::vector<std::string> titles{"time"};
  titles.insert(titles.end(), names.begin(), names.end());
  titles.emplace_back("value");
  std::string text = csv_line(titles);
  for (const ResultSeries& series : result.series) {
    std::vector<std::string> fields{""};
    for (const std::string& name : names) {
      const auto label = series.labels.find(name);
      fields.push_back(label == series.labels.end() ? "" : label->second);
    }
    fields.emplace_back();
    for (const Sample& sample : series.samples) {
      fields.front() = utc_text(sample.at);
      fields.back() = sample.text;
      text += csv_line(fields);
    }
  }
  return text;
}

}  // namespace sonde::cli
