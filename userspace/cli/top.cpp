#include "cli/top.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <tuple>

#include "base/quantity.h"
#include "cli/daemon_address.h"
#include "cli/figures.h"
#include "cli/human.h"
#include "cli/table.h"

namespace sonde::cli {
namespace {

/// units: drop_rank as in Column.
struct TopColumn {
  Figure figure;
  int drop_rank;
};

constexpr std::array kTopColumns{TopColumn{Figure::kRate, 0},         TopColumn{Figure::kP50, 4},
                                 TopColumn{Figure::kP95, 1},          TopColumn{Figure::kP99, 2},
                                 TopColumn{Figure::kClientErrors, 5}, TopColumn{Figure::kErrors, 0}};
constexpr int kRoleDropRank = 3;

double seconds(std::chrono::nanoseconds value) { return std::chrono::duration<double>(value).count(); }

Tint tint_beyond(double value, double warning, double critical) {
  if (value >= critical) return Tint::kRed;
  return value >= warning ? Tint::kYellow : Tint::kNone;
}

Tint tint_of(const FigureSpec& spec, const TopRow& row, const FigureThresholds& limits) {
  const std::optional<double> value = spec.read(row);
  if (!value) return Tint::kNone;
  if (spec.kind == FigureKind::kDuration) {
    return tint_beyond(*value, seconds(limits.warning_time), seconds(limits.critical_time));
  }
  // 4xx answers are the clients' doing: no rule judges them.
  if (spec.figure != Figure::kErrors) return Tint::kNone;
  return tint_beyond(*value, limits.warning_error_ratio, limits.critical_error_ratio);
}

std::vector<Cell> cells_of(const TopRow& row, const FigureThresholds& limits) {
  std::vector<Cell> cells{Cell{row.service}, Cell{row.role}};
  for (const TopColumn& column : kTopColumns) {
    const FigureSpec& spec = spec_of(column.figure);
    cells.push_back(Cell{human_figure(spec, row), tint_of(spec, row, limits)});
  }
  return cells;
}

Table table_of(std::span<const TopRow> rows, const FigureThresholds& limits) {
  Table table;
  table.columns = {Column{"SERVICE", false, 0}, Column{"ROLE", false, kRoleDropRank}};
  for (const TopColumn& column : kTopColumns) {
    table.columns.push_back(Column{std::string(spec_of(column.figure).title), true, column.drop_rank});
  }
  for (const TopRow& row : rows) table.rows.push_back(cells_of(row, limits));
  return table;
}

std::string sensor_text(const capture::SensorReport& report) {
  switch (report.state) {
    case capture::SensorState::kOn:
      return report.sensor + " on (" + report.variant + ")";
    case capture::SensorState::kDegraded:
      return report.sensor + " degraded (" + report.variant + "): " + report.why;
    case capture::SensorState::kOff:
      return report.sensor + " off: " + report.why;
  }
  return "";
}

/// The greatest reasons by name, since one number would not tell a full ring from an unknown protocol.
std::string loss_text(std::vector<capture::Loss> losses) {
  constexpr std::size_t kNamed = 3;
  std::erase_if(losses, [](const capture::Loss& loss) { return loss.count == 0; });
  if (losses.empty()) return "nothing lost";
  std::stable_sort(losses.begin(), losses.end(),
                   [](const auto& left, const auto& right) { return left.count > right.count; });
  std::string text = "lost since start:";
  for (std::size_t index = 0; index < std::min(losses.size(), kNamed); ++index) {
    text += (index == 0 ? " " : ", ") + losses[index].reason + " " + std::to_string(losses[index].count);
  }
  return losses.size() > kNamed ? text + ", …" : text;
}

std::string window_text(std::span<const TopRow> rows, std::chrono::nanoseconds window) {
  double covered = 0;
  for (const TopRow& row : rows) covered = std::max(covered, row.covered_seconds);
  const std::string text = "last " + format_duration(window);
  const bool complete = rows.empty() || covered >= 0.95 * seconds(window);
  return complete ? text : text + " (data for " + human_duration(std::floor(covered)) + " so far)";
}

std::string header(std::span<const TopRow> rows, const TopView& view) {
  const std::string title = "Sonde at " + to_text(view.address);
  const std::string first = cut_end(title, view.width == 0 ? title.size() : view.width);
  std::string state = view.clock + "  " + window_text(rows, view.window);
  for (const capture::SensorReport& report : view.sensors.sensors) state += "  " + sensor_text(report);
  state += "  " + loss_text(view.sensors.losses);
  const auto fit = [&view](const std::string& line) { return view.width == 0 ? line : cut_end(line, view.width); };
  std::string text = (view.colour ? "\x1b[1m" + first + "\x1b[0m" : first) + "\n" + fit(state) + "\n";
  if (!view.notice.empty()) text += fit(view.notice) + "\n";
  return text + "\n";
}

}  // namespace

std::vector<TopRow> sort_rows(std::span<const TopRow> rows, Figure by) {
  std::vector<TopRow> sorted(rows.begin(), rows.end());
  const FigureSpec& spec = spec_of(by);
  std::sort(sorted.begin(), sorted.end(), [&spec](const TopRow& left, const TopRow& right) {
    const double left_value = spec.read(left).value_or(-1);
    const double right_value = spec.read(right).value_or(-1);
    if (left_value != right_value) return left_value > right_value;
    return std::tie(left.service, left.role) < std::tie(right.service, right.role);
  });
  return sorted;
}

std::string render_top(std::span<const TopRow> rows, const TopView& view) {
  std::string text = header(rows, view);
  if (rows.empty()) {
    return text + "No HTTP request was seen in the last " + format_duration(view.window) +
           ".\nSend one to a service on this host and it appears here. If it does not, `sudo sonde doctor`\n"
           "says what cannot be measured, and `--window 15m` looks further back.\n";
  }
  std::vector<TopRow> shown = sort_rows(rows, view.sort);
  shown.resize(std::min(shown.size(), view.count));
  text += render_table(table_of(shown, view.coloured), TableStyle{view.width, view.colour});
  if (rows.size() > shown.size()) text += "and " + std::to_string(rows.size() - shown.size()) + " more\n";
  return text;
}

}  // namespace sonde::cli
