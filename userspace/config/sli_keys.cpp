#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/sections.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostSlis = 100;
constexpr std::size_t kMostNameBytes = 64;

/// RFC 9110, 9.3, and PATCH of RFC 5789; what else there is goes by OpenTelemetry's word.
constexpr std::array<std::string_view, 10> kMethods{"CONNECT", "DELETE", "GET", "HEAD",  "OPTIONS",
                                                    "PATCH",   "POST",   "PUT", "TRACE", "_OTHER"};

bool read_methods(const Value& value, Draft& draft) {
  std::vector<std::string> methods;
  if (!value.read_texts(methods)) return false;
  for (const std::string& method : methods) {
    if (std::ranges::find(kMethods, method) == kMethods.end()) {
      return value.refuse(shown_value(method) + " is no method: write GET, POST and so on in capitals, _OTHER for " +
                          "whatever is not one of HTTP's");
    }
  }
  draft.sli.methods = std::move(methods);
  return true;
}

bool read_routes(const Value& value, Draft& draft) {
  std::vector<std::string> routes;
  if (!value.read_texts(routes)) return false;
  for (const std::string& route : routes) {
    if (!value.accept(check_route(route))) return false;
  }
  draft.sli.routes = std::move(routes);
  return true;
}

/// `2xx`, `404` or `200-299`.
bool read_status(std::string_view text, measure::StatusRange& into) {
  constexpr std::uint16_t kLeast = 100;
  constexpr std::uint16_t kMost = 599;
  if (text.size() == 3 && text.substr(1) == "xx" && text[0] >= '1' && text[0] <= '5') {
    const auto hundred = static_cast<std::uint16_t>((text[0] - '0') * 100);
    into = {hundred, static_cast<std::uint16_t>(hundred + 99)};
    return true;
  }
  const std::size_t dash = text.find('-');
  const auto first = parse_whole_number(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_whole_number(text.substr(dash + 1));
  if (!first || !last || *first < kLeast || *last > kMost || *first > *last) return false;
  into = {static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
  return true;
}

bool read_statuses(const Value& value, std::vector<measure::StatusRange>& into) {
  std::vector<std::string> texts;
  if (!value.read_texts(texts)) return false;
  std::vector<measure::StatusRange> ranges;
  for (const std::string& text : texts) {
    if (!read_status(text, ranges.emplace_back())) {
      return value.refuse(shown_value(text) + " is no HTTP status from 100 to 599: write `2xx`, `404` or `200-299`");
    }
  }
  into = std::move(ranges);
  return true;
}

bool read_objective(const Value& value, Draft& draft) {
  double objective = 0;
  if (!value.read_ratio(objective)) return false;
  if (objective <= 0 || objective >= 1) {
    return value.refuse("must be above 0 % and below 100 %: without an error budget nothing can be spent");
  }
  draft.sli.objective = objective;
  return true;
}

constexpr std::array kSliKeys{
    Key{.name = "service",
        .read = [](const Value& value, Draft& draft) { return value.read_texts(draft.sli.services); }},
    Key{.name = "route", .read = read_routes},
    Key{.name = "method", .read = read_methods},
    Key{.name = "good_status",
        .read = [](const Value& value, Draft& draft) { return read_statuses(value, draft.sli.good_statuses); }},
    Key{.name = "ignored_status",
        .read = [](const Value& value, Draft& draft) { return read_statuses(value, draft.sli.ignored_statuses); }},
    Key{.name = "good_within",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.sli.good_within.emplace(), {1us, 24h});
            }},
    Key{.name = "objective", .read = read_objective},
};

}  // namespace

std::span<const Key> sli_keys() { return kSliKeys; }

void start_sli(Draft& draft, const std::string& name) {
  draft.sli = {};
  draft.sli.name = name;
}

void finish_sli(Draft& draft, const Spot& spot) {
  const std::string& name = draft.sli.name;
  if (name.size() > kMostNameBytes || !is_plain_key(name)) {
    draft.log.add(spot, "must have a name of at most 64 letters, digits, '_', '-' and '.'");
    return;
  }
  if (draft.config.measure.slis.size() == kMostSlis) {
    draft.log.add(spot, "is one too many: there may be " + std::to_string(kMostSlis));
    return;
  }
  draft.config.measure.slis.push_back(std::move(draft.sli));
}

}  // namespace sonde::config
