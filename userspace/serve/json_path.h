#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

// What is looked for in JSON of others, which may say anything.
namespace sonde::serve {

/// The value at `keys`, each an object's; nullptr if there is none.
const nlohmann::json* json_at(const nlohmann::json& value, std::initializer_list<std::string_view> keys);

/// The text there; empty if there is none.
std::string json_text_at(const nlohmann::json& value, std::initializer_list<std::string_view> keys);

}  // namespace sonde::serve
