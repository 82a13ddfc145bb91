#pragma once

#include <chrono>
#include <span>
#include <string>

#include "templates/bounded_text.h"
#include "templates/scalar_format.h"
#include "templates/value.h"

namespace sonde::templates {

/// How a value is printed.
enum class Depth : std::uint8_t { kTop, kInside };

/// Writes a value as fmt.Printf of Go would, a `%!d(string=x)` where the verb does not fit.
void format_value(BoundedText& out, const Value& value, const Directive& directive, Depth depth = Depth::kTop);

/// Writes it as an action does: `<no value>` for nil, samples by what they hold.
void print_value(BoundedText& out, const Value& value);

/// fmt.Sprint: spaces where neither neighbour is a text.
void print_values(BoundedText& out, std::span<const Value> values);

/// fmt.Sprintf.
void print_formatted(BoundedText& out, std::string_view format, std::span<const Value> values);

/// As time.Duration prints itself: `1h30m0s`, `1.5s`, `250ms`.
std::string duration_text(std::chrono::nanoseconds duration);

/// As a time.Time in UTC prints itself: `2015-03-23 05:04:14.222 +0000 UTC`.
std::string moment_text(Moment moment);

}  // namespace sonde::templates
