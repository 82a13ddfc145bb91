#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "config/routing_draft.h"
#include "config/secret_text.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

/// It may have to stand in a header.
bool is_one_line(const Value& value, std::string_view secret) {
  const bool has_control = std::ranges::any_of(secret, [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < 0x20 || byte == 0x7F;
  });
  return !has_control || value.refuse("the secret must be one line without control characters");
}

}  // namespace

bool read_secret(const Value& value, SecretSetting& into) {
  std::string text;
  if (!value.read_free_text(text) || !is_one_line(value, text)) return false;
  into.text = std::move(text);
  return true;
}

bool read_secret_file(const Value& value, SecretSetting& into, const RoutingDraft& draft) {
  if (!value.read_free_text(into.file)) return false;
  if (draft.secrets == nullptr || into.file.empty()) return true;
  auto content = secret_beside(*draft.secrets, draft.directory, into.file);
  if (!content) return value.refuse(content.error().what);
  if (!is_one_line(value, *content)) return false;
  into.content = *std::move(content);
  return true;
}

bool read_http_url(const Value& value, std::string& into) {
  std::string text;
  if (!value.read_free_text(text) || !value.accept(check_http_url(text))) return false;
  into = std::move(text);
  return true;
}

bool read_secret_url(const Value& value, SecretSetting& into) { return read_http_url(value, into.text); }

bool read_secret_url_file(const Value& value, SecretSetting& into, const RoutingDraft& draft) {
  if (!read_secret_file(value, into, draft)) return false;
  const auto checked = into.content.empty() ? Result<>(Ok{}) : check_http_url(into.content);
  return checked || value.refuse("the secret " + checked.error().what);
}

bool read_file_path(const Value& value, std::string& into, const RoutingDraft& draft) {
  std::string path;
  if (!value.read_free_text(path)) return false;
  if (draft.secrets != nullptr && !path.empty()) {
    path = (std::filesystem::path(draft.directory) / path).string();
    if (const auto readable = draft.secrets->can_read(path); !readable) return value.refuse(readable.error().what);
  }
  into = std::move(path);
  return true;
}

}  // namespace sonde::config
