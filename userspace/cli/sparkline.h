#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace sonde::cli {

/// A curve of one line: a block of one to eight eighths for each value, by where it lies between the least and the
/// greatest; a blank where there is none. More values than columns share columns, of which the greatest shows.
/// units: width columns, at least 1.  shape: UTF-8, at most one column for each value.
std::string sparkline(std::span<const std::optional<double>> values, std::size_t width);

}  // namespace sonde::cli
