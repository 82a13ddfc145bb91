#include "config/channel_secret.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "config/spelling.h"

namespace sonde::config {
namespace {

bool is_variable_name(std::string_view text) {
  return is_plain_key(text) && text.find_first_of("-.") == std::string_view::npos && (text[0] < '0' || text[0] > '9');
}

void trim_line_ends(std::string& text) {
  while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos) text.pop_back();
}

std::vector<std::string> keys_of(const SecretKey& secret) {
  std::vector<std::string> keys;
  if (secret.may_stand_here) keys.emplace_back(secret.key);
  keys.push_back(std::string(secret.key) + "_file");
  keys.push_back(std::string(secret.key) + "_env");
  return keys;
}

std::optional<Secret> refuse(Draft& draft, const Address& place, std::string what) {
  draft.log.add(place.spot, std::move(what));
  return std::nullopt;
}

std::optional<Secret> fetch_file(Draft& draft, const Address& place, const SecretKey& secret) {
  const std::string noun(secret.noun);
  // A secret put here by mistake is one; what follows repeats the path.
  if (!place.text.starts_with('/')) {
    return refuse(draft, place, "must be the absolute path of a file with the " + noun);
  }
  auto text = draft.secrets.file(place.text);
  if (!text) {
    return refuse(draft, place,
                  "the secret is missing: " + std::move(text).error().what + "; write the " + noun +
                      " into that file and let the daemon read it");
  }
  std::string value = *std::move(text);
  trim_line_ends(value);
  if (value.empty()) return refuse(draft, place, "the secret is missing: " + shown_value(place.text) + " is empty");
  return Secret{std::move(value), place};
}

std::optional<Secret> fetch_variable(Draft& draft, const Address& place, const SecretKey& secret) {
  if (!is_variable_name(place.text)) {
    return refuse(draft, place,
                  "must be the name of an environment variable, such as " +
                      std::string(secret.key == "url" ? "SLACK_URL" : "SONDE_TOKEN"));
  }
  const auto text = draft.secrets.variable(place.text);
  if (text && !text->empty()) return Secret{*text, place};
  return refuse(
      draft, place,
      "the secret is missing: the environment variable " + place.text + " is " + (text ? "empty" : "not set"));
}

}  // namespace

bool gives(const Draft& draft, const Spot& channel, const SecretKey& secret) {
  const auto keys = keys_of(secret);
  return std::any_of(keys.begin(), keys.end(),
                     [&](const std::string& key) { return draft.log.find(channel.path + "." + key) != nullptr; });
}

std::optional<Secret> fetch_secret(Draft& draft, const Spot& channel, const SecretKey& secret) {
  std::string given;
  int sources = 0;
  bool all_sound = true;
  for (const std::string& key : keys_of(secret)) {
    const FaultLog::Given* found = draft.log.find(channel.path + "." + key);
    if (found == nullptr) continue;
    given += (given.empty() ? "" : " and ") + key;
    ++sources;
    all_sound = all_sound && found->sound;
  }
  if (sources > 1) draft.log.add(channel, "has " + given + ": keep exactly one");
  if (sources != 1 || !all_sound) return std::nullopt;
  const Address& place = draft.channel.texts.at(given);
  if (given.ends_with("_file")) return fetch_file(draft, place, secret);
  if (given.ends_with("_env")) return fetch_variable(draft, place, secret);
  return Secret{place.text, place};
}

}  // namespace sonde::config
