#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/answers.h"
#include "cli/types.h"

namespace sonde::cli {

enum class FigureKind : std::uint8_t { kCount, kRate, kDuration, kRatio };

/// How one figure is asked for, named in JSON and CSV, headed in tables, and read.
struct FigureSpec {
  Figure figure;
  std::string_view word;
  std::string_view key;
  std::string_view title;
  FigureKind kind;
  std::optional<double> (*read)(const TopRow&);
};

inline constexpr std::array kFigures{
    FigureSpec{Figure::kRequests, "requests", "requests", "REQUESTS", FigureKind::kCount,
               [](const TopRow& row) { return std::optional<double>{static_cast<double>(row.requests)}; }},
    FigureSpec{Figure::kRate, "rate", "requests_per_second", "REQ/S", FigureKind::kRate,
               [](const TopRow& row) { return std::optional<double>{row.requests_per_second}; }},
    FigureSpec{Figure::kP50, "p50", "p50_seconds", "P50", FigureKind::kDuration,
               [](const TopRow& row) { return row.p50_seconds; }},
    FigureSpec{Figure::kP95, "p95", "p95_seconds", "P95", FigureKind::kDuration,
               [](const TopRow& row) { return row.p95_seconds; }},
    FigureSpec{Figure::kP99, "p99", "p99_seconds", "P99", FigureKind::kDuration,
               [](const TopRow& row) { return row.p99_seconds; }},
    FigureSpec{Figure::kClientErrors, "client_errors", "client_error_ratio", "4XX", FigureKind::kRatio,
               [](const TopRow& row) { return row.client_error_ratio; }},
    FigureSpec{Figure::kErrors, "errors", "error_ratio", "ERRORS", FigureKind::kRatio,
               [](const TopRow& row) { return row.error_ratio; }},
};

constexpr bool figures_stand_in_order() {
  for (std::size_t row = 0; row < kFigures.size(); ++row) {
    if (kFigures[row].figure != static_cast<Figure>(row)) return false;
  }
  return kFigures.size() == static_cast<std::size_t>(Figure::kCount);
}
static_assert(figures_stand_in_order(), "every Figure needs one row, in order");

constexpr const FigureSpec& spec_of(Figure figure) { return kFigures[static_cast<std::size_t>(figure)]; }

/// The figure called `word`, or by its JSON key.
constexpr std::optional<Figure> find_figure(std::string_view word) {
  for (const FigureSpec& spec : kFigures) {
    if (spec.word == word || spec.key == word) return spec.figure;
  }
  return std::nullopt;
}

/// As people read it; `-` if it is not known.
std::string human_figure(const FigureSpec& spec, const TopRow& row);

}  // namespace sonde::cli
