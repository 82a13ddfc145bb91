#pragma once

#include <string>
#include <string_view>

namespace sonde {

/// Text that stands for itself in HTML, also within a quoted attribute.
std::string escape_html(std::string_view text);

}  // namespace sonde
