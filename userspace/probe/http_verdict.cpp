#include "probe/http_verdict.h"

#include <cstddef>
#include <nlohmann/json.hpp>

namespace sonde::probe {
namespace {

using nlohmann::json;

/// Deeper than any health page; what is nested deeper costs stack.
constexpr int kMostDepth = 64;

/// Nothing if the text is no JSON, or too deep.
json parsed(std::string_view text) {
  const json::parser_callback_t is_shallow = [](int depth, json::parse_event_t, json&) { return depth <= kMostDepth; };
  return json::parse(text, is_shallow, /*allow_exceptions=*/false);
}

/// A string itself, and anything else as JSON writes it.
std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string describe_json(const HttpProbe& http, const Patterns& patterns, std::string_view body) {
  const json document = parsed(body);
  if (document.is_discarded()) return "the body is not JSON";
  for (std::size_t i = 0; i < http.json.size(); ++i) {
    const std::string& pointer = http.json[i].pointer;
    try {
      const json::json_pointer place(pointer);
      if (!document.contains(place)) return "the body has nothing at " + pointer;
      if (!re2::RE2::FullMatch(text_of(document.at(place)), *patterns.json()[i])) {
        return "what the body has at " + pointer + " does not match " + http.json[i].matches;
      }
    } catch (const json::exception&) {  // an array index that is none
      return "the body has nothing at " + pointer;
    }
  }
  return "";
}

}  // namespace

std::string describe_status(const HttpProbe& http, std::uint16_t status) {
  if (holds(http.statuses, status)) return "";
  std::string wanted;
  for (const StatusRange& range : http.statuses) {
    wanted += (wanted.empty() ? "" : ", ") + std::to_string(range.first);
    if (range.last != range.first) wanted += "-" + std::to_string(range.last);
  }
  return "status " + std::to_string(status) + ", not " + wanted;
}

std::string describe_body(const HttpProbe& http, const Patterns& patterns, std::string_view body) {
  if (patterns.answer() != nullptr &&
      !re2::RE2::PartialMatch(re2::StringPiece(body.data(), body.size()), *patterns.answer())) {
    return "the body does not match " + http.body_matches;
  }
  return http.json.empty() ? "" : describe_json(http, patterns, body);
}

}  // namespace sonde::probe
