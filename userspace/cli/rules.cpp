#include "cli/rules.h"

#include <chrono>
#include <cmath>

#include "base/quantity.h"
#include "base/utf8.h"
#include "cli/daemon_address.h"
#include "cli/http_client.h"
#include "cli/series_text.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace sonde::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string duration_text(double seconds) {
  return format_duration(std::chrono::nanoseconds{std::llround(seconds * 1e9)});
}

std::string state_of(const RuleRow& rule) {
  if (rule.health == "err") return "fails";
  if (rule.health == "unknown") return "not run yet";
  if (!rule.is_alerting) return "records";
  if (rule.firing > 0) return std::to_string(rule.firing) + " firing";
  return rule.pending > 0 ? std::to_string(rule.pending) + " pending" : "inactive";
}

Tint tint_of(const RuleRow& rule) {
  if (rule.health == "err") return Tint::kRed;
  if (rule.firing > 0) return rule.severity == "critical" ? Tint::kRed : Tint::kYellow;
  return Tint::kNone;
}

std::string note_on(const RuleRow& rule) {
  std::vector<std::string> notes;
  if (!rule.last_error.empty()) notes.push_back(rule.last_error);
  if (rule.blind) notes.emplace_back("has lost its data");
  if (!rule.missing_metrics.empty()) notes.push_back("quiet: no data for " + joined(rule.missing_metrics));
  if (rule.held_back > 0) notes.push_back(std::to_string(rule.held_back) + " held back");
  if (rule.refused > 0) notes.push_back(std::to_string(rule.refused) + " refused by the limit");
  std::string text;
  for (const std::string& note : notes) text += (text.empty() ? "" : "; ") + note;
  return text;
}

std::string closing_line(std::span<const RuleRow> rules) {
  std::uint64_t firing = 0;
  std::uint64_t pending = 0;
  std::uint64_t quiet = 0;
  for (const RuleRow& rule : rules) {
    firing += rule.firing;
    pending += rule.pending;
    quiet += rule.missing_metrics.empty() ? 0U : 1U;
  }
  return counted(rules.size(), "rule", "rules") + ", " + counted(firing, "alert fires", "alerts fire") + ", " +
         std::to_string(pending) + " pending; " + counted(quiet, "rule reads", "rules read") +
         " what this host does not have\n";
}

std::string relation(const RuleThreshold& threshold) {
  const std::string word = threshold.above ? "above " : "below ";
  return (threshold.inclusive ? "at or " : "") + word + threshold.value;
}

std::string times(std::uint64_t count) {
  return count > 1 ? ", " + std::to_string(count) + " times in a row" : std::string();
}

std::string row(const std::string& name, const std::string& text) {
  constexpr std::size_t kNameWidth = 12;
  const std::size_t blanks = name.size() < kNameWidth ? kNameWidth - name.size() : 1;
  return "  " + name + std::string(blanks, ' ') + text + "\n";
}

std::string head_of(const RuleStory& story) {
  const RuleRow& rule = story.rule;
  std::string text = rule.name + " (" + rule.severity + ")  " + rule.file + ":" + std::to_string(rule.line) +
                     ", group " + rule.group + "\n" + row("expression", story.expression);
  const std::string hold = story.hold_seconds > 0 ? "for " + duration_text(story.hold_seconds) : std::string("at once");
  text += row("fires", (story.threshold ? relation(*story.threshold) + ", " : "") + hold + times(story.breaches));
  std::string end = story.keep_seconds > 0 ? duration_text(story.keep_seconds) + " without a breach"
                                           : std::string("at once without a breach");
  if (story.clear_threshold) {
    end = relation(*story.clear_threshold) + ", " + end;
  } else if (!story.clear.empty()) {
    end = story.clear + ", " + end;
  }
  text += row("ends", end + times(story.clears));
  if (story.no_data != "prometheus") text += row("no data", story.no_data);
  return text;
}

std::string setting_of(const SettingRow& setting) {
  std::string text = "  " + setting.name + "  " + setting.expression + "\n";
  if (!setting.error.empty()) return text + "    fails: " + setting.error + "\n";
  if (setting.elements.empty()) return text + "    has no element\n";
  for (const SettingElement& element : setting.elements) {
    text += "    " + series_text(element.labels) + "  " + element.value +
            (element.holds ? ", holds" : ", does not hold") + "\n";
  }
  return text;
}

std::string instance_of(const InstanceRow& instance) {
  std::string text = "\n  " + series_text(instance.labels) + "  " + instance.state + "\n";
  for (const std::string& sentence : instance.says) text += "    " + sentence + "\n";
  // What is quiet would tell untruths: "5 % are used, more than 90 %".
  if (instance.state == "inactive") return text;
  for (const auto& [name, value] : instance.annotations) text += "    " + name + ": " + value + "\n";
  return text;
}

}  // namespace

std::string render_rule_list(std::span<const RuleRow> rules) {
  Table table;
  table.columns = {{.title = "GROUP", .align_right = false},
                   {.title = "RULE", .align_right = false},
                   {.title = "SEVERITY", .align_right = false},
                   {.title = "STATE", .align_right = false},
                   {.title = "NOTE", .align_right = false}};
  for (const RuleRow& rule : rules) {
    table.rows.push_back(
        {{rule.group}, {rule.name}, {rule.severity}, {state_of(rule), tint_of(rule)}, {note_on(rule)}});
  }
  return render_table(table, TableStyle{}) + closing_line(rules);
}

std::string render_explanation(std::span<const RuleStory> rules) {
  std::string text;
  for (const RuleStory& story : rules) {
    if (!text.empty()) text += "\n";
    text += head_of(story);
    for (const SettingRow& setting : story.settings) text += setting_of(setting);
    for (const std::string& sentence : story.says) text += "  " + sentence + "\n";
    for (const InstanceRow& instance : story.instances) text += instance_of(instance);
    if (story.left_out > 0) text += "\n  and " + std::to_string(story.left_out) + " more\n";
  }
  return text;
}

Result<> run_rules_list(const RulesListCommand& command, const AnswerStreams& streams) {
  const std::string answer = SONDE_TRY(http_get(command.address, "/api/sonde/v1/rules"));
  auto rules = parse_rule_list(answer);
  if (!rules) return std::move(rules).error().with("rules of " + to_text(command.address));
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, answer + "\n");
  return write_all(streams.output_fd, render_rule_list(*rules));
}

Result<> run_rules_explain(const RulesExplainCommand& command, const AnswerStreams& streams) {
  const std::string path = "/api/sonde/v1/rules/explain?alert=" + percent_encoded(command.alert);
  const std::string answer = SONDE_TRY(http_get(command.address, path));
  auto rules = parse_explanation(answer);
  if (!rules) return std::move(rules).error().with("rules of " + to_text(command.address));
  if (rules->empty()) {
    const std::string nearest = parse_nearest_alert(answer);
    return Error{Code::kNotFound, "no rule has an alert '" + sanitise_utf8(command.alert) + "'" +
                                      (nearest.empty() ? "; `sonde rules list` lists those there are"
                                                       : "; did you mean '" + nearest + "'?")};
  }
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, answer + "\n");
  return write_all(streams.output_fd, render_explanation(*rules));
}

}  // namespace sonde::cli
