#include "serve/incident_bodies.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "base/quantity.h"
#include "serve/json_body.h"
#include "serve/timestamp.h"

namespace sonde::serve {
namespace {

using alerts::IncidentAction;
using nlohmann::json;
using std::chrono::nanoseconds;

constexpr std::array<std::string_view, 5> kAcknowledgeFields{"author", "for", "until", "renew", "note"};
constexpr std::array<std::string_view, 4> kSnoozeFields{"author", "for", "until", "note"};
constexpr std::array<std::string_view, 2> kPlainFields{"author", "note"};
constexpr std::array<std::string_view, 2> kAssignFields{"author", "to"};
constexpr std::array<std::string_view, 3> kMergeFields{"author", "into", "note"};

struct ActionRow {
  IncidentAction action;
  std::string_view word;
  std::span<const std::string_view> fields;
};

constexpr std::array kActions{ActionRow{IncidentAction::kAcknowledge, "acknowledge", kAcknowledgeFields},
                              ActionRow{IncidentAction::kUnacknowledge, "unacknowledge", kPlainFields},
                              ActionRow{IncidentAction::kSnooze, "snooze", kSnoozeFields},
                              ActionRow{IncidentAction::kResolve, "resolve", kPlainFields},
                              ActionRow{IncidentAction::kNote, "note", kPlainFields},
                              ActionRow{IncidentAction::kAssign, "assign", kAssignFields},
                              ActionRow{IncidentAction::kMerge, "merge", kMergeFields},
                              ActionRow{IncidentAction::kEscalate, "escalate", kPlainFields}};
static_assert(kActions.size() == static_cast<std::size_t>(IncidentAction::kEscalate) + 1, "every action needs its row");

Error refuse(std::string what) { return Error{Code::kBadInput, std::move(what)}; }

constexpr std::array<std::string_view, 6> kReviewFields{"author", "cause", "action", "verdict", "follow_up", "fixed"};
constexpr std::array kVerdicts{alerts::Verdict::kUnknown, alerts::Verdict::kActionable, alerts::Verdict::kNoise,
                               alerts::Verdict::kKnown};
static_assert(kVerdicts.size() == static_cast<std::size_t>(alerts::Verdict::kKnown) + 1, "every verdict can be said");

/// Who asks for it: who has logged in, or whom the body names.
Result<std::string> read_author(const JsonObject& object, const OrderContext& context) {
  std::string author = SONDE_TRY(object.text("author"));
  if (!context.user.empty()) return context.user;
  if (author.empty()) return refuse("author: is missing: who asks for it, since nobody has to log in here");
  return author;
}

Result<std::optional<std::string>> read_text(const JsonObject& object, std::string_view name) {
  if (object.find(name) == nullptr) return std::optional<std::string>{};
  return std::optional{SONDE_TRY(object.text(name))};
}

Result<std::optional<alerts::Verdict>> read_verdict(const JsonObject& object) {
  const std::optional<std::string> word = SONDE_TRY(read_text(object, "verdict"));
  if (!word) return std::optional<alerts::Verdict>{};
  for (const alerts::Verdict verdict : kVerdicts) {
    if (name_of(verdict) == *word) return std::optional{verdict};
  }
  return refuse("verdict: must be unknown, actionable, noise or known");
}

/// How long, from `for` or `until`; zero if neither is there.
Result<nanoseconds> read_length(const JsonObject& object, WallTime now) {
  const std::string length = SONDE_TRY(object.text("for"));
  const std::string until = SONDE_TRY(object.text("until"));
  if (!length.empty() && !until.empty()) return refuse("`for` and `until` say the same: leave one of them out");
  if (!length.empty()) {
    auto parsed = parse_duration(length);
    if (!parsed) return std::move(parsed).error().with("for");
    if (*parsed <= nanoseconds{0}) return refuse("for: must be longer than nothing, such as 1h");
    return parsed;
  }
  if (until.empty()) return nanoseconds{0};
  auto at = parse_rfc3339(until);
  if (!at) return std::move(at).error().with("until");
  if (*at <= now) return refuse("until: is in the past");
  return nanoseconds{*at - now};
}

Result<> read_fields(const JsonObject& object, alerts::IncidentOrder& order, WallTime now) {
  switch (order.action) {
    case IncidentAction::kAcknowledge:
      order.length = SONDE_TRY(read_length(object, now));
      order.renew = SONDE_TRY(object.flag("renew", false));
      return Ok{};
    case IncidentAction::kSnooze:
      order.length = SONDE_TRY(read_length(object, now));
      if (order.length == nanoseconds{0}) return refuse("for: is missing: how long to snooze, such as 1h");
      return Ok{};
    case IncidentAction::kNote:
      if (order.text.empty()) return refuse("note: is missing: what you want to note");
      return Ok{};
    case IncidentAction::kAssign:
      order.text = SONDE_TRY(object.text("to"));
      if (order.text.empty()) return refuse("to: is missing: whom to assign it to");
      return Ok{};
    case IncidentAction::kMerge:
      order.into = SONDE_TRY(object.number("into"));
      if (order.into == 0) return refuse("into: is missing: the number of the incident to merge it into");
      return Ok{};
    case IncidentAction::kUnacknowledge:
    case IncidentAction::kResolve:
    case IncidentAction::kEscalate:
      return Ok{};
  }
  std::abort();
}

}  // namespace

std::optional<IncidentAction> action_of(std::string_view word) {
  const auto row = std::ranges::find(kActions, word, &ActionRow::word);
  if (row == kActions.end()) return std::nullopt;
  return row->action;
}

std::span<const std::string_view> action_words() {
  static const auto kWords = [] {
    std::array<std::string_view, kActions.size()> words;
    std::ranges::transform(kActions, words.begin(), &ActionRow::word);
    return words;
  }();
  return kWords;
}

Result<alerts::IncidentOrder> parse_order(IncidentAction action, std::string_view body, const OrderContext& context) {
  const json parsed = body.empty() ? json::object() : SONDE_TRY(parse_json_body(body));
  const JsonObject object = SONDE_TRY(JsonObject::of(parsed));
  SONDE_TRY(object.only(kActions[static_cast<std::size_t>(action)].fields));
  alerts::IncidentOrder order;
  order.action = action;
  order.actor = SONDE_TRY(read_author(object, context));
  order.text = SONDE_TRY(object.text("note"));
  SONDE_TRY(read_fields(object, order, context.now));
  auto version = parse_if_match(context.if_match);
  if (!version) return std::move(version).error().with("If-Match");
  order.version = *version;
  return order;
}

Result<alerts::ReviewOrder> parse_review(std::string_view body, const OrderContext& context) {
  const json parsed = body.empty() ? json::object() : SONDE_TRY(parse_json_body(body));
  const JsonObject object = SONDE_TRY(JsonObject::of(parsed));
  SONDE_TRY(object.only(kReviewFields));
  alerts::ReviewOrder order;
  order.actor = SONDE_TRY(read_author(object, context));
  order.cause = SONDE_TRY(read_text(object, "cause"));
  order.action = SONDE_TRY(read_text(object, "action"));
  order.verdict = SONDE_TRY(read_verdict(object));
  order.follow_up = SONDE_TRY(read_text(object, "follow_up"));
  if (object.find("fixed") != nullptr) order.fixed = SONDE_TRY(object.flag("fixed", false));
  return order;
}

Result<std::optional<std::uint64_t>> parse_if_match(std::string_view header) {
  if (header.empty() || header == "*") return std::optional<std::uint64_t>{};
  std::string_view digits = header;
  if (digits.starts_with("W/")) digits.remove_prefix(2);
  if (digits.size() > 2 && digits.starts_with('"') && digits.ends_with('"'))
    digits = digits.substr(1, digits.size() - 2);
  std::uint64_t version = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (failed != std::errc{} || end != digits.data() + digits.size()) {
    return refuse("must be the ETag of an incident, such as \"3\"");
  }
  return std::optional{version};
}

Result<std::vector<store::Matcher>> parse_preview(std::string_view body) {
  constexpr std::array<std::string_view, 1> kFields{"matchers"};
  const json parsed = SONDE_TRY(parse_json_body(body));
  const JsonObject object = SONDE_TRY(JsonObject::of(parsed));
  SONDE_TRY(object.only(kFields));
  const json* const matchers = object.find("matchers");
  if (matchers == nullptr) return refuse("matchers: are missing: they say what would be silenced");
  std::vector<store::Matcher> read = SONDE_TRY(read_matchers(*matchers, "matchers"));
  if (read.empty()) return refuse("matchers: must not be empty");
  return read;
}

}  // namespace sonde::serve
