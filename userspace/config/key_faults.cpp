#include "config/key_faults.h"

#include "base/nearest_word.h"
#include "config/spelling.h"

namespace sonde::config {

std::string key_fault(const Node& key) {
  if (key.kind != NodeKind::kScalar || key.tagged || key.text.empty()) return "a key must be one plain word";
  if (key.text != "<<") return "";
  return "merge keys (<<) are not supported: write the keys out, or alias a whole value with *NAME";
}

UnknownKey unknown_key(std::string_view name, std::span<const std::string_view> known, bool guarded) {
  const std::string_view meant = nearest_word(name, known);
  const bool is_shown = is_plain_key(name) && (!guarded || !meant.empty());
  std::string what = is_shown ? "unknown key '" + std::string(name) + "'" : "unknown key";
  if (!meant.empty()) return {is_shown, what + ", did you mean '" + std::string(meant) + "'?"};
  std::string list;
  for (const std::string_view each : known) list += (list.empty() ? "" : ", ") + std::string(each);
  return {is_shown, what + ": known here are " + list};
}

}  // namespace sonde::config
