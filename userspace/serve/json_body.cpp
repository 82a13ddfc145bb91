#include "serve/json_body.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/nearest_word.h"
#include "base/utf8.h"

namespace sonde::serve {
namespace {

using nlohmann::json;

Error refuse(const std::string& place, const std::string& what) { return Error{Code::kBadInput, place + ": " + what}; }

std::string shown(std::string_view text) {
  constexpr std::size_t kShown = 64;
  return "'" + sanitise_utf8(text.substr(0, kShown)) + "'";
}

/// Containers within containers up to so many levels: far more than any body needs, and few enough to copy and destroy
/// without thinking of the stack.
constexpr int kMaxDepth = 64;

}  // namespace

bool is_json_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find_first_of("; \t")));
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char letter) { return std::tolower(letter); });
  return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

Result<json> parse_json_body(std::string_view text) {
  bool is_deep = false;
  const auto watch_depth = [&is_deep](int depth, json::parse_event_t, const json&) {
    is_deep = is_deep || depth > kMaxDepth;
    return !is_deep;
  };
  try {
    json parsed = json::parse(text, watch_depth);
    if (is_deep) return refuse("the body", "has more than " + std::to_string(kMaxDepth) + " levels");
    return parsed;
  } catch (const json::exception& fault) {
    std::string what = fault.what();
    const std::size_t end = what.find("] ");
    return refuse("the body is no JSON", sanitise_utf8(end == std::string::npos ? what : what.substr(end + 2)));
  }
}

Result<JsonObject> JsonObject::of(const json& value, std::string place) {
  if (value.is_object()) return JsonObject(value, std::move(place));
  return refuse(place.empty() ? "the body" : place, "must be an object, such as {\"author\": \"ann\"}");
}

std::string JsonObject::place_of(std::string_view name) const {
  return place_.empty() ? std::string(name) : place_ + "." + std::string(name);
}

Result<> JsonObject::only(std::span<const std::string_view> known) const {
  for (const auto& [name, value] : value_->items()) {
    if (std::ranges::find(known, std::string_view(name)) != known.end()) continue;
    const std::string nearest(nearest_word(name, known));
    std::string what = "is no known field";
    if (!nearest.empty()) {
      what += "; did you mean '" + nearest + "'?";
    } else if (!known.empty()) {
      what += "; there are";
      for (const std::string_view each : known) what += (each == known.front() ? " " : ", ") + std::string(each);
    }
    return refuse(place_.empty() ? shown(name) : place_ + ": " + shown(name), what);
  }
  return Ok{};
}

const json* JsonObject::find(std::string_view name) const {
  const auto found = value_->find(name);
  return found == value_->end() || found->is_null() ? nullptr : &*found;
}

Result<std::string> JsonObject::text(std::string_view name) const {
  const json* const value = find(name);
  if (value == nullptr) return std::string();
  if (value->is_string()) return value->get<std::string>();
  return refuse(place_of(name), "must be a text");
}

Result<bool> JsonObject::flag(std::string_view name, bool otherwise) const {
  const json* const value = find(name);
  if (value == nullptr) return otherwise;
  if (value->is_boolean()) return value->get<bool>();
  return refuse(place_of(name), "must be true or false");
}

Result<std::int64_t> JsonObject::number(std::string_view name) const {
  const json* const value = find(name);
  if (value == nullptr) return std::int64_t{0};
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const bool fits =
      value->is_number_unsigned() && value->get<std::uint64_t>() > 0 && value->get<std::uint64_t>() <= kMost;
  if (fits) return static_cast<std::int64_t>(value->get<std::uint64_t>());
  return refuse(place_of(name), "must be a whole number from 1 on");
}

Result<std::vector<store::Matcher>> read_matchers(const json& list, const std::string& place) {
  if (!list.is_array()) return refuse(place, "must be a list of matchers");
  std::vector<store::Matcher> matchers;
  for (const json& item : list) {
    const std::string here = place + "[" + std::to_string(matchers.size()) + "]";
    const JsonObject object = SONDE_TRY(JsonObject::of(item, here));
    store::Matcher matcher;
    matcher.name = SONDE_TRY(object.text("name"));
    matcher.value = SONDE_TRY(object.text("value"));
    if (matcher.name.empty()) return refuse(here + ".name", "is missing: the label that the matcher is about");
    if (object.find("value") == nullptr) return refuse(here + ".value", "is missing");
    const bool is_regex = SONDE_TRY(object.flag("isRegex", false));
    const bool is_equal = SONDE_TRY(object.flag("isEqual", true));
    if (is_equal) {
      matcher.op = is_regex ? store::MatchOperator::kRegex : store::MatchOperator::kEqual;
    } else {
      matcher.op = is_regex ? store::MatchOperator::kNotRegex : store::MatchOperator::kNotEqual;
    }
    matchers.push_back(std::move(matcher));
  }
  return matchers;
}

}  // namespace sonde::serve
