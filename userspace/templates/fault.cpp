#include "templates/fault.h"

#include <algorithm>
#include <utility>

namespace sonde::templates {

TemplateFault to_template_fault(Fault fault, std::string_view text) {
  const std::string_view before = text.substr(0, std::min(fault.at, text.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<int>(lines) + 1, static_cast<int>(before.size() - line_start) + 1, std::move(fault.what)};
}

}  // namespace sonde::templates
