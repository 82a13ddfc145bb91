#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "base/nearest_word.h"
#include "templates/functions.h"

namespace sonde::templates {
namespace {

constexpr ParameterKind kAny = ParameterKind::kAny;
constexpr ParameterKind kText = ParameterKind::kText;
constexpr ParameterKind kVector = ParameterKind::kVector;
constexpr ParameterKind kSample = ParameterKind::kSample;

// Patterns and queries may be slow for what they are long: a template gets few of them.
constexpr std::size_t kSlowSteps = 500;

constexpr Function of_none(std::string_view name, Implementation run) { return {name, {}, 0, false, run}; }
constexpr Function of_one(std::string_view name, ParameterKind kind, Implementation run) {
  return {name, {kind}, 1, false, run};
}
constexpr Function of_two(std::string_view name, ParameterKind first, ParameterKind second, Implementation run) {
  return {name, {first, second}, 2, false, run};
}
constexpr Function of_many(std::string_view name, std::size_t required, Implementation run) {
  return {name, {kAny, kAny, kAny}, required, true, run};
}
constexpr Function slow(Function function) {
  function.steps = kSlowSteps;
  return function;
}

constexpr std::array kFunctions{
    Function{"and", {kAny, kAny}, 1, true, nullptr, Runner::kAnd},
    of_many("args", 0, &run_arguments),
    of_many("call", 1, &run_call),
    of_many("eq", 1, &run_equal),
    of_none("externalURL", &run_external_url),
    of_one("first", kVector, &run_first),
    of_two("ge", kAny, kAny, &run_greater_or_equal),
    of_one("graphLink", kText, &run_graph_link),
    of_two("gt", kAny, kAny, &run_greater),
    of_many("html", 0, &run_html),
    of_one("humanize", kAny, &run_humanize),
    of_one("humanize1024", kAny, &run_humanize_1024),
    of_one("humanizeDuration", kAny, &run_humanize_duration),
    of_one("humanizePercentage", kAny, &run_humanize_percentage),
    of_one("humanizeTimestamp", kAny, &run_humanize_timestamp),
    of_many("index", 1, &run_index),
    of_two("join", kText, ParameterKind::kStrings, &run_join),
    of_many("js", 0, &run_js),
    of_two("label", kText, kSample, &run_label),
    of_two("le", kAny, kAny, &run_less_or_equal),
    of_one("len", kAny, &run_length),
    of_two("lt", kAny, kAny, &run_less),
    slow(of_two("match", kText, kText, &run_match)),
    of_two("ne", kAny, kAny, &run_not_equal),
    of_one("not", kAny, &run_not),
    of_none("now", &run_now),
    Function{"or", {kAny, kAny}, 1, true, nullptr, Runner::kOr},
    of_one("parseDuration", kText, &run_parse_duration),
    of_none("pathPrefix", &run_path_prefix),
    of_many("print", 0, &run_print),
    Function{"printf", {kText, kAny}, 1, true, &run_printf},
    of_many("println", 0, &run_println),
    slow(of_one("query", kText, &run_query)),
    slow(Function{"reReplaceAll", {kText, kText, kText}, 3, false, &run_replace_all}),
    of_one("safeHtml", kText, &run_safe_html),
    of_many("slice", 1, &run_slice),
    of_two("sortByLabel", kText, kVector, &run_sort_by_label),
    Function{"stringSlice", {kText, kText, kText}, 0, true, &run_string_slice},
    of_one("stripDomain", kText, &run_strip_domain),
    of_one("stripPort", kText, &run_strip_port),
    of_one("strvalue", kSample, &run_strvalue),
    of_one("tableLink", kText, &run_table_link),
    of_one("title", kText, &run_title),
    Function{"tmpl", {kText, kAny}, 2, false, nullptr, Runner::kTemplate},
    of_one("toDuration", kAny, &run_to_duration),
    of_one("toLower", kText, &run_to_lower),
    of_one("toTime", kAny, &run_to_time),
    of_one("toUpper", kText, &run_to_upper),
    of_one("trimSpace", kText, &run_trim_space),
    of_one("urlQueryEscape", kText, &run_url_query_escape),
    of_many("urlquery", 0, &run_urlquery),
    of_one("value", kSample, &run_value),
};

constexpr bool by_name(const Function& left, const Function& right) { return left.name < right.name; }
static_assert(std::is_sorted(kFunctions.begin(), kFunctions.end(), &by_name), "find_function() searches by halves");

}  // namespace

std::span<const Function> all_functions() { return kFunctions; }

const Function* find_function(std::string_view name) {
  const auto below = [](const Function& function, std::string_view wanted) { return function.name < wanted; };
  const auto found = std::lower_bound(kFunctions.begin(), kFunctions.end(), name, below);
  return found != kFunctions.end() && found->name == name ? &*found : nullptr;
}

std::string_view nearest_function(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Function& function : kFunctions) names.push_back(function.name);
  return nearest_word(name, names);
}

std::string_view name_of(ParameterKind kind) {
  switch (kind) {
    case ParameterKind::kAny:
      return "interface {}";
    case ParameterKind::kText:
      return "string";
    case ParameterKind::kVector:
      return "template.queryResult";
    case ParameterKind::kSample:
      return "*template.sample";
    case ParameterKind::kStrings:
      return "[]string";
  }
  std::abort();
}

}  // namespace sonde::templates
