#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/nearest_word.h"
#include "base/yaml_document.h"
#include "rules/fault_list.h"

namespace sonde::rules {

/// The entries of a mapping, by their keys.
class Fields {
 public:
  /// Faults keys that are unknown or there twice.
  Fields(const Node& mapping, std::span<const std::string_view> known, FaultList& faults) {
    for (const Entry& entry : mapping.entries) {
      const std::string& name = entry.key->text;
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        faults.add(entry.key->at, unknown_field(name, known));
      } else if (!fields_.emplace(name, &entry).second) {
        faults.add(entry.key->at, "'" + name + "' is given twice");
      }
    }
  }

  /// Null if it is not there, or null.
  [[nodiscard]] const Node* find(std::string_view name) const {
    const auto found = fields_.find(name);
    if (found == fields_.end() || found->second->value->kind == NodeKind::kNull) return nullptr;
    return found->second->value.get();
  }

 private:
  static std::string unknown_field(const std::string& name, std::span<const std::string_view> known) {
    std::string what = "there is no field '" + name + "' here";
    const std::string_view nearest = nearest_word(name, known);
    if (!nearest.empty()) return what + "; did you mean " + std::string(nearest) + "?";
    what += "; there are";
    for (const std::string_view field : known) what += (field == known.front() ? " " : ", ") + std::string(field);
    return what;
  }

  std::map<std::string, const Entry*, std::less<>> fields_;
};

}  // namespace sonde::rules
