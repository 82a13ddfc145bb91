#include "config/fields.h"

#include <cctype>
#include <map>
#include <utility>

#include "config/key_faults.h"
#include "config/spelling.h"

namespace sonde::config {
std::optional<std::vector<NamedValue>> read_entries(const Value& mapping) {
  const Node& node = mapping.node();
  std::vector<NamedValue> found;
  if (node.kind == NodeKind::kNull) return found;
  if (node.kind != NodeKind::kMapping || node.tagged) {
    mapping.refuse("takes a mapping: write each key on a line of its own, below and further to the right");
    return std::nullopt;
  }
  std::map<std::string_view, int> lines;
  for (const Entry& entry : node.entries) {
    if (std::string fault = key_fault(*entry.key); !fault.empty()) {
      mapping.log().add(Spot{entry.key->at, mapping.spot().path}, std::move(fault));
      continue;
    }
    const std::string& name = entry.key->text;
    const auto [first, fresh] = lines.emplace(name, entry.key->at.line);
    if (!fresh) {
      mapping.log().add(Spot{entry.key->at, mapping.spot().path},
                        "this key is already at line " + std::to_string(first->second) + ": keep one of them");
      continue;
    }
    // The parser places a missing value where the next thing stands.
    const Position at = entry.value->kind == NodeKind::kNull ? entry.key->at : entry.value->at;
    found.push_back(
        {name, entry.key->at, Value(*entry.value, Spot{at, child_path(mapping.spot().path, name)}, mapping.log())});
  }
  return found;
}

void refuse_unknown(const Value& mapping, const NamedValue& entry, std::span<const std::string_view> known,
                    bool guarded) {
  UnknownKey unknown = unknown_key(entry.name, known, guarded);
  const Spot spot{entry.at, unknown.is_shown ? entry.value.spot().path : mapping.spot().path};
  mapping.log().add(spot, std::move(unknown.what));
}

bool read_yes_no(const Value& value, bool& into) {
  // https://yaml.org/type/bool.html, which the YAML of Go that Alertmanager uses follows.
  constexpr std::array<std::string_view, 8> kWords{"false", "true", "no", "yes", "off", "on", "n", "y"};
  std::string text;
  if (!value.read_text(text)) return false;
  std::ranges::transform(text, text.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  const auto found = std::ranges::find(kWords, std::string_view(text));
  if (found == kWords.end()) return value.refuse(shown_value(text) + " is neither true nor false");
  into = (found - kWords.begin()) % 2 == 1;
  return true;
}

}  // namespace sonde::config
