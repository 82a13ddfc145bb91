#include "app/rule_test_file.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "base/quantity.h"
#include "base/yaml_document.h"
#include "rules/fault_list.h"
#include "rules/fields.h"

namespace sonde::app {
namespace {

using rules::FaultList;
using rules::Fields;
using std::chrono::nanoseconds;

constexpr std::array<std::string_view, 5> kFileFields{"rule_files", "evaluation_interval", "group_eval_order", "tests",
                                                      "fuzzy_compare"};
constexpr std::array<std::string_view, 7> kTestFields{
    "name", "interval", "input_series", "alert_rule_test", "promql_expr_test", "external_labels", "external_url"};
constexpr std::array<std::string_view, 2> kSeriesFields{"series", "values"};
constexpr std::array<std::string_view, 3> kAlertFields{"eval_time", "alertname", "exp_alerts"};
constexpr std::array<std::string_view, 2> kExpectedAlertFields{"exp_labels", "exp_annotations"};
constexpr std::array<std::string_view, 3> kExpressionFields{"expr", "eval_time", "exp_samples"};
constexpr std::array<std::string_view, 3> kSampleFields{"labels", "value", "histogram"};

/// A few bytes can stand for a million points.
constexpr std::size_t kMostPoints = 5'000'000;

bool by_name(const measure::Label& first, const measure::Label& second) { return first.name < second.name; }

/// A number as YAML and Go write them.
std::optional<double> number_of(const std::string& text) {
  const std::size_t digits = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::string word = text.substr(digits);
  if (word == ".nan" || word == ".NaN" || word == ".NAN") return std::numeric_limits<double>::quiet_NaN();
  const bool is_infinite = word == ".inf" || word == ".Inf" || word == ".INF";
  if (is_infinite) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return text.front() == '-' ? -kInfinity : kInfinity;
  }
  const auto value = promql::parse_signed_number(text);
  return value ? std::optional<double>(*value) : std::nullopt;
}

/// Reads one file from the top down.
class Reader {
 public:
  explicit Reader(const std::string& file) : faults_(file) {}

  RuleTestFile read(std::string_view text) {
    const auto root = parse_document(text);
    if (!root) {
      faults_.add(root.error().at, root.error().what);
    } else if ((*root)->kind != NodeKind::kNull) {
      read_root(**root);
    }
    read_.faults = std::move(faults_).take();
    return std::move(read_);
  }

 private:
  template <class Taker>
  void for_each(const Node* list, const char* name, Taker take) {
    if (list == nullptr) return;
    if (list->kind != NodeKind::kSequence) return faults_.add(list->at, std::string("'") + name + "' must be a list");
    for (const NodePtr& item : list->items) take(*item);
  }

  /// The same for mappings of certain fields.
  template <class Taker>
  void for_each_mapping(const Node* list, const char* name, std::span<const std::string_view> known, Taker take) {
    for_each(list, name, [&](const Node& item) {
      if (item.kind != NodeKind::kMapping) {
        return faults_.add(item.at, std::string("each of '") + name + "' is a mapping");
      }
      take(item, Fields(item, known, faults_));
    });
  }

  std::string text_of(const Fields& fields, std::string_view name) {
    const Node* node = fields.find(name);
    if (node == nullptr) return "";
    if (node->kind != NodeKind::kScalar) faults_.add(node->at, "'" + std::string(name) + "' must be a text");
    return node->text;
  }

  void read_duration(const Fields& fields, std::string_view name, nanoseconds& duration) {
    const Node* node = fields.find(name);
    if (node == nullptr || node->text == "0") return;
    const auto read = parse_duration(node->text);
    constexpr std::chrono::hours kMost{24 * 366};
    if (!read) return faults_.add(node->at, std::string(name) + ": " + read.error().what);
    if (*read > kMost) return faults_.add(node->at, std::string(name) + ": longer than a year");
    duration = *read;
  }

  void read_root(const Node& root) {
    if (root.kind != NodeKind::kMapping) {
      return faults_.add(root.at, "a file of unit tests is a mapping with 'rule_files' and 'tests'");
    }
    const Fields fields(root, kFileFields, faults_);
    for_each(fields.find("rule_files"), "rule_files", [&](const Node& item) { read_.rule_files.push_back(item.text); });
    for_each(fields.find("group_eval_order"), "group_eval_order",
             [&](const Node& item) { read_.group_order.push_back(item.text); });
    read_interval(fields, "evaluation_interval", read_.evaluation_interval);
    read_.fuzzy_compare = text_of(fields, "fuzzy_compare") == "true";
    for_each_mapping(fields.find("tests"), "tests", kTestFields,
                     [&](const Node& node, const Fields& test) { read_test(node, test); });
  }

  /// Finer than anybody samples is a slip, and would run for ever.
  void read_interval(const Fields& fields, std::string_view name, nanoseconds& interval) {
    const nanoseconds otherwise = interval;
    read_duration(fields, name, interval);
    if (interval <= nanoseconds{0}) interval = otherwise;
    if (interval >= std::chrono::milliseconds{100}) return;
    faults_.add(fields.find(name)->at, std::string(name) + ": at least 100ms");
    interval = otherwise;
  }

  void read_test(const Node& node, const Fields& fields) {
    RuleTest test;
    test.line = node.at.line;
    test.name = text_of(fields, "name");
    test.interval = read_.evaluation_interval;
    read_interval(fields, "interval", test.interval);
    for_each_mapping(fields.find("input_series"), "input_series", kSeriesFields,
                     [&](const Node& item, const Fields& series) { read_series(item, series, test); });
    for_each_mapping(fields.find("alert_rule_test"), "alert_rule_test", kAlertFields,
                     [&](const Node& item, const Fields& alert) { read_alert(item, alert, test); });
    for_each_mapping(fields.find("promql_expr_test"), "promql_expr_test", kExpressionFields,
                     [&](const Node& item, const Fields& expression) { read_expression(item, expression, test); });
    test.external_labels = read_labels(fields.find("external_labels"), "external_labels");
    test.external_url = text_of(fields, "external_url");
    read_.tests.push_back(std::move(test));
  }

  void read_series(const Node& node, const Fields& fields, RuleTest& test) {
    const Node* name = fields.find("series");
    if (name == nullptr) return faults_.add(node.at, "an input series needs 'series', such as up{job=\"a\"}");
    const Node* values = fields.find("values");
    auto line = promql::parse_series_line(name->text + " " + (values == nullptr ? "" : values->text));
    if (!line) return faults_.add(node.at, "input_series: " + line.error().what);
    const bool has_histogram = std::any_of(line->points.begin(), line->points.end(), [](const auto& point) {
      return point.kind == promql::PointKind::kNativeHistogram;
    });
    if (has_histogram) return faults_.add(node.at, "input_series: there are no native histograms");
    points_ += line->points.size();
    if (points_ > kMostPoints) return faults_.add(node.at, "input_series: the file has more than 5000000 points");
    test.series.push_back(*std::move(line));
  }

  void read_alert(const Node& node, const Fields& fields, RuleTest& test) {
    AlertCheck check;
    read_duration(fields, "eval_time", check.at);
    check.alert = text_of(fields, "alertname");
    if (check.alert.empty()) return faults_.add(node.at, "an item of alert_rule_test needs 'alertname'");
    for_each_mapping(fields.find("exp_alerts"), "exp_alerts", kExpectedAlertFields,
                     [&](const Node&, const Fields& alert) {
                       ExpectedAlert expected;
                       expected.labels = read_labels(alert.find("exp_labels"), "exp_labels");
                       std::erase_if(expected.labels, [](const auto& label) { return label.name == "alertname"; });
                       expected.labels.push_back({"alertname", check.alert});
                       std::sort(expected.labels.begin(), expected.labels.end(), by_name);
                       expected.annotations = read_labels(alert.find("exp_annotations"), "exp_annotations");
                       check.expected.push_back(std::move(expected));
                     });
    test.alerts.push_back(std::move(check));
  }

  void read_expression(const Node& node, const Fields& fields, RuleTest& test) {
    ExpressionCheck check;
    read_duration(fields, "eval_time", check.at);
    check.expression = text_of(fields, "expr");
    if (check.expression.empty()) return faults_.add(node.at, "an item of promql_expr_test needs 'expr'");
    for_each_mapping(fields.find("exp_samples"), "exp_samples", kSampleFields,
                     [&](const Node& item, const Fields& sample) { read_sample(item, sample, check); });
    test.expressions.push_back(std::move(check));
  }

  void read_sample(const Node& node, const Fields& fields, ExpressionCheck& check) {
    if (const Node* histogram = fields.find("histogram"); histogram != nullptr && !histogram->text.empty()) {
      return faults_.add(histogram->at, "there are no native histograms");
    }
    ExpectedSample expected;
    const std::string labels = text_of(fields, "labels");
    if (!labels.empty()) {
      auto line = promql::parse_series_line(labels);
      if (!line || !line->points.empty()) {
        return faults_.add(fields.find("labels")->at,
                           "labels: " + (line ? std::string("must be a series, without values") : line.error().what));
      }
      expected.labels = std::move(line->labels);
    }
    if (fields.find("value") != nullptr) {
      const auto value = number_of(text_of(fields, "value"));
      if (!value) return faults_.add(node.at, "value: must be a number");
      expected.value = *value;
    }
    check.expected.push_back(std::move(expected));
  }

  std::vector<measure::Label> read_labels(const Node* node, const std::string& name) {
    std::vector<measure::Label> labels;
    if (node == nullptr) return labels;
    if (node->kind != NodeKind::kMapping) faults_.add(node->at, "'" + name + "' is a mapping of names to texts");
    for (const Entry& entry : node->entries) {
      const bool is_text = entry.value->kind == NodeKind::kScalar || entry.value->kind == NodeKind::kNull;
      if (!is_text) faults_.add(entry.value->at, "'" + entry.key->text + "' must be a text");
      labels.push_back({entry.key->text, entry.value->text});
    }
    std::sort(labels.begin(), labels.end(), by_name);
    return labels;
  }

  FaultList faults_;
  RuleTestFile read_;
  std::size_t points_ = 0;  // of all series
};

}  // namespace

RuleTestFile read_rule_test_file(std::string_view text, const std::string& file) { return Reader(file).read(text); }

}  // namespace sonde::app
