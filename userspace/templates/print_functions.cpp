#include <string>
#include <string_view>

#include "templates/escape.h"
#include "templates/functions.h"
#include "templates/value_format.h"

namespace sonde::templates {
namespace {

Answer finish(BoundedText&& out) {
  if (!out.overflowed()) return make_text(std::move(out).take());
  return Complaint{"the text is longer than " + std::to_string(kTemplateLimits.output_bytes) + " bytes"};
}

/// What html, js and urlquery escape: the arguments as an action would print them.
Expected<std::string, Complaint> printed(Arguments arguments) {
  BoundedText out(kTemplateLimits.output_bytes);
  if (arguments.size() == 1) {
    print_value(out, arguments.front());
  } else {
    print_values(out, arguments);
  }
  const Value text = SONDE_TRY(finish(std::move(out)));
  return text_of(text);
}

}  // namespace

Answer run_print(const CallContext&, Arguments arguments) {
  BoundedText out(kTemplateLimits.output_bytes);
  print_values(out, arguments);
  return finish(std::move(out));
}

Answer run_printf(const CallContext&, Arguments arguments) {
  BoundedText out(kTemplateLimits.output_bytes);
  print_formatted(out, text_of(arguments.front()), arguments.subspan(1));
  return finish(std::move(out));
}

Answer run_println(const CallContext&, Arguments arguments) {
  BoundedText out(kTemplateLimits.output_bytes);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) out.append(" ");
    format_value(out, arguments[i], Directive{});
  }
  out.append("\n");
  return finish(std::move(out));
}

Answer run_html(const CallContext&, Arguments arguments) {
  return make_text(escape_html(SONDE_TRY(printed(arguments))));
}

Answer run_js(const CallContext&, Arguments arguments) { return make_text(escape_js(SONDE_TRY(printed(arguments)))); }

Answer run_urlquery(const CallContext&, Arguments arguments) {
  return make_text(escape_query(SONDE_TRY(printed(arguments))));
}

}  // namespace sonde::templates
