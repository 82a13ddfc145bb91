#include "config/channel_secret.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "config/secret_text.h"

namespace sonde::config {
namespace {

std::vector<std::string> keys_of(const SecretKey& secret) {
  std::vector<std::string> keys;
  if (secret.may_stand_here) keys.emplace_back(secret.key);
  keys.push_back(std::string(secret.key) + "_file");
  keys.push_back(std::string(secret.key) + "_env");
  return keys;
}

std::optional<Secret> take(Draft& draft, const Address& place, Result<std::string> text) {
  if (text) return Secret{*std::move(text), place};
  draft.log.add(place.spot, std::move(text).error().what);
  return std::nullopt;
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
  if (given.ends_with("_file")) {
    return take(draft, place, secret_of_file(draft.secrets, place.text, "the " + std::string(secret.noun)));
  }
  if (given.ends_with("_env")) {
    const std::string example = secret.key == "url" ? "SLACK_URL" : "SONDE_TOKEN";
    return take(draft, place, secret_of_variable(draft.secrets, place.text, example));
  }
  return Secret{place.text, place};
}

}  // namespace sonde::config
