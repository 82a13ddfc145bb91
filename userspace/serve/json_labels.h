#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "measure/types.h"

namespace sonde::serve {

/// An object with a text for each label, in the order given.
inline nlohmann::ordered_json labels_object(const std::vector<measure::Label>& labels) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const measure::Label& label : labels) object[label.name] = label.value;
  return object;
}

}  // namespace sonde::serve
