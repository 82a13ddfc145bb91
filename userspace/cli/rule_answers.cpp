#include "cli/rule_answers.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/utf8.h"
#include "cli/query_output.h"

namespace sonde::cli {
namespace {

using Json = nlohmann::ordered_json;

/// On one line, safe to print.
std::string one_line(const std::string& text) {
  std::string line;
  for (const char byte : text) {
    const bool is_blank = byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
    if (!is_blank) {
      line += byte;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.ends_with(' ')) line.pop_back();
  return sanitise_utf8(line);
}

std::string text_of(const Json& object, const char* field) {
  const Json& value = object.at(field);
  return value.is_null() ? "" : one_line(value.get<std::string>());
}

/// A number, or the name of what JSON has no number for.
std::string number_text(const Json& value) {
  return value.is_string() ? one_line(value.get<std::string>()) : human_value(value.get<double>());
}

std::vector<std::string> texts_of(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& item : list) texts.push_back(one_line(item.get<std::string>()));
  return texts;
}

std::optional<RuleThreshold> threshold_of(const Json& value) {
  if (value.is_null()) return std::nullopt;
  return RuleThreshold{value.at("above").get<bool>(), value.at("inclusive").get<bool>(),
                       number_text(value.at("value"))};
}

RuleRow read_row(const Json& object) {
  RuleRow row;
  row.group = text_of(object, "group");
  row.file = text_of(object, "file");
  row.line = object.at("line").get<std::uint64_t>();
  row.name = text_of(object, "name");
  row.is_alerting = object.at("type") == "alerting";
  row.severity = text_of(object, "severity");
  row.pending = object.at("pending").get<std::uint64_t>();
  row.firing = object.at("firing").get<std::uint64_t>();
  row.health = text_of(object, "health");
  row.last_error = text_of(object, "last_error");
  row.missing_metrics = texts_of(object.at("missing_metrics"));
  row.held_back = object.at("held_back").get<std::uint64_t>();
  row.gated = object.at("gated").get<std::uint64_t>();
  row.refused = object.at("refused").get<std::uint64_t>();
  row.blind = object.at("blind").get<bool>();
  return row;
}

SettingRow read_setting(const Json& object) {
  SettingRow setting{text_of(object, "name"), text_of(object, "expression"), text_of(object, "error"), {}};
  for (const Json& element : object.at("elements")) {
    setting.elements.push_back(
        {element.at("labels").get<SeriesLabels>(), number_text(element.at("value")), element.at("holds").get<bool>()});
  }
  return setting;
}

InstanceRow read_instance(const Json& object) {
  InstanceRow instance{
      object.at("labels").get<SeriesLabels>(), text_of(object, "state"), texts_of(object.at("says")), {}};
  for (const auto& [name, value] : object.at("annotations").items()) {
    instance.annotations.emplace_back(one_line(name), one_line(value.get<std::string>()));
  }
  return instance;
}

RuleStory read_story(const Json& object) {
  RuleStory story;
  story.rule = read_row(object);
  story.expression = text_of(object, "expression");
  story.threshold = threshold_of(object.at("threshold"));
  story.clear = text_of(object, "clear");
  story.clear_threshold = threshold_of(object.at("clear_threshold"));
  story.hold_seconds = object.at("for_seconds").get<double>();
  story.keep_seconds = object.at("keep_firing_for_seconds").get<double>();
  story.breaches = object.at("breaches").get<std::uint64_t>();
  story.clears = object.at("clears").get<std::uint64_t>();
  story.no_data = text_of(object, "no_data");
  story.says = texts_of(object.at("says"));
  for (const Json& setting : object.at("settings")) story.settings.push_back(read_setting(setting));
  for (const Json& instance : object.at("instances")) story.instances.push_back(read_instance(instance));
  story.left_out = object.at("instances_left_out").get<std::uint64_t>();
  return story;
}

template <class Row>
Result<std::vector<Row>> read_rules(std::string_view text, Row (*read)(const Json&)) {
  try {
    std::vector<Row> rows;
    const Json answer = Json::parse(text);
    for (const Json& object : answer.at("rules")) rows.push_back(read(object));
    return rows;
  } catch (const Json::exception& wrong) {
    return Error{Code::kBadInput, "the answer makes no sense: " + sanitise_utf8(wrong.what()) +
                                      "; is the daemon another version of Sonde?"};
  }
}

}  // namespace

Result<std::vector<RuleRow>> parse_rule_list(std::string_view json) { return read_rules<RuleRow>(json, read_row); }

Result<std::vector<RuleStory>> parse_explanation(std::string_view json) {
  return read_rules<RuleStory>(json, read_story);
}

std::string parse_nearest_alert(std::string_view json) {
  const Json answer = Json::parse(json, nullptr, false);
  const bool has_text = answer.is_object() && answer.contains("did_you_mean") && answer["did_you_mean"].is_string();
  return has_text ? text_of(answer, "did_you_mean") : "";
}

}  // namespace sonde::cli
