#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "templates/value.h"

namespace sonde::templates {

/// What a string of Go stands for, from its quotes on: `"a\n"` or one in backquotes; nothing if it is none.
std::optional<std::string> unquote(std::string_view literal);

/// The code of a character of Go: `'a'`, `'\n'`.
std::optional<std::int64_t> unquote_rune(std::string_view literal);

/// A number of Go, as kInteger or kFloat: `1_000`, `0x1f`, `017`, `1e3`.
/// errors: what is wrong, in `*fault`.
std::optional<Value> parse_number(std::string_view literal, std::string* fault);

enum class FloatFault : std::uint8_t { kNone, kSyntax, kRange };

/// As strconv.ParseFloat of Go reads it: also `inf`, `NaN`, `0x1p-2`.
FloatFault parse_float(std::string_view text, double& value);

}  // namespace sonde::templates
