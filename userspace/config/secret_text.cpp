#include "config/secret_text.h"

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "config/spelling.h"

namespace sonde::config {
namespace {

bool is_variable_name(std::string_view text) {
  return is_plain_key(text) && text.find_first_of("-.") == std::string_view::npos && (text[0] < '0' || text[0] > '9');
}

Error missing(const std::string& why) { return Error{Code::kBadInput, "the secret is missing: " + why}; }

Result<std::string> without_line_end(const std::string& text, const std::string& where) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return missing(where + " is empty");
  return text.substr(0, end + 1);
}

bool take(const Value& value, Result<std::string> secret, std::string& into) {
  if (!secret) return value.refuse(std::move(secret).error().what);
  into = *std::move(secret);
  return true;
}

}  // namespace

Result<std::string> secret_of_file(const SecretSource& secrets, const std::string& path, const std::string& noun) {
  if (!path.starts_with('/')) return Error{Code::kBadInput, "must be the absolute path of a file with " + noun};
  auto text = secrets.file(path);
  if (!text) {
    return missing(std::move(text).error().what + "; write " + noun + " into that file and let the daemon read it");
  }
  return without_line_end(*text, shown_value(path));
}

Result<std::string> secret_beside(const SecretSource& secrets, const std::string& directory, const std::string& path) {
  if (path.starts_with('/')) return secret_of_file(secrets, path, "the secret");
  const auto text = secrets.file((std::filesystem::path(directory) / path).string());
  if (text) return without_line_end(*text, "the file");
  const int number = text.error().sys_errno;
  return missing(std::string("the file, looked for beside this one, cannot be read: ") +
                 (number == 0 ? "it is too large" : std::strerror(number)));
}

Result<std::string> secret_of_variable(const SecretSource& secrets, const std::string& name,
                                       const std::string& example) {
  if (!is_variable_name(name)) {
    return Error{Code::kBadInput, "must be the name of an environment variable, such as " + example};
  }
  auto text = secrets.variable(name);
  if (text && !text->empty()) return *std::move(text);
  return missing("the environment variable " + name + " is " + (text ? "empty" : "not set"));
}

bool read_secret_file(const Value& value, Draft& draft, const std::string& noun, std::string& into) {
  std::string path;
  return value.read_text(path) && take(value, secret_of_file(draft.secrets, path, noun), into);
}

bool read_secret_variable(const Value& value, Draft& draft, const std::string& example, std::string& into) {
  std::string name;
  return value.read_text(name) && take(value, secret_of_variable(draft.secrets, name, example), into);
}

}  // namespace sonde::config
