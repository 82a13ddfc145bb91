#include "config/reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/key_faults.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

/// Where reading has come to.
struct Scope {
  Spot spot;
  std::span<const Key> keys;
  bool guarded = false;
};

using EntryByName = std::map<std::string_view, const Entry*>;

void read_mapping(const Node& node, const Scope& scope, Draft& draft);

std::vector<std::string_view> names_of(std::span<const Key> keys) {
  std::vector<std::string_view> names;
  for (const Key& key : keys) names.push_back(key.name);
  return names;
}

std::string list_of(std::span<const Key> keys) {
  std::string list;
  for (const Key& key : keys) list += (list.empty() ? "" : ", ") + std::string(key.name);
  return list;
}

bool is_known(std::string_view name, std::span<const Key> keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
}

/// The name of a mapping's entry; nothing, and a fault, if it has none that could be a key.
std::optional<std::string_view> key_name(const Entry& entry, const Scope& scope, Draft& draft) {
  std::string fault = key_fault(*entry.key);
  if (fault.empty()) return entry.key->text;
  draft.log.add(Spot{entry.key->at, scope.spot.path}, std::move(fault));
  return std::nullopt;
}

/// The entries by name, each once; faults for everything else.
EntryByName index_entries(const Node& node, const Scope& scope, Draft& draft) {
  EntryByName entries;
  for (const Entry& entry : node.entries) {
    const auto name = key_name(entry, scope, draft);
    if (!name) continue;
    const auto [first, fresh] = entries.emplace(*name, &entry);
    if (fresh) continue;
    const bool shown = is_plain_key(*name) && (!scope.guarded || is_known(*name, scope.keys));
    const Position& before = first->second->key->at;
    draft.log.add(Spot{entry.key->at, shown ? child_path(scope.spot.path, *name) : scope.spot.path},
                  "this key is already at line " + std::to_string(before.line) + ": keep one of them");
  }
  return entries;
}

void report_unknown(const Entry& entry, const Scope& scope, Draft& draft) {
  const std::string_view name = entry.key->text;
  UnknownKey unknown = unknown_key(name, names_of(scope.keys), scope.guarded);
  draft.log.add(Spot{entry.key->at, unknown.is_shown ? child_path(scope.spot.path, name) : scope.spot.path},
                std::move(unknown.what));
}

/// Whether the node can be read as a mapping; an empty one needs no reading. Leaves a fault if it is something else.
bool is_mapping(const Node& node, const Spot& spot, const std::string& content, Draft& draft) {
  if (node.kind == NodeKind::kMapping && !node.tagged) return true;
  if (node.kind == NodeKind::kNull) return false;
  draft.log.add(spot, node.tagged ? "YAML tags are not supported: remove the tag" : "takes a mapping of " + content);
  draft.log.note(spot, false);
  return false;
}

void read_items(const Node& node, const Scope& scope, const Key& key, Draft& draft) {
  const auto items = Value(node, scope.spot, draft.log).read_list();
  if (!items) return;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const Scope item{(*items)[i].spot(), key.keys, scope.guarded};
    const Node& content = *node.items[i];
    if (content.kind == NodeKind::kNull) draft.log.add(item.spot, "this item is empty: fill or remove it");
    if (!is_mapping(content, item.spot, list_of(key.keys), draft)) continue;
    if (key.enter != nullptr) key.enter(draft, {});
    read_mapping(content, item, draft);
    if (key.leave != nullptr) key.leave(draft, item.spot);
  }
}

void read_named(const Node& node, const Scope& scope, const Key& key, Draft& draft) {
  if (!is_mapping(node, scope.spot, "names, each with " + list_of(key.keys), draft)) return;
  for (const auto& [name, entry] : index_entries(node, scope, draft)) {
    const Spot spot{entry->key->at, child_path(scope.spot.path, name)};
    if (key.enter != nullptr) key.enter(draft, std::string(name));
    if (is_mapping(*entry->value, spot, list_of(key.keys), draft)) {
      read_mapping(*entry->value, Scope{spot, key.keys, scope.guarded}, draft);
    }
    if (key.leave != nullptr) key.leave(draft, spot);
  }
}

/// Every value below the mapping, by the names that lead to it.
void read_values(const Node& node, const Scope& scope, const Key& key, const std::string& prefix, Draft& draft) {
  if (!is_mapping(node, scope.spot, "parameters", draft)) return;
  for (const auto& [name, entry] : index_entries(node, scope, draft)) {
    const Spot spot{entry->value->at, child_path(scope.spot.path, name)};
    const std::string dotted = prefix + std::string(name);
    if (entry->value->kind == NodeKind::kMapping) {
      read_values(*entry->value, Scope{spot, {}, scope.guarded}, key, dotted + ".", draft);
    } else if (std::string text; Value(*entry->value, spot, draft.log).read_text(text)) {
      key.take(draft, dotted, text, spot.at);
    }
  }
}

/// Of a key with `enter`, one level of free names above the values.
void read_free(const Node& node, const Scope& scope, const Key& key, Draft& draft) {
  if (key.enter == nullptr) return read_values(node, scope, key, "", draft);
  if (!is_mapping(node, scope.spot, "names, each with parameters", draft)) return;
  for (const auto& [name, entry] : index_entries(node, scope, draft)) {
    const Spot spot{entry->key->at, child_path(scope.spot.path, name)};
    key.enter(draft, std::string(name));
    read_values(*entry->value, Scope{spot, {}, scope.guarded}, key, "", draft);
    key.leave(draft, spot);
  }
}

void read_section(const Node& node, const Scope& scope, const Key& key, Draft& draft) {
  if (!is_mapping(node, scope.spot, list_of(key.keys), draft)) return;
  if (!node.entries.empty()) draft.log.note(scope.spot, true);
  if (key.enter != nullptr) key.enter(draft, std::string(key.name));
  read_mapping(node, scope, draft);
  if (key.leave != nullptr) key.leave(draft, scope.spot);
}

void read_entry(const Entry& entry, const Scope& parent, const Key& key, Draft& draft) {
  const Node& node = *entry.value;
  // The parser places a missing value where the next thing stands.
  const Position at = node.kind == NodeKind::kNull ? entry.key->at : node.at;
  const Scope scope{Spot{at, child_path(parent.spot.path, key.name)}, key.keys, parent.guarded || key.guarded};
  switch (key.shape) {
    case KeyShape::kValue:
      draft.log.note(scope.spot, key.read(Value(node, scope.spot, draft.log), draft));
      break;
    case KeyShape::kSection:
      read_section(node, scope, key, draft);
      break;
    case KeyShape::kList:
      read_items(node, scope, key, draft);
      break;
    case KeyShape::kByName:
      read_named(node, scope, key, draft);
      break;
    case KeyShape::kFree:
      draft.log.note(scope.spot, true);
      read_free(node, scope, key, draft);
      break;
  }
}

void read_mapping(const Node& node, const Scope& scope, Draft& draft) {
  const EntryByName entries = index_entries(node, scope, draft);
  for (const auto& [name, entry] : entries) {
    if (!is_known(name, scope.keys)) report_unknown(*entry, scope, draft);
  }
  for (const Key& key : scope.keys) {
    const auto found = entries.find(key.name);
    if (found != entries.end()) read_entry(*found->second, scope, key, draft);
  }
}

}  // namespace

void read_root(const Node& root, Draft& draft) {
  const Scope scope{Spot{root.at, ""}, root_keys(), false};
  if (is_mapping(root, scope.spot, list_of(scope.keys), draft)) read_mapping(root, scope, draft);
}

}  // namespace sonde::config
