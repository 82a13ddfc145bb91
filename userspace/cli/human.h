#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sonde::cli {

/// Three digits and the unit that fits: `850us`, `12.3ms`, `1.25s`, `2m05s`, `1h02m`.
std::string human_duration(double seconds);

/// Three digits: `0.25`, `20.0`, `1.24k`, `3.10M`.
std::string human_rate(double per_second);

/// A percentage that is `0%` or `100%` only if it is exactly that.  units: ratio in [0, 1].
std::string human_ratio(double ratio);

/// Columns of a terminal that `text` takes, one for each code point.  shape: UTF-8.
std::size_t display_width(std::string_view text);

/// `text` cut in the middle (`payment…orker`) so that it takes at most `width` columns.  shape: UTF-8.
std::string cut_middle(std::string_view text, std::size_t width);

/// `text` cut at its end so that it takes at most `width` columns.  shape: UTF-8.
std::string cut_end(std::string_view text, std::size_t width);

}  // namespace sonde::cli
