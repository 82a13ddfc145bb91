#pragma once

#include <string>
#include <vector>

#include "templates/template.h"

namespace sonde::templates {

/// The labels, the external labels and the two series `up` of the tests.
inline TemplateData sample_data(double value) {
  return {{{"__name__", "m"}, {"device", "sda1"}, {"instance", "web-1:9100"}, {"job", "node"}},
          value,
          {{"cluster", "c1"}},
          "http://prom.example:9090/pre",
          1'700'000'000'000};
}

/// Knows `up`, in the wrong order, and `nope`, which is empty.
inline Result<std::vector<TemplateSeries>> sample_query(const std::string& expression) {
  if (expression == "nope") return std::vector<TemplateSeries>{};
  if (expression != "up") return Error{Code::kBadInput, "unknown series"};
  return std::vector<TemplateSeries>{{{{"__name__", "up"}, {"instance", "b:1"}, {"job", "z"}}, 1},
                                     {{{"__name__", "up"}, {"instance", "a:1"}, {"job", "y"}}, 0.5}};
}

/// The rendered text, or "LINE:COLUMN: what is wrong".
inline std::string render(const std::string& text, double value) {
  const auto place = [](const TemplateFault& fault) {
    return std::to_string(fault.line) + ":" + std::to_string(fault.column) + ": " + fault.what;
  };
  const auto parsed = Template::parse(text);
  if (!parsed) return place(parsed.error());
  const auto rendered = parsed->render(sample_data(value), &sample_query);
  return rendered ? *rendered : place(rendered.error());
}

}  // namespace sonde::templates
