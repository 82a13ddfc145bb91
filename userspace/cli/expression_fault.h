#pragma once

#include <string>
#include <string_view>

namespace sonde::cli {

/// What the daemon says of an expression; if that names a place in it (`1:7: parse error: ...`,
/// promql/parser/parse.go), the line of the expression and a caret below the place follow.  shape: safe to print.
std::string explain_fault(const std::string& fault, std::string_view expression);

/// A line that says where the figures of services are printed, if the expression is the bare name of one; else empty.
std::string hint_for_figure(std::string_view expression);

}  // namespace sonde::cli
