#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "templates/types.h"

namespace sonde::templates {

struct Program;

/// A text with actions of Go's text/template, as annotations and labels of Prometheus' rules have them. `$labels`,
/// `$value`, `$externalLabels` and `$externalURL` are there, and the functions of text/template and Prometheus.
/// threads: any, once parsed.
class Template {
 public:
  /// Reads the text.  errors: the first thing that is wrong in it.
  static Expected<Template, TemplateFault> parse(std::string_view text);

  /// The text for this data. `query` may be empty; then the function of that name fails.
  /// errors: what a function refuses, or what goes beyond kTemplateLimits.
  [[nodiscard]] Expected<std::string, TemplateFault> render(const TemplateData& data, const QueryFunction& query) const;

 private:
  Template(std::string text, std::shared_ptr<const Program> program);

  std::string text_;
  std::shared_ptr<const Program> program_;
};

}  // namespace sonde::templates
