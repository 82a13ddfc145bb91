#include "serve/json_path.h"

namespace sonde::serve {

const nlohmann::json* json_at(const nlohmann::json& value, std::initializer_list<std::string_view> keys) {
  const nlohmann::json* here = &value;
  for (const std::string_view key : keys) {
    if (!here->is_object()) return nullptr;
    const auto found = here->find(key);
    if (found == here->end()) return nullptr;
    here = &*found;
  }
  return here;
}

std::string json_text_at(const nlohmann::json& value, std::initializer_list<std::string_view> keys) {
  const nlohmann::json* const found = json_at(value, keys);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace sonde::serve
