#include "cli/figures.h"

#include "cli/human.h"

namespace sonde::cli {

std::string human_figure(const FigureSpec& spec, const TopRow& row) {
  const std::optional<double> value = spec.read(row);
  if (!value) return "-";
  switch (spec.kind) {
    case FigureKind::kCount:
      return std::to_string(static_cast<std::uint64_t>(*value));
    case FigureKind::kRate:
      return human_rate(*value);
    case FigureKind::kDuration:
      return human_duration(*value);
    case FigureKind::kRatio:
      return human_ratio(*value);
  }
  return "";
}

}  // namespace sonde::cli
