#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "templates/types.h"

namespace sonde::templates {

/// What is wrong, and where.  units: bytes from the start of the text.
struct Fault {
  std::size_t at = 0;
  std::string what;
};

/// The same for people, who count lines and columns.
TemplateFault to_template_fault(Fault fault, std::string_view text);

}  // namespace sonde::templates
