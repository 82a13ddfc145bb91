#pragma once

#include <string>

#include "config/schema.h"
#include "config/value.h"

namespace sonde::config {

/// Reads a secret, such as `a password`, from the file that the value names; ends of lines and blanks at its end are
/// cut off. Leaves a fault behind if there is none.
bool read_secret_file(const Value& value, Draft& draft, const std::string& what, std::string& into);

/// The same from an environment variable.
bool read_secret_variable(const Value& value, Draft& draft, const std::string& what, std::string& into);

}  // namespace sonde::config
