#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "cli/answers.h"
#include "cli/types.h"

namespace sonde::cli {

/// From where on a figure is yellow or red: as the built-in rules judge without a configuration.
struct FigureThresholds {
  std::chrono::nanoseconds warning_time = std::chrono::seconds{1};
  std::chrono::nanoseconds critical_time = std::chrono::seconds{5};
  double warning_error_ratio = 0.01;
  double critical_error_ratio = 0.05;
};

/// What surrounds the rows, and how they are shown.
struct TopView {
  std::size_t width = 0;  ///< columns of the terminal; 0: as wide as it gets
  std::size_t count = 50;
  bool colour = false;
  Figure sort = Figure::kRate;
  std::chrono::nanoseconds window = std::chrono::minutes{1};
  DaemonAddress address;
  std::string clock;      ///< 14:03:07
  DaemonSensors sensors;  ///< shown in the line under the header
  std::string notice;     ///< a line of its own if not empty: why the rows are old
  FigureThresholds coloured;
};

/// The rows ordered by a figure, greatest first; unknown ones last, equal ones by name and role.
std::vector<TopRow> sort_rows(std::span<const TopRow> rows, Figure by);

/// The screen of `sonde top`: header, state, table; or a sentence if there was no traffic.
std::string render_top(std::span<const TopRow> rows, const TopView& view);

}  // namespace sonde::cli
