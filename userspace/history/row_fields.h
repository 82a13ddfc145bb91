#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "history/json_fields.h"

namespace sonde::history {

/// Puts each field of a row into an object.
struct FieldWriter {
  Json::object_t members;

  template <class T>
  void operator()(const char* name, const T& field) {
    members.emplace(name, json_of(field));
  }
  [[nodiscard]] Json json() && { return Json(std::move(members)); }
  [[nodiscard]] std::string text() && {
    return std::move(*this).json().dump(-1, ' ', false, Json::error_handler_t::replace);
  }
};

/// Takes each field from an object that has it.
struct FieldReader {
  Json json;
  std::string fault;

  explicit FieldReader(Json from) : json(std::move(from)) {
    if (!json.is_object()) fault = "it is no JSON object";
  }
  explicit FieldReader(std::string_view body) : FieldReader(Json::parse(body, nullptr, false)) {}

  template <class T>
  void operator()(const char* name, T& field) {
    if (!fault.empty()) return;
    const auto found = json.find(name);
    if (found != json.end() && !read(*found, field)) fault = std::string("its '") + name + "' makes no sense";
  }
};

/// What was read, unless it made no sense.  errors: kBadInput.
template <class T>
Result<T> outcome(const FieldReader& reader, T value) {
  if (!reader.fault.empty()) return Error{Code::kBadInput, reader.fault};
  return value;
}

}  // namespace sonde::history
