#include "serve/oncall_bodies.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/quantity.h"
#include "serve/json_body.h"
#include "serve/timestamp.h"

namespace sonde::serve {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 8> kOverrideFields{"schedule", "person", "replaces", "from",
                                                          "until",    "for",    "comment",  "author"};
constexpr std::array<std::string_view, 5> kSwapFields{"schedule", "one", "other", "comment", "author"};
constexpr std::array<std::string_view, 3> kSideFields{"person", "from", "until"};

Error refuse(std::string what) { return {Code::kBadInput, std::move(what)}; }

Result<WallTime> read_time(const JsonObject& object, std::string_view name) {
  const std::string text = SONDE_TRY(object.text(name));
  if (text.empty()) return refuse(object.place_of(name) + ": is missing: a time such as 2026-06-01T10:00:00Z");
  auto at = parse_rfc3339(text);
  if (!at) return std::move(at).error().with(object.place_of(name));
  return at;
}

Result<std::string> read_author(const JsonObject& object, const std::string& user) {
  std::string author = SONDE_TRY(object.text("author"));
  if (!user.empty()) return user;
  if (author.empty()) return refuse("author: is missing: who asks for it, since nobody has to log in here");
  return author;
}

Result<std::string> read_name(const JsonObject& object, std::string_view name, std::string_view what) {
  std::string text = SONDE_TRY(object.text(name));
  if (text.empty()) return refuse(object.place_of(name) + ": is missing: " + std::string(what));
  return text;
}

Result<WallTime> read_end(const JsonObject& object, WallTime starts_at) {
  const std::string length = SONDE_TRY(object.text("for"));
  const bool has_end = object.find("until") != nullptr;
  if (has_end && !length.empty()) return refuse("`for` and `until` say the same: leave one of them out");
  if (length.empty()) return read_time(object, "until");
  auto parsed = parse_duration(length);
  if (!parsed) return std::move(parsed).error().with("for");
  return starts_at + *parsed;
}

Result<SwapRequest::Side> read_side(const JsonObject& swap, std::string_view name) {
  const json* const value = swap.find(name);
  if (value == nullptr) return refuse(std::string(name) + ": is missing: whose shifts, from when until when");
  const JsonObject object = SONDE_TRY(JsonObject::of(*value, std::string(name)));
  SONDE_TRY(object.only(kSideFields));
  SwapRequest::Side side;
  side.person = SONDE_TRY(read_name(object, "person", "whose shifts they are"));
  side.from = SONDE_TRY(read_time(object, "from"));
  side.until = SONDE_TRY(read_time(object, "until"));
  return side;
}

}  // namespace

Result<oncall::Override> parse_override(std::string_view body, const std::string& user, WallTime now) {
  const json parsed = SONDE_TRY(parse_json_body(body));
  const JsonObject object = SONDE_TRY(JsonObject::of(parsed));
  SONDE_TRY(object.only(kOverrideFields));
  oncall::Override wanted;
  wanted.schedule = SONDE_TRY(read_name(object, "schedule", "which schedule is changed"));
  if (object.find("person") == nullptr) return refuse("person: is missing: who is on call then; \"\" is nobody");
  wanted.person = SONDE_TRY(object.text("person"));
  wanted.replaces = SONDE_TRY(object.text("replaces"));
  wanted.starts_at = object.find("from") == nullptr ? now : SONDE_TRY(read_time(object, "from"));
  wanted.ends_at = SONDE_TRY(read_end(object, wanted.starts_at));
  wanted.comment = SONDE_TRY(object.text("comment"));
  wanted.author = SONDE_TRY(read_author(object, user));
  return wanted;
}

Result<SwapRequest> parse_swap(std::string_view body, const std::string& user) {
  const json parsed = SONDE_TRY(parse_json_body(body));
  const JsonObject object = SONDE_TRY(JsonObject::of(parsed));
  SONDE_TRY(object.only(kSwapFields));
  SwapRequest swap;
  swap.schedule = SONDE_TRY(read_name(object, "schedule", "which schedule is changed"));
  swap.one = SONDE_TRY(read_side(object, "one"));
  swap.other = SONDE_TRY(read_side(object, "other"));
  swap.comment = SONDE_TRY(object.text("comment"));
  swap.author = SONDE_TRY(read_author(object, user));
  return swap;
}

}  // namespace sonde::serve
