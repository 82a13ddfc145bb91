#include "rules/rule_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "base/fnv1a.h"
#include "base/quantity.h"
#include "base/yaml_document.h"
#include "rules/fault_list.h"
#include "rules/fields.h"
#include "rules/label_names.h"
#include "rules/settings.h"

namespace sonde::rules {
namespace {

constexpr std::array<std::string_view, 1> kFileFields{"groups"};
constexpr std::array<std::string_view, 6> kGroupFields{"name", "interval", "query_offset", "limit", "labels", "rules"};
constexpr std::array<std::string_view, 7> kRuleFields{"record",          "alert",  "expr",       "for",
                                                      "keep_firing_for", "labels", "annotations"};

/// Reads one file from the top down.
class Reader {
 public:
  Reader(const std::string& file, const Language& language, const ReadOptions& options)
      : faults_(file), language_(language), options_(options) {}

  RuleFile read(std::string_view text) {
    const auto root = parse_document(text);
    if (!root) {
      faults_.add(root.error().at, root.error().what);
    } else if ((*root)->kind != NodeKind::kNull) {
      read_root(**root);
    }
    return {std::move(groups_), std::move(faults_).take()};
  }

 private:
  void read_root(const Node& root) {
    if (root.kind != NodeKind::kMapping)
      return faults_.add(root.at, "a rule file is a mapping with the field 'groups'");
    const Fields fields(root, kFileFields, faults_);
    const Node* groups = fields.find("groups");
    if (groups == nullptr || !is_list(*groups, "groups")) return;
    for (const NodePtr& group : groups->items) read_group(*group);
  }

  void read_group(const Node& node) {
    if (node.kind != NodeKind::kMapping) return faults_.add(node.at, "a group is a mapping with 'name' and 'rules'");
    const Fields fields(node, kGroupFields, faults_);
    Group group;
    group.file = faults_.file();
    group.interval = options_.default_interval;
    read_name(fields, node, group);
    read_duration(fields, "interval", group.interval);
    if (group.interval <= std::chrono::nanoseconds{0}) group.interval = options_.default_interval;
    read_duration(fields, "query_offset", group.query_offset);
    read_limit(fields, group);
    const std::vector<measure::Label> labels = read_labels(fields.find("labels"), {});
    const Node* rules = fields.find("rules");
    if (rules != nullptr && is_list(*rules, "rules")) {
      for (const NodePtr& rule : rules->items) read_rule(*rule, labels, group);
    }
    groups_.push_back(std::move(group));
  }

  void read_name(const Fields& fields, const Node& node, Group& group) {
    const Node* name = fields.find("name");
    if (name == nullptr || name->text.empty()) return faults_.add(node.at, "a group needs a name");
    group.name = name->text;
    if (!names_.insert(group.name).second) {
      faults_.add(name->at, "the group '" + group.name + "' is there twice: names of groups in a file differ");
    }
  }

  void read_limit(const Fields& fields, Group& group) {
    const Node* node = fields.find("limit");
    if (node == nullptr) return;
    const std::string& text = node->text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), group.limit);
    if (error != std::errc{} || end != text.data() + text.size()) {
      faults_.add(node->at, "limit must be a whole number; 0 is none");
    }
  }

  void read_duration(const Fields& fields, std::string_view name, std::chrono::nanoseconds& duration) {
    const Node* node = fields.find(name);
    if (node == nullptr) return;
    const auto read =
        node->text == "0" ? Result<std::chrono::nanoseconds>(std::chrono::nanoseconds{0}) : parse_duration(node->text);
    if (!read) return faults_.add(node->at, std::string(name) + ": " + read.error().what);
    duration = *read;
  }

  void read_rule(const Node& node, const std::vector<measure::Label>& group_labels, Group& group) {
    if (node.kind != NodeKind::kMapping) return faults_.add(node.at, "a rule is a mapping with 'alert' or 'record'");
    const Fields fields(node, kRuleFields, faults_);
    Rule rule;
    rule.file = faults_.file();
    rule.line = node.at.line;
    if (const Node* alert = fields.find("alert")) rule.alert = alert->text;
    if (const Node* record = fields.find("record")) rule.record = record->text;
    if (rule.alert.empty() == rule.record.empty()) {
      return faults_.add(node.at, rule.alert.empty() ? "a rule needs one of 'alert' and 'record'"
                                                     : "a rule has only one of 'alert' and 'record'");
    }
    read_expression(fields, node, rule);
    rule.labels = read_labels(fields.find("labels"), group_labels);
    if (rule.alert.empty()) {
      check_recording(fields, node, rule);
    } else {
      read_duration(fields, "for", rule.hold);
      read_duration(fields, "keep_firing_for", rule.keep_firing_for);
      read_annotations(fields.find("annotations"), rule);
      check_templates(fields.find("labels"));
      check_settings(rule, node.at, faults_, language_);
      rule.severity = severity_of(rule.labels);
    }
    group.rules.push_back(std::move(rule));
  }

  void read_expression(const Fields& fields, const Node& node, Rule& rule) {
    const Node* expression = fields.find("expr");
    if (expression == nullptr || expression->text.empty()) return faults_.add(node.at, "a rule needs an 'expr'");
    rule.expression = expression->text;
    auto facts = language_.dissect(rule.expression);
    if (!facts) return faults_.add(expression->at, "expr: " + facts.error().what);
    if (facts->type != promql::ValueType::kVector && facts->type != promql::ValueType::kScalar) {
      return faults_.add(expression->at, "expr: must give an instant vector or a scalar, not a " +
                                             std::string(promql::name_of(facts->type)));
    }
    rule.facts = *std::move(facts);
  }

  void check_recording(const Fields& fields, const Node& node, const Rule& rule) {
    if (!is_metric_name(rule.record)) {
      faults_.add(fields.find("record")->at, "'" + rule.record +
                                                 "' is no name of a metric: letters, digits, _ and : "
                                                 "only, and no digit first");
    }
    for (const std::string_view name : {"for", "keep_firing_for", "annotations"}) {
      if (const Node* field = fields.find(name)) {
        faults_.add(field->at, "a recording rule has no '" + std::string(name) + "'");
      }
    }
    for (const measure::Label& label : rule.labels) {
      if (label.name == store::kNameLabel) faults_.add(node.at, "a label cannot be called __name__");
    }
  }

  std::vector<measure::Label> read_labels(const Node* node, std::vector<measure::Label> labels) {
    if (node == nullptr) return labels;
    if (node->kind != NodeKind::kMapping) {
      faults_.add(node->at, "labels are a mapping of names to texts");
      return labels;
    }
    for (const Entry& entry : node->entries) {
      if (!is_text_pair(entry, "label")) continue;
      const std::string& name = entry.key->text;
      if (!is_label_name(name) || name == store::kNameLabel) {
        faults_.add(entry.key->at, "'" + name +
                                       "' is no name of a label: letters, digits and _ only, no digit first, "
                                       "and not __name__");
        continue;
      }
      std::erase_if(labels, [&](const measure::Label& label) { return label.name == name; });
      labels.push_back({name, entry.value->text});
    }
    return labels;
  }

  void read_annotations(const Node* node, Rule& rule) {
    if (node == nullptr) return;
    if (node->kind != NodeKind::kMapping) return faults_.add(node->at, "annotations are a mapping of names to texts");
    for (const Entry& entry : node->entries) {
      if (!is_text_pair(entry, "annotation")) continue;
      const std::string& name = entry.key->text;
      if (!is_label_name(name)) {
        faults_.add(entry.key->at, "'" + name + "' is no name of an annotation: letters, digits and _ only");
        continue;
      }
      if (options_.dialect == Dialect::kSonde && name.starts_with(kSettingPrefix)) {
        read_setting(*entry.key, *entry.value, rule, faults_, language_);
      } else {
        check_template(name, *entry.value);
      }
      rule.annotations.push_back({name, entry.value->text});
    }
  }

  void check_templates(const Node* labels) {
    if (labels == nullptr) return;
    for (const Entry& entry : labels->entries) check_template(entry.key->text, *entry.value);
  }

  void check_template(const std::string& name, const Node& value) {
    const std::optional<TextFault> fault = language_.find_fault(value.text);
    if (!fault) return;
    const std::string place = std::to_string(fault->line) + ":" + std::to_string(fault->column);
    faults_.add(value.at, name + ": template, " + place + ": " + fault->what);
  }

  bool is_list(const Node& node, const std::string& what) {
    if (node.kind != NodeKind::kSequence) faults_.add(node.at, "'" + what + "' must be a list");
    return node.kind == NodeKind::kSequence;
  }

  bool is_text_pair(const Entry& entry, const std::string& what) {
    const bool is_text = entry.value->kind == NodeKind::kScalar || entry.value->kind == NodeKind::kNull;
    if (!is_text) faults_.add(entry.value->at, "the " + what + " '" + entry.key->text + "' must be a text");
    return is_text;
  }

  FaultList faults_;
  const Language& language_;
  const ReadOptions options_;
  std::vector<Group> groups_;
  std::set<std::string> names_;
};

}  // namespace

RuleFile read_rule_file(std::string_view text, const std::string& file, const Language& language,
                        const ReadOptions& options) {
  return Reader(file, language, options).read(text);
}

void name_rules(std::vector<Group>& groups) {
  std::map<std::string, std::vector<Rule*>> by_name;
  for (Group& group : groups) {
    for (Rule& rule : group.rules) {
      if (!rule.alert.empty()) by_name[rule.alert + "/" + std::string(name_of(rule.severity))].push_back(&rule);
    }
  }
  constexpr unsigned char kEnd = 0xFF;
  for (auto& [name, rules] : by_name) {
    std::map<std::string, int> taken;
    for (Rule* rule : rules) {
      rule->uid = name;
      if (rules.size() == 1) continue;
      // Several rules for one alert, each with other labels or another expression.
      Fnv1a hash;
      for (const measure::Label& label : rule->labels) hash.add(label.name).add(kEnd).add(label.value).add(kEnd);
      rule->uid += "/" + std::to_string(hash.add(rule->expression).add(kEnd).value());
      if (const int before = taken[rule->uid]++; before > 0) rule->uid += "/" + std::to_string(before);
    }
  }
}

}  // namespace sonde::rules
