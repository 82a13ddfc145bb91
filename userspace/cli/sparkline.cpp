#include "cli/sparkline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

namespace sonde::cli {
namespace {

constexpr std::array<std::string_view, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::size_t kFlat = 3;  // the block for values that are all the same

/// The range of what is neither unknown nor infinite.
struct Scale {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();
};

Scale scale_of(std::span<const std::optional<double>> values) {
  Scale scale;
  for (const std::optional<double>& value : values) {
    if (!value || !std::isfinite(*value)) continue;
    scale.least = std::min(scale.least, *value);
    scale.greatest = std::max(scale.greatest, *value);
  }
  return scale;
}

std::string_view block_of(double value, const Scale& scale) {
  if (std::isinf(value)) return value > 0 ? kBlocks.back() : kBlocks.front();
  if (scale.least == scale.greatest) return kBlocks[kFlat];
  // Halves, so that the distance of two great numbers does not overflow.
  const double height = (value / 2 - scale.least / 2) / (scale.greatest / 2 - scale.least / 2);
  const auto block = static_cast<std::size_t>(height * static_cast<double>(kBlocks.size()));
  return kBlocks[std::min(block, kBlocks.size() - 1)];
}

/// As many values as there are columns.
std::vector<std::optional<double>> squeezed(std::span<const std::optional<double>> values, std::size_t width) {
  std::vector<std::optional<double>> columns(std::min(values.size(), width));
  for (std::size_t index = 0; index < values.size(); ++index) {
    const std::optional<double>& value = values[index];
    std::optional<double>& column = columns[index * columns.size() / values.size()];
    if (!value || std::isnan(*value)) continue;
    column = column ? std::max(*column, *value) : *value;
  }
  return columns;
}

}  // namespace

std::string sparkline(std::span<const std::optional<double>> values, std::size_t width) {
  const Scale scale = scale_of(values);
  std::string line;
  for (const std::optional<double>& value : squeezed(values, width)) line += value ? block_of(*value, scale) : " ";
  return line;
}

}  // namespace sonde::cli
