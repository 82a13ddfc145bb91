#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "config/http_values.h"
#include "config/sections.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostSlis = 100;
constexpr std::size_t kMostNameBytes = 64;

bool read_methods(const Value& value, Draft& draft) {
  std::vector<std::string> methods;
  if (!value.read_texts(methods)) return false;
  for (const std::string& method : methods) {
    if (!check_method(value, method)) return false;
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
