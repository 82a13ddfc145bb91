#include "rules/settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/go_number.h"
#include "base/nearest_word.h"
#include "base/quantity.h"

namespace sonde::rules {
namespace {

struct Reading {
  const std::string& text;
  Rule& rule;
  const Language& language;
};

using Fault = std::optional<std::string>;

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

Fault read_expression(const Reading& reading, std::string& expression, promql::ExpressionFacts* facts = nullptr) {
  auto found = reading.language.dissect(reading.text);
  if (!found) return found.error().what;
  if (found->type != promql::ValueType::kVector) {
    return "must be an expression that gives an instant vector, not a " + std::string(promql::name_of(found->type));
  }
  expression = reading.text;
  std::vector<std::vector<store::Matcher>>& selectors = reading.rule.facts.selectors;
  selectors.insert(selectors.end(), found->selectors.begin(), found->selectors.end());
  if (facts != nullptr) *facts = *std::move(found);
  return std::nullopt;
}

Fault read_duration(const Reading& reading, std::chrono::nanoseconds& duration) {
  const auto read = parse_duration(trim(reading.text));
  if (!read) return read.error().what;
  duration = *read;
  return std::nullopt;
}

Fault read_count(const Reading& reading, unsigned& count) {
  const std::string_view text = trim(reading.text);
  constexpr unsigned kMost = 10'000;
  unsigned read = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (error != std::errc{} || end != text.data() + text.size() || read < 1 || read > kMost) {
    return "must be a whole number from 1 to " + std::to_string(kMost) + ", such as 3";
  }
  count = read;
  return std::nullopt;
}

Fault read_policy(const Reading& reading, NoDataPolicy& policy) {
  constexpr std::array<std::pair<std::string_view, NoDataPolicy>, 4> kPolicies{
      {{"prometheus", NoDataPolicy::kPrometheus},
       {"keep_last", NoDataPolicy::kKeepLast},
       {"ok", NoDataPolicy::kOk},
       {"alert", NoDataPolicy::kAlert}}};
  const auto found = std::find_if(kPolicies.begin(), kPolicies.end(),
                                  [&](const auto& row) { return row.first == trim(reading.text); });
  if (found == kPolicies.end()) return "must be one of prometheus, keep_last, ok, alert";
  policy = found->second;
  return std::nullopt;
}

Fault read_factor(const Reading& reading, double& factor) {
  const std::string text(trim(reading.text));
  char* end = nullptr;
  const double read = std::strtod(text.c_str(), &end);
  constexpr double kMost = 10;
  if (text.empty() || *end != '\0' || !(read >= 1 && read <= kMost))
    return "must be a number from 1 to 10, such as 1.5";
  factor = read;
  return std::nullopt;
}

Fault read_flapping(const Reading& reading, std::optional<Flapping>& flapping) {
  const std::string_view text = trim(reading.text);
  if (text == "off") {
    flapping.reset();
    return std::nullopt;
  }
  constexpr std::string_view kWord = " in ";
  const std::size_t word = text.find(kWord);
  const Fault wrong = "must be how many changes in how long are too many, such as `5 in 10m`, or `off`";
  if (word == std::string_view::npos) return wrong;
  Flapping read = flapping.value_or(Flapping{});
  const std::string count(trim(text.substr(0, word)));
  const auto window = parse_duration(trim(text.substr(word + kWord.size())));
  if (read_count({count, reading.rule, reading.language}, read.changes) || read.changes < 2 || !window) return wrong;
  read.window = *window;
  flapping = read;
  return std::nullopt;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && depth == 0)) {
      parts.push_back(trim(text.substr(begin, i - begin)));
      begin = i + 1;
    } else if (text[i] == '(' || text[i] == ')') {
      depth += text[i] == '(' ? 1 : -1;
    }
  }
  return parts;
}

/// `ALERT` or `ALERT(label, label)`.
std::optional<Inhibitor> inhibitor_of(std::string_view text) {
  const std::size_t open = text.find('(');
  Inhibitor inhibitor{std::string(trim(text.substr(0, open))), {}};
  if (inhibitor.alert.empty()) return std::nullopt;
  if (open == std::string_view::npos) return inhibitor;
  if (text.back() != ')') return std::nullopt;
  inhibitor.equal.emplace();
  for (const std::string_view label : split(text.substr(open + 1, text.size() - open - 2))) {
    if (!label.empty()) inhibitor.equal->emplace_back(label);
  }
  return inhibitor;
}

Fault read_inhibitors(const Reading& reading, std::vector<Inhibitor>& inhibitors) {
  for (const std::string_view part : split(trim(reading.text))) {
    const std::optional<Inhibitor> inhibitor = inhibitor_of(part);
    if (!inhibitor) {
      return "must be names of alerts with commas between them, such as `DatabaseDown, HostDown(instance)`";
    }
    inhibitors.push_back(*inhibitor);
  }
  return std::nullopt;
}

Fault read_switch(const Reading& reading, bool& is_on) {
  const std::string_view text = trim(reading.text);
  if (text != "true" && text != "false") return "must be \"true\" or \"false\", in quotes";
  is_on = text == "true";
  return std::nullopt;
}

Flapping& flapping_of(Rule& rule) {
  if (!rule.judgement.flapping) rule.judgement.flapping.emplace();
  return *rule.judgement.flapping;
}

struct Setting {
  std::string_view name;
  Fault (*read)(const Reading& reading);
};

constexpr std::array kSettings{
    Setting{"sonde_clear", [](const Reading& r) { return read_expression(r, r.rule.judgement.clear); }},
    Setting{"sonde_requires",
            [](const Reading& r) { return read_expression(r, r.rule.judgement.needed, &r.rule.needed_facts); }},
    Setting{"sonde_insufficient", [](const Reading& r) { return read_expression(r, r.rule.judgement.insufficient); }},
    Setting{"sonde_contradicted_by",
            [](const Reading& r) { return read_expression(r, r.rule.judgement.contradicted_by); }},
    Setting{"sonde_breaches", [](const Reading& r) { return read_count(r, r.rule.judgement.breaches); }},
    Setting{"sonde_clears", [](const Reading& r) { return read_count(r, r.rule.judgement.clears); }},
    Setting{"sonde_no_data", [](const Reading& r) { return read_policy(r, r.rule.judgement.no_data); }},
    Setting{"sonde_no_data_for", [](const Reading& r) { return read_duration(r, r.rule.judgement.no_data_for); }},
    Setting{"sonde_coverage",
            [](const Reading& r) -> Fault {
              const auto read = parse_ratio(trim(r.text));
              if (!read) return read.error().what;
              r.rule.judgement.coverage = *read;
              return std::nullopt;
            }},
    Setting{"sonde_settle", [](const Reading& r) { return read_duration(r, r.rule.judgement.settle); }},
    Setting{"sonde_settle_boot", [](const Reading& r) { return read_duration(r, r.rule.judgement.settle_boot); }},
    Setting{"sonde_keep_firing_for", [](const Reading& r) { return read_duration(r, r.rule.keep_firing_for); }},
    Setting{"sonde_keep_factor", [](const Reading& r) { return read_factor(r, r.rule.judgement.keep_factor); }},
    Setting{"sonde_keep_max", [](const Reading& r) { return read_duration(r, r.rule.judgement.keep_max); }},
    Setting{"sonde_flap", [](const Reading& r) { return read_flapping(r, r.rule.judgement.flapping); }},
    Setting{"sonde_flap_quiet", [](const Reading& r) { return read_duration(r, flapping_of(r.rule).quiet); }},
    Setting{"sonde_inhibited_by", [](const Reading& r) { return read_inhibitors(r, r.rule.judgement.inhibited_by); }},
    Setting{"sonde_page", [](const Reading& r) { return read_switch(r, r.rule.judgement.pages); }},
};

std::string unknown_setting(const std::string& name) {
  std::vector<std::string_view> names;
  for (const Setting& setting : kSettings) names.push_back(setting.name);
  const std::string_view nearest = nearest_word(name, std::span<const std::string_view>(names));
  std::string what = "there is no setting " + name;
  if (!nearest.empty()) return what + "; did you mean " + std::string(nearest) + "?";
  what += "; there are";
  for (const std::string_view known : names) what += (known == names.front() ? " " : ", ") + std::string(known);
  return what;
}

}  // namespace

void read_setting(const Node& name, const Node& value, Rule& rule, FaultList& faults, const Language& language) {
  const auto found = std::find_if(kSettings.begin(), kSettings.end(),
                                  [&](const Setting& setting) { return setting.name == name.text; });
  if (found == kSettings.end()) return faults.add(name.at, unknown_setting(name.text));
  if (const Fault fault = found->read({value.text, rule, language})) {
    faults.add(value.at, name.text + ": " + *fault);
  }
}

void check_settings(const Rule& rule, Position at, FaultList& faults, const Language& language) {
  if (rule.judgement.clear.empty() || !rule.facts.threshold) return;
  const auto facts = language.dissect(rule.judgement.clear);
  if (!facts || !facts->threshold) return;
  const promql::Threshold& fires = *rule.facts.threshold;
  const promql::Threshold& clears = *facts->threshold;
  const std::string both = rule.alert + " fires " + (fires.above ? "above " : "below ") + format_number(fires.value) +
                           " and clears " + (clears.above ? "above " : "below ") + format_number(clears.value);
  if (fires.above == clears.above) {
    faults.add(at, "sonde_clear: " + both + ": the comparison must be the other way round");
  } else if (fires.above ? clears.value > fires.value : clears.value < fires.value) {
    faults.add(at, "sonde_clear: " + both + ": it must clear " + (fires.above ? "at or below " : "at or above ") +
                       format_number(fires.value));
  }
}

}  // namespace sonde::rules
