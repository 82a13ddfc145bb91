#pragma once

#include <optional>
#include <span>

namespace sonde::host {

/// A level at a time.  units: seconds since any moment.
struct LevelPoint {
  double seconds = 0;
  double level = 0;
};

/// How fast the level falls, per second, if it does so beyond doubt; none otherwise. One sudden jump down and one up,
/// such as a big file and a clean-up, are taken out before.  shape: points in the order of time, no two at the same.
std::optional<double> falling_rate(std::span<const LevelPoint> points);

}  // namespace sonde::host
