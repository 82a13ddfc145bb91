#pragma once

#include <string_view>

#include "base/result.h"
#include "templates/ast.h"
#include "templates/fault.h"

namespace sonde::templates {

/// Reads a template.
/// errors: the first thing that is wrong, also a variable or function that there is not.
Expected<Program, Fault> parse_program(std::string_view text);

}  // namespace sonde::templates
