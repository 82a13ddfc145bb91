#include "templates/template.h"

#include <utility>

#include "templates/ast.h"
#include "templates/fault.h"
#include "templates/parser.h"
#include "templates/renderer.h"

namespace sonde::templates {

Template::Template(std::string text, std::shared_ptr<const Program> program)
    : text_(std::move(text)), program_(std::move(program)) {}

Expected<Template, TemplateFault> Template::parse(std::string_view text) {
  auto program = parse_program(text);
  if (!program) return to_template_fault(std::move(program).error(), text);
  return Template(std::string(text), std::make_shared<const Program>(*std::move(program)));
}

Expected<std::string, TemplateFault> Template::render(const TemplateData& data, const QueryFunction& query) const {
  auto text = Renderer(*program_, data, query).run();
  if (!text) return to_template_fault(std::move(text).error(), text_);
  return *std::move(text);
}

}  // namespace sonde::templates
