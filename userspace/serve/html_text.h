#pragma once

#include <string>
#include <string_view>

namespace sonde::serve {

/// Text that stands between tags, or in an attribute between quotation marks.  shape: valid UTF-8.
std::string escape_html(std::string_view text);

}  // namespace sonde::serve
