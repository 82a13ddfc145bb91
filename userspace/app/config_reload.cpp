#include "app/config_reload.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "app/log.h"
#include "base/yaml_document.h"

namespace sonde::app {
namespace {

/// Keys that ConfigReload has used anew, with all below them.
constexpr std::array<std::string_view, 5> kLive{"notify", "oncall", "maintenance", "rules", "alertmanager_file"};

bool is_same(const Node& left, const Node& right) {
  const auto are_same = [](const NodePtr& one, const NodePtr& other) { return is_same(*one, *other); };
  const auto entries_are_same = [](const Entry& one, const Entry& other) {
    return is_same(*one.key, *other.key) && is_same(*one.value, *other.value);
  };
  return left.kind == right.kind && left.text == right.text && std::ranges::equal(left.items, right.items, are_same) &&
         std::ranges::equal(left.entries, right.entries, entries_are_same);
}

/// The value of a top-level key; null if it is not there.
NodePtr value_of_key(const NodePtr& root, const std::string& key) {
  if (root == nullptr) return nullptr;
  const auto found = std::ranges::find_if(root->entries, [&](const Entry& entry) { return entry.key->text == key; });
  return found == root->entries.end() ? nullptr : found->value;
}

NodePtr root_of(std::string_view text) {
  auto root = parse_document(text);
  return root ? *std::move(root) : nullptr;
}

void log_lines(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    log_error("fault in the configuration", {{"fault", std::string(line)}});
  }
}

}  // namespace

std::vector<std::string> keys_for_restart(std::string_view before, std::string_view after) {
  const NodePtr old_root = root_of(before);
  const NodePtr new_root = root_of(after);
  std::vector<std::string> keys;
  const auto consider = [&](const std::string& key) {
    if (std::ranges::find(kLive, key) != kLive.end() || std::ranges::find(keys, key) != keys.end()) return;
    const NodePtr old_value = value_of_key(old_root, key);
    const NodePtr new_value = value_of_key(new_root, key);
    const bool is_unchanged = old_value != nullptr && new_value != nullptr && is_same(*old_value, *new_value);
    if (!is_unchanged) keys.push_back(key);
  };
  for (const NodePtr& root : {new_root, old_root}) {
    if (root == nullptr) continue;
    for (const Entry& entry : root->entries) consider(entry.key->text);
  }
  return keys;
}

Result<> ConfigReload::reload() {
  auto config = parts_.read();
  Result<> used = config ? use(*std::move(config)) : Result<>(std::move(config).error());
  if (used) return used;
  parts_.live.reject();
  log_lines(used.error().what);
  log_error("the configuration has faults and stays as it was");
  return used;
}

Result<> ConfigReload::use(config::Config config) {
  const auto before = parts_.live.get();
  const auto after = std::make_shared<const config::Config>(std::move(config));
  SONDE_TRY(parts_.alerting.reconfigure(after, notify::make_senders(after->notify, parts_.transports)));
  for (const config::ConfigFault& notice : after->notices) {
    log_warning("the configuration has what has no effect, continuing", {{"what", notice.path + ": " + notice.what}});
  }
  std::string keys;
  for (const std::string& key : keys_for_restart(before->shown_text, after->shown_text)) {
    keys += (keys.empty() ? "" : ", ") + key;
  }
  if (!keys.empty()) log_warning("what has changed takes effect after a restart only", {{"keys", keys}});
  parts_.live.set(after, parts_.clock.now());
  log_info("the configuration is read");
  return Ok{};
}

}  // namespace sonde::app
