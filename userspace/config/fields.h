#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/value.h"

// Reading a mapping of the file into a value of its own, for what is written within itself or comes in many kinds: the
// tables of schema.h are for what has one place in the configuration.
namespace sonde::config {

/// One key of a mapping.
struct NamedValue {
  std::string name;
  Position at;  ///< of the key
  Value value;
};

/// The entries, each key once, in the file's order; none if there is nothing after the key. Nothing, and a fault, for
/// what is no mapping.
std::optional<std::vector<NamedValue>> read_entries(const Value& mapping);

/// Leaves a fault about a key of `mapping` that nobody knows. What is not near to a known one is not repeated where
/// `guarded`.
void refuse_unknown(const Value& mapping, const NamedValue& entry, std::span<const std::string_view> known,
                    bool guarded);

/// How one key is read into a value.
template <class Into>
struct Field {
  std::string_view name;
  bool (*read)(const Value& value, Into& into);
};

/// Reads every key of a mapping by its row. False, and faults, if any does not fit, or none is known by its name.
template <class Into>
bool read_fields(const Value& mapping, std::span<const Field<Into>> fields, Into& into, bool guarded = false) {
  const auto entries = read_entries(mapping);
  if (!entries) return false;
  bool all_sound = true;
  for (const NamedValue& entry : *entries) {
    const auto field = std::ranges::find(fields, std::string_view(entry.name), &Field<Into>::name);
    if (field != fields.end()) {
      all_sound = field->read(entry.value, into) && all_sound;
      continue;
    }
    std::vector<std::string_view> known;
    for (const Field<Into>& each : fields) known.push_back(each.name);
    refuse_unknown(mapping, entry, known, guarded);
    all_sound = false;
  }
  return all_sound;
}

/// Reads `true` and `false`, and what YAML 1.1 takes for them (yes, on), as Alertmanager does.
bool read_yes_no(const Value& value, bool& into);

}  // namespace sonde::config
