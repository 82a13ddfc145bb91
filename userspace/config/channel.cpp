#include "config/channel.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "config/spelling.h"

namespace sonde::config {
namespace {

bool is_variable_name(std::string_view text) {
  return is_plain_key(text) && text.find_first_of("-.") == std::string_view::npos && (text[0] < '0' || text[0] > '9');
}

void trim_line_ends(std::string& text) {
  while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos) text.pop_back();
}

bool refuse(Draft& draft, const Address& address, std::string what) {
  draft.log.add(address.spot, std::move(what));
  return false;
}

bool fetch_file(Draft& draft, const Address& address, std::string& url) {
  // A URL put here by mistake is a secret; what follows repeats the path.
  if (!address.text.starts_with('/')) return refuse(draft, address, "must be the absolute path of a file with the URL");
  auto text = draft.secrets.file(address.text);
  if (!text) {
    return refuse(draft, address,
                  "the secret is missing: " + std::move(text).error().what +
                      "; write the URL into that file and let the daemon read it");
  }
  url = *std::move(text);
  trim_line_ends(url);
  return !url.empty() || refuse(draft, address, "the secret is missing: " + shown_value(address.text) + " is empty");
}

bool fetch_variable(Draft& draft, const Address& address, std::string& url) {
  if (!is_variable_name(address.text)) {
    return refuse(draft, address, "must be the name of an environment variable, such as SLACK_URL");
  }
  const auto text = draft.secrets.variable(address.text);
  if (!text || text->empty()) {
    return refuse(
        draft, address,
        "the secret is missing: the environment variable " + address.text + " is " + (text ? "empty" : "not set"));
  }
  url = *text;
  return true;
}

/// False if the URL is missing, which has been said then.
bool fetch(Draft& draft, std::string& url) {
  if (draft.url_file) return fetch_file(draft, *draft.url_file, url);
  if (draft.url_env) return fetch_variable(draft, *draft.url_env, url);
  url = draft.url->text;
  return true;
}

}  // namespace

void start_channel(Draft& draft, notify::ChannelKind kind) {
  draft.channel = notify::Channel{kind, {}, {}};
  draft.url.reset();
  draft.url_file.reset();
  draft.url_env.reset();
}

bool read_channel_name(const Value& value, Draft& draft) {
  constexpr std::size_t kMaxNameBytes = 64;
  std::string name;
  if (!value.read_text(name)) return false;
  if (name.size() > kMaxNameBytes || name.find('/') != std::string::npos) {
    return value.refuse("must be a short name without '/': it is shown in messages and metrics");
  }
  const auto [other, fresh] = draft.channel_paths.emplace(name, value.spot().path);
  if (!fresh)
    return value.refuse(shown_value(name) + " is also " + other->second + ": every channel needs its own name");
  draft.channel.name = name;
  return true;
}

bool read_address(const Value& value, std::optional<Address>& into) {
  std::string text;
  if (!value.read_text(text)) return false;
  into = Address{std::move(text), value.spot()};
  return true;
}

void finish_channel(Draft& draft, const Spot& spot) {
  if (draft.log.find(spot.path + ".name") == nullptr) draft.log.add(spot, "needs a name");
  std::string given;
  int sources = 0;
  int readable = 0;
  for (const char* key : {"url", "url_file", "url_env"}) {
    const FaultLog::Given* found = draft.log.find(spot.path + "." + key);
    if (found == nullptr) continue;
    given += (given.empty() ? "" : " and ") + std::string(key);
    ++sources;
    readable += found->sound ? 1 : 0;
  }
  if (sources == 0) draft.log.add(spot, "needs the address to send to: one of url, url_file, url_env");
  if (sources > 1) draft.log.add(spot, "has " + given + ": keep exactly one");
  if (sources != 1 || readable != 1 || !fetch(draft, draft.channel.url)) return;
  const auto checked = check_http_url(draft.channel.url);
  if (!checked) {
    const Address& address = draft.url ? *draft.url : draft.url_file ? *draft.url_file : *draft.url_env;
    refuse(draft, address, (draft.url ? "" : "the secret ") + checked.error().what);
    return;
  }
  draft.config.notify.channels.push_back(draft.channel);
}

}  // namespace sonde::config
