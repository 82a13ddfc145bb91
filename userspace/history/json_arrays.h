#pragma once

#include <optional>
#include <vector>

#include "history/json_fields.h"

namespace sonde::history {

template <class T>
Json array_of(const std::vector<T>& values) {
  Json json = Json::array();
  for (const T& value : values) json.push_back(json_of(value));
  return json;
}

template <class T>
bool read_array(const Json& json, std::vector<T>& values) {
  if (!json.is_array()) return false;
  values.clear();
  for (const Json& element : json) {
    if (!read(element, values.emplace_back())) return false;
  }
  return true;
}

/// null is nothing.
template <class T>
bool read_optional(const Json& json, std::optional<T>& value) {
  value.reset();
  return json.is_null() || read(json, value.emplace());
}

}  // namespace sonde::history
