#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/types.h"

// How JSON that clients send is read: every fault says where it is, as `matchers[2].name`.
namespace sonde::serve {

/// True for application/json and application/anything+json, with whatever parameters.
bool is_json_type(std::string_view content_type);

/// errors: kBadInput, with the place.
Result<nlohmann::json> parse_json_body(std::string_view text);

/// One object of a body, and where it stands in it.
class JsonObject {
 public:
  /// errors: kBadInput for what is no object.
  static Result<JsonObject> of(const nlohmann::json& value, std::string place = "");

  /// errors: kBadInput for a name that is none of `known`, with the one that was meant.
  [[nodiscard]] Result<> only(std::span<const std::string_view> known) const;

  /// nullptr if there is none, or it is null.
  [[nodiscard]] const nlohmann::json* find(std::string_view name) const;

  /// Empty if there is none.  errors: kBadInput for what is no text.
  [[nodiscard]] Result<std::string> text(std::string_view name) const;
  [[nodiscard]] Result<bool> flag(std::string_view name, bool otherwise) const;
  /// Zero if there is none.  errors: kBadInput for what is no number from 1 on.
  [[nodiscard]] Result<std::int64_t> number(std::string_view name) const;

  /// `place.name`, for messages.
  [[nodiscard]] std::string place_of(std::string_view name) const;

 private:
  JsonObject(const nlohmann::json& value, std::string place) : value_(&value), place_(std::move(place)) {}

  const nlohmann::json* value_;
  std::string place_;
};

/// Reads `[{"name": "a", "value": "b", "isRegex": false, "isEqual": true}, ...]`, as Alertmanager has it.
/// errors: kBadInput; whether a regular expression is one is not looked at.
Result<std::vector<store::Matcher>> read_matchers(const nlohmann::json& list, const std::string& place);

}  // namespace sonde::serve
