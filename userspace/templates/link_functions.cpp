#include <arpa/inet.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "templates/escape.h"
#include "templates/functions.h"

namespace sonde::templates {
namespace {

struct HostPort {
  std::string_view host;
  std::string_view port;
};

/// As net.SplitHostPort of Go: nothing where there is no port, or a bracket too many or few.
std::optional<HostPort> split(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  HostPort parts{text.substr(0, colon), text.substr(colon + 1)};
  std::string_view behind = parts.host;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || close + 1 != colon) return std::nullopt;
    parts.host = text.substr(1, close - 1);
    behind = parts.host.find('[') == std::string_view::npos ? "" : "[";
  } else if (parts.host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  const bool brackets =
      behind.find_first_of("[]") != std::string_view::npos || parts.port.find_first_of("[]") != std::string_view::npos;
  if (brackets) return std::nullopt;
  return parts;
}

bool is_address(std::string_view host) {
  std::array<unsigned char, 16> address;
  const std::string text(host);
  return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

Answer link(const Value& expression, std::string_view tab) {
  return make_text("/graph?g0.expr=" + escape_query(text_of(expression)) + "&g0.tab=" + std::string(tab));
}

}  // namespace

Answer run_strip_port(const CallContext&, Arguments arguments) {
  const auto parts = split(text_of(arguments.front()));
  return parts ? make_text(std::string(parts->host)) : arguments.front();
}

Answer run_strip_domain(const CallContext&, Arguments arguments) {
  const std::string& text = text_of(arguments.front());
  const HostPort parts = split(text).value_or(HostPort{text, ""});
  if (is_address(parts.host)) return arguments.front();
  const std::string host(parts.host.substr(0, parts.host.find('.')));
  if (parts.port.empty()) return make_text(host);
  const bool bracketed = host.find(':') != std::string::npos;
  return make_text((bracketed ? "[" + host + "]" : host) + ":" + std::string(parts.port));
}

Answer run_graph_link(const CallContext&, Arguments arguments) { return link(arguments.front(), "0"); }

Answer run_table_link(const CallContext&, Arguments arguments) { return link(arguments.front(), "1"); }

Answer run_external_url(const CallContext& context, Arguments) { return make_text(context.data.external_url); }

Answer run_path_prefix(const CallContext& context, Arguments) {
  std::string_view rest = context.data.external_url;
  const std::size_t scheme = rest.find("://");
  rest.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
  rest = rest.substr(0, rest.find_first_of("?#"));
  const std::size_t slash = rest.find('/');
  return make_text(slash == std::string_view::npos ? "" : std::string(rest.substr(slash)));
}

Answer run_url_query_escape(const CallContext&, Arguments arguments) {
  return make_text(escape_query(text_of(arguments.front())));
}

}  // namespace sonde::templates
