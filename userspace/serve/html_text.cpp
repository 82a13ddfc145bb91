#include "serve/html_text.h"

#include "base/html_text.h"
#include "base/utf8.h"

namespace sonde::serve {

std::string escape_html(std::string_view text) { return sonde::escape_html(sanitise_utf8(text)); }

}  // namespace sonde::serve
