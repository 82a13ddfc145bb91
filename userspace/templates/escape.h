#pragma once

#include <string>
#include <string_view>

namespace sonde::templates {

/// As Go's functions html, js and urlquery write a text.
std::string escape_html(std::string_view text);
std::string escape_js(std::string_view text);
std::string escape_query(std::string_view text);

}  // namespace sonde::templates
