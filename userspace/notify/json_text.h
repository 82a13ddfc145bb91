#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace sonde::notify {

/// JSON on one line. What is not UTF-8 is replaced: a message must not fail over a byte.
inline std::string json_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace sonde::notify
