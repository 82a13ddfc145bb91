#include <array>
#include <string>

#include "config/secret_text.h"
#include "config/sections.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

/// What it means is for libpq to say; what everybody would see is refused here.
bool read_store(const Value& value, Draft& draft) {
  std::string text;
  if (!value.read_text(text)) return false;
  const bool is_url = text.starts_with("postgresql://") || text.starts_with("postgres://");
  if (!is_url && text.find('=') == std::string::npos) {
    return value.refuse("must be a connection string of PostgreSQL, such as postgresql://sonde@db.example/sonde");
  }
  const std::size_t at = text.find('@');
  const bool shows_password = is_url && at != std::string::npos && text.find(':', text.find("//")) < at;
  if (shows_password || text.find("password=") != std::string::npos) {
    return value.refuse("has a password in it, which everybody would see: put it into password_file");
  }
  draft.config.hub.store = std::move(text);
  return true;
}

bool read_url(const Value& value, Draft& draft) {
  std::string text;
  if (!value.read_text(text) || !value.accept(check_http_url(text))) return false;
  while (text.ends_with('/')) text.pop_back();
  draft.config.hub.url = std::move(text);
  return true;
}

constexpr std::array kHubKeys{
    Key{.name = "store", .read = read_store},
    Key{.name = "password_file",
        .read = [](const Value& value,
                   Draft& draft) { return read_secret_file(value, draft, "the password", draft.config.hub.password); }},
    Key{.name = "password_env",
        .read =
            [](const Value& value, Draft& draft) {
              return read_secret_variable(value, draft, "SONDE_STORE_PASSWORD", draft.config.hub.password);
            }},
    Key{.name = "url", .read = read_url},
};

}  // namespace

std::span<const Key> hub_keys() { return kHubKeys; }

void finish_hub(Draft& draft, const Spot& spot) {
  const HubOptions& hub = draft.config.hub;
  if (hub.store.empty() && !(hub == HubOptions{})) {
    draft.log.add(spot, "names no store to share: add `store`, such as postgresql://sonde@db.example/sonde");
  }
}

}  // namespace sonde::config
