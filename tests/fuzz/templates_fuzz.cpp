#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "templates/template.h"

namespace {

using sonde::Error;
using sonde::Result;
using sonde::templates::TemplateData;
using sonde::templates::TemplateFault;
using sonde::templates::TemplateSeries;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_place(const TemplateFault& fault) { require(fault.line >= 1 && fault.column >= 1 && !fault.what.empty()); }

Result<std::vector<TemplateSeries>> answer(const std::string& expression) {
  if (expression.empty()) return Error{sonde::Code::kBadInput, "unexpected end of input"};
  return std::vector<TemplateSeries>{{{{"__name__", "up"}, {"instance", "web-2:9100"}}, 1},
                                     {{{"__name__", "up"}, {"instance", "web-1:9100"}}, 0.5}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = sonde::templates::Template::parse(text);
  if (!parsed) {
    require_place(parsed.error());
    return 0;
  }
  const TemplateData about{{{"instance", "web-1:9100"}, {"job", "node"}},
                           1536.25,
                           {{"cluster", "c1"}},
                           "http://sonde.example:9465/prefix",
                           1'700'000'000'000};
  const auto rendered = parsed->render(about, &answer);
  if (!rendered) {
    require_place(rendered.error());
    return 0;
  }
  require(rendered->size() <= sonde::templates::kTemplateLimits.output_bytes);
  const auto again = parsed->render(about, &answer);
  require(again.has_value() && *again == *rendered);
  return 0;
}
