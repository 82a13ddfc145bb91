#include "config/secret_text.h"

#include <string_view>
#include <utility>

#include "config/spelling.h"

namespace sonde::config {
namespace {

bool is_variable_name(std::string_view text) {
  return is_plain_key(text) && text.find_first_of("-.") == std::string_view::npos && (text[0] < '0' || text[0] > '9');
}

}  // namespace

bool read_secret_file(const Value& value, Draft& draft, const std::string& what, std::string& into) {
  std::string path;
  if (!value.read_text(path)) return false;
  // A secret put here by mistake is not repeated; what follows repeats the path.
  if (!path.starts_with('/')) return value.refuse("must be the absolute path of a file with " + what);
  auto text = draft.secrets.file(path);
  if (!text) {
    return value.refuse("the secret is missing: " + std::move(text).error().what + "; write " + what +
                        " into that file and let the daemon read it");
  }
  const std::size_t end = text->find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return value.refuse("the secret is missing: " + shown_value(path) + " is empty");
  into = text->substr(0, end + 1);
  return true;
}

bool read_secret_variable(const Value& value, Draft& draft, const std::string& what, std::string& into) {
  std::string name;
  if (!value.read_text(name)) return false;
  if (!is_variable_name(name)) return value.refuse("must be the name of an environment variable with " + what);
  const auto text = draft.secrets.variable(name);
  if (!text || text->empty()) {
    return value.refuse("the secret is missing: the environment variable " + name + " is " +
                        (text ? "empty" : "not set"));
  }
  into = *text;
  return true;
}

}  // namespace sonde::config
