#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "templates/bounded_text.h"

namespace sonde::templates {

/// One `%...` of printf.
struct Directive {
  char32_t verb = U'v';
  bool plus = false;
  bool minus = false;
  bool sharp = false;
  bool space = false;
  bool zero = false;
  std::optional<std::size_t> width;
  std::optional<std::size_t> precision;
};

/// Writes as Go's package fmt would; false, without writing, if the verb is none for such a value.
bool format_bool(BoundedText& out, bool value, const Directive& directive);
bool format_integer(BoundedText& out, std::int64_t value, const Directive& directive);
bool format_float(BoundedText& out, double value, const Directive& directive);
bool format_text(BoundedText& out, std::string_view value, const Directive& directive);

/// Fills up to the width.
void pad(BoundedText& out, std::string_view text, const Directive& directive);

/// As strconv.FormatFloat of Go with the shortest digits, format 'g': what `%v` prints.
std::string shortest_float(double value);

/// `%.4g` of Go.
std::string four_digits(double value);

}  // namespace sonde::templates
