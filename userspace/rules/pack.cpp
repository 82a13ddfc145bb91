#include "rules/pack.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/go_number.h"
#include "base/nearest_word.h"
#include "base/quantity.h"
#include "base/yaml_document.h"
#include "rules/pack_files.h"
#include "rules/quoting.h"

namespace sonde::rules {
namespace {

constexpr std::string_view kParametersFile = "parameters.yml";
constexpr std::string_view kOpen = "${";
constexpr std::string_view kScope = "scope";
constexpr std::string_view kBy = "by";

using Values = std::map<std::string, std::string, std::less<>>;

constexpr std::array<std::pair<std::string_view, ParameterUnit>, 6> kUnits{{{"duration", ParameterUnit::kDuration},
                                                                            {"seconds", ParameterUnit::kSeconds},
                                                                            {"ratio", ParameterUnit::kRatio},
                                                                            {"percent", ParameterUnit::kPercent},
                                                                            {"count", ParameterUnit::kCount},
                                                                            {"bytes", ParameterUnit::kBytes}}};

std::string_view text_of(std::string_view name) {
  const auto files = pack_files();
  const auto found = std::find_if(files.begin(), files.end(), [&](const PackFile& file) { return file.name == name; });
  return found == files.end() ? std::string_view() : found->text;
}

std::string field_of(const Node& mapping, std::string_view name) {
  for (const Entry& entry : mapping.entries) {
    if (entry.key->text == name) return entry.value->text;
  }
  return "";
}

std::vector<Parameter> read_parameters() {
  std::vector<Parameter> read;
  const auto root = parse_document(text_of(kParametersFile));
  if (!root) return read;
  for (const Entry& entry : (*root)->entries) {
    const std::string unit = field_of(*entry.value, "unit");
    const auto known = std::find_if(kUnits.begin(), kUnits.end(), [&](const auto& row) { return row.first == unit; });
    read.push_back({entry.key->text, field_of(*entry.value, "default"),
                    known == kUnits.end() ? ParameterUnit::kCount : known->second, field_of(*entry.value, "help")});
  }
  std::sort(read.begin(), read.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return read;
}

const Parameter* find_parameter(std::string_view name) {
  const auto& all = parameters();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Parameter& row) { return row.name == name; });
  return found == all.end() ? nullptr : &*found;
}

Result<double> parse_amount(std::string_view text, const char* example) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0)) {
    return Error{Code::kBadInput, std::string("must be a number such as ") + example};
  }
  return value;
}

Result<double> parse_bytes(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 5> kSuffixes{
      {{"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}, {"B", 1}}};
  for (const auto& [suffix, factor] : kSuffixes) {
    if (!text.ends_with(suffix)) continue;
    text.remove_suffix(suffix.size());
    return SONDE_TRY(parse_amount(text, "5GiB")) * factor;
  }
  return parse_amount(text, "5GiB");
}

/// What stands for a value in a rule.
Result<std::string> spelling_in_rule(const Parameter& parameter, std::string_view text) {
  switch (parameter.unit) {
    case ParameterUnit::kDuration:
      return format_duration(SONDE_TRY(parse_duration(text)));
    case ParameterUnit::kSeconds:
      return format_number(std::chrono::duration<double>(SONDE_TRY(parse_duration(text))).count());
    case ParameterUnit::kRatio:
      return format_number(SONDE_TRY(parse_ratio(text)));
    case ParameterUnit::kPercent:
      return format_number(SONDE_TRY(parse_amount(text.substr(0, text.find('%')), "85%")));
    case ParameterUnit::kCount:
      return format_number(SONDE_TRY(parse_amount(text, "20")));
    case ParameterUnit::kBytes:
      return format_number(SONDE_TRY(parse_bytes(text)));
  }
  return std::string(text);
}

/// Values that are not sound are left out: check_options() says so.
void set_values(const std::vector<ParameterValue>& given, Values& values) {
  for (const ParameterValue& value : given) {
    const Parameter* parameter = find_parameter(value.name);
    if (parameter == nullptr) continue;
    if (auto text = spelling_in_rule(*parameter, value.text)) values[value.name] = *std::move(text);
  }
}

std::string substitute(std::string_view text, const Values& values) {
  std::string result;
  for (;;) {
    const std::size_t open = text.find(kOpen);
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) return result.append(text);
    const std::string_view name = text.substr(open + kOpen.size(), close - open - kOpen.size());
    const auto value = values.find(name);
    result.append(text.substr(0, open));
    result.append(value == values.end() ? text.substr(open, close - open + 1) : std::string_view(value->second));
    text.remove_prefix(close + 1);
  }
}

bool uses(std::string_view text, std::string_view name) {
  return text.find(std::string(kOpen).append(name).append("}")) != std::string_view::npos;
}

std::size_t indentation_of(std::string_view line) {
  const std::size_t indentation = line.find_first_not_of(' ');
  return indentation == std::string_view::npos || line[indentation] == '\n' ? std::string_view::npos : indentation;
}

std::string_view alert_of(std::string_view block) {
  constexpr std::string_view kStart = "- alert: ";
  const std::size_t start = block.find(kStart);
  if (start == std::string_view::npos) return "";
  const std::string_view rest = block.substr(start + kStart.size());
  return rest.substr(0, rest.find_first_of(" \n"));
}

/// The rule that begins at the front of `text`: up to the next line that is not deeper than its dash.
std::string_view rule_block(std::string_view text) {
  const std::size_t dash = indentation_of(text);
  std::size_t end = text.find('\n') + 1;
  while (end != 0 && end < text.size()) {
    const std::size_t indentation = indentation_of(text.substr(end));
    if (indentation != std::string_view::npos && indentation <= dash) break;
    const std::size_t next = text.find('\n', end);
    end = next == std::string_view::npos ? text.size() : next + 1;
  }
  return text.substr(0, end == 0 ? text.size() : end);
}

bool begins_rule(std::string_view line) {
  const std::size_t dash = indentation_of(line);
  if (dash == std::string_view::npos) return false;
  line.remove_prefix(dash);
  return line.starts_with("- alert:") || line.starts_with("- record:");
}

/// Makes the text of one file.
class Renderer {
 public:
  explicit Renderer(const RuleOptions& options) : options_(options) {
    for (const Parameter& parameter : parameters()) {
      if (auto text = spelling_in_rule(parameter, parameter.text)) defaults_[parameter.name] = *std::move(text);
    }
    set_values(options.defaults, defaults_);
    defaults_[std::string(kBy)] = "service_name";
    defaults_[std::string(kScope)] = "";
  }

  [[nodiscard]] std::string render(std::string_view text) const {
    std::string result;
    while (!text.empty()) {
      const std::string_view piece = begins_rule(text) ? rule_block(text) : text.substr(0, text.find('\n') + 1);
      const std::string_view taken = piece.empty() ? text : piece;
      result += begins_rule(text) ? render_rule(taken) : substitute(taken, defaults_);
      text.remove_prefix(taken.size());
    }
    return result;
  }

 private:
  [[nodiscard]] std::string render_rule(std::string_view block) const {
    const auto& disabled = options_.disabled;
    if (std::find(disabled.begin(), disabled.end(), alert_of(block)) != disabled.end()) return "";
    if (!uses(block, kScope)) return substitute(block, defaults_);
    std::string excluded;
    std::string others;
    for (const ParameterScope& scope : options_.scopes) {
      if (!differs(scope, block)) continue;
      Values values = defaults_;
      if (!scope.route.empty()) set_service_values(scope.service, values);
      set_values(scope.values, values);
      values[std::string(kScope)] = "service_name=" + quote_text(scope.service);
      if (scope.route.empty()) {
        excluded += (excluded.empty() ? "" : "|") + escape_pattern(scope.service);
      } else {
        values[std::string(kScope)] += ",http_route=" + quote_text(scope.route);
        values[std::string(kBy)] = "service_name,http_route";
      }
      others += substitute(block, values);
    }
    Values values = defaults_;
    if (!excluded.empty()) values[std::string(kScope)] = "service_name!~" + quote_text(excluded);
    return substitute(block, values) + others;
  }

  [[nodiscard]] static bool differs(const ParameterScope& scope, std::string_view block) {
    return std::any_of(scope.values.begin(), scope.values.end(),
                       [&](const ParameterValue& value) { return uses(block, value.name); });
  }

  /// What a route does not say is as its service has it.
  void set_service_values(const std::string& service, Values& values) const {
    for (const ParameterScope& scope : options_.scopes) {
      if (scope.service == service && scope.route.empty()) set_values(scope.values, values);
    }
  }

  const RuleOptions& options_;
  Values defaults_;
};

/// What may be repeated: somebody may have put a secret there by mistake.
bool is_plain(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  return name.size() <= kLongest && std::all_of(name.begin(), name.end(), [](char c) {
           return c == '_' || c == '.' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
         });
}

RuleFault fault_of(const ParameterValue& value, std::string what) {
  const std::string name = is_plain(value.name) ? value.name + ": " : "";
  return {"", value.line, value.column, name + std::move(what)};
}

const char* how_to_write(ParameterUnit unit) {
  switch (unit) {
    case ParameterUnit::kDuration:
      return "must be a duration such as 5m or 1h30m";
    case ParameterUnit::kSeconds:
      return "must be a duration such as 1s or 250ms";
    case ParameterUnit::kRatio:
      return "must be a ratio from 0 to 1, such as 1% or 0.01";
    case ParameterUnit::kPercent:
      return "must be a percentage such as 85%";
    case ParameterUnit::kCount:
      return "must be a number such as 20";
    case ParameterUnit::kBytes:
      return "must be a size such as 5GiB";
  }
  return "";
}

/// The number a value stands for, to compare it with another.
double amount_of(const Parameter& parameter, std::string_view text) {
  const auto spelling = spelling_in_rule(parameter, text);
  if (!spelling) return 0;
  if (parameter.unit != ParameterUnit::kDuration) return std::strtod(spelling->c_str(), nullptr);
  const auto duration = parse_duration(*spelling);
  return duration ? static_cast<double>(duration->count()) : 0;
}

/// The value that holds for a scope: its own, or that of what it is in.
std::string_view value_in(std::string_view name, std::span<const std::vector<ParameterValue>* const> scopes) {
  for (const std::vector<ParameterValue>* scope : scopes) {
    for (const ParameterValue& value : *scope) {
      if (value.name == name) return value.text;
    }
  }
  const Parameter* parameter = find_parameter(name);
  return parameter == nullptr ? std::string_view() : std::string_view(parameter->text);
}

/// NAME.warning and NAME.critical must stand as they do by default: the warning comes first.
void check_order(std::span<const std::vector<ParameterValue>* const> scopes, std::vector<RuleFault>& faults) {
  constexpr std::string_view kWarning = ".warning";
  constexpr std::string_view kCritical = ".critical";
  for (const ParameterValue& value : *scopes.front()) {
    const bool is_warning = value.name.ends_with(kWarning);
    if (!is_warning && !value.name.ends_with(kCritical)) continue;
    const std::string stem = value.name.substr(0, value.name.rfind('.'));
    const auto is_twin = [&](const ParameterValue& other) { return other.name == stem + std::string(kWarning); };
    const bool is_told = !is_warning && std::any_of(scopes.front()->begin(), scopes.front()->end(), is_twin);
    if (is_told) continue;
    const Parameter* warning = find_parameter(stem + std::string(kWarning));
    const Parameter* critical = find_parameter(stem + std::string(kCritical));
    if (warning == nullptr || critical == nullptr) continue;
    const std::string_view first = value_in(warning->name, scopes);
    const std::string_view second = value_in(critical->name, scopes);
    if (!spelling_in_rule(*warning, first) || !spelling_in_rule(*critical, second)) continue;
    const bool rises = amount_of(*warning, warning->text) <= amount_of(*critical, critical->text);
    const double gap = amount_of(*critical, second) - amount_of(*warning, first);
    if (rises ? gap >= 0 : gap <= 0) continue;
    faults.push_back(fault_of(value, "warning (" + std::string(first) + ") is " + (rises ? "above" : "below") +
                                         " critical (" + std::string(second) + "): the warning must come first"));
  }
}

void check_values(const std::vector<ParameterValue>& values, std::vector<RuleFault>& faults) {
  for (const ParameterValue& value : values) {
    const Parameter* parameter = find_parameter(value.name);
    if (parameter != nullptr) {
      const bool is_sound = spelling_in_rule(*parameter, value.text).has_value();
      if (!is_sound) faults.push_back(fault_of(value, how_to_write(parameter->unit)));
      continue;
    }
    std::vector<std::string> names;
    for (const Parameter& row : parameters()) names.push_back(row.name);
    const std::string_view nearest = nearest_word(value.name, std::span<const std::string>(names));
    faults.push_back(fault_of(value, nearest.empty()
                                         ? "the built-in rules have no such parameter; "
                                           "`sonde rules parameters` lists them"
                                         : "there is no such parameter, did you mean '" + std::string(nearest) + "'?"));
  }
}

}  // namespace

const std::vector<Parameter>& parameters() {
  static const std::vector<Parameter> all = read_parameters();
  return all;
}

std::vector<PackText> render_pack(const RuleOptions& options) {
  std::vector<PackText> texts;
  if (!options.built_in) return texts;
  const Renderer renderer(options);
  for (const PackFile& file : pack_files()) {
    if (file.name == kParametersFile) continue;
    texts.push_back({"built-in/" + std::string(file.name), renderer.render(file.text)});
  }
  return texts;
}

std::vector<RuleFault> check_options(const RuleOptions& options) {
  std::vector<RuleFault> faults;
  check_values(options.defaults, faults);
  check_order(std::array{&options.defaults}, faults);
  for (const ParameterScope& scope : options.scopes) {
    check_values(scope.values, faults);
    check_order(std::array{&scope.values, &options.defaults}, faults);
  }
  for (const std::string& alert : options.disabled) {
    const auto files = pack_files();
    const bool is_there = std::any_of(files.begin(), files.end(), [&](const PackFile& file) {
      return file.text.find("- alert: " + alert + "\n") != std::string_view::npos;
    });
    if (!is_there) faults.push_back({"", 0, 0, "rules.disable: the built-in rules have no alert '" + alert + "'"});
  }
  return faults;
}

}  // namespace sonde::rules
