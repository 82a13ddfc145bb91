#include "promql/case_check.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <vector>

#include "base/go_number.h"
#include "promql/matching_labels.h"

namespace sonde::test {
namespace {

using promql::QueryValue;
using promql::ResultSeries;
using promql::ValueType;
using store::Sample;

/// The tolerance of promql/promqltest.
constexpr double kToleranceRatio = 1e-6;

/// util/almost/almost.go.
bool almost_equal(double left, double right) {
  if (store::is_stale(left) || store::is_stale(right)) return store::is_stale(left) && store::is_stale(right);
  if (left == right || (std::isnan(left) && std::isnan(right))) return true;
  constexpr double kSmallest = std::numeric_limits<double>::min();
  const double sum = std::fabs(left) + std::fabs(right);
  const double difference = std::fabs(left - right);
  if (left == 0 || right == 0 || sum < kSmallest) return difference < kToleranceRatio * kSmallest;
  return difference / std::min(sum, std::numeric_limits<double>::max()) < kToleranceRatio;
}

std::string describe(const std::vector<Sample>& samples) {
  std::string text;
  for (const Sample& sample : samples) {
    text += " " + format_number(sample.value) + "@" + std::to_string(sample.at_ms);
  }
  return text;
}

std::vector<Sample> expected_samples(const EvalCommand& eval, const SeriesLine& line) {
  const std::int64_t start_ms = eval.is_range_vector ? eval.range_start_ms : eval.start_ms;
  const std::int64_t step_ms = eval.is_range_vector ? eval.range_step_ms : eval.step_ms;
  std::vector<Sample> samples;
  for (std::size_t index = 0; index < line.points.size(); ++index) {
    if (line.points[index].kind == PointKind::kGap) continue;
    samples.push_back(Sample{start_ms + step_ms * static_cast<std::int64_t>(index), line.points[index].value});
  }
  return samples;
}

bool same_samples(const std::vector<Sample>& left, const std::vector<Sample>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const Sample& a, const Sample& b) {
    return a.at_ms == b.at_ms && almost_equal(a.value, b.value);
  });
}

std::optional<std::string> check_series(const EvalCommand& eval, const QueryValue& value) {
  std::map<std::string, std::vector<Sample>> wanted;
  for (const SeriesLine& line : eval.series) wanted[promql::to_text(line.labels)] = expected_samples(eval, line);
  for (std::size_t position = 0; position < value.series.size(); ++position) {
    const ResultSeries& series = value.series[position];
    const std::string labels = promql::to_text(*series.labels);
    const auto found = wanted.find(labels);
    if (found == wanted.end()) return "unexpected or repeated series " + labels + describe(series.samples);
    if (eval.ordered && promql::to_text(eval.series[position].labels) != labels) {
      return labels + " is at the wrong place";
    }
    if (!same_samples(series.samples, found->second)) {
      return labels + ": got" + describe(series.samples) + ", wanted" + describe(found->second);
    }
    wanted.erase(found);
  }
  if (wanted.empty()) return std::nullopt;
  return wanted.begin()->first + " is missing, wanted" + describe(wanted.begin()->second);
}

/// All that is said was expected, and all that was expected is said.
std::optional<std::string> check_texts(const std::string& kind, const std::vector<TextPattern>& wanted, bool none,
                                       const std::vector<std::string>& texts) {
  if (none && !texts.empty()) return "unexpected " + kind + ": " + texts.front();
  if (wanted.empty()) return std::nullopt;
  if (texts.empty()) return "there is no " + kind;
  for (const TextPattern& pattern : wanted) {
    const bool said = std::any_of(texts.begin(), texts.end(), [&](const auto& text) { return pattern.matches(text); });
    if (!said) return "another " + kind + " was expected than: " + texts.front();
  }
  for (const std::string& text : texts) {
    const bool expected =
        std::any_of(wanted.begin(), wanted.end(), [&](const auto& each) { return each.matches(text); });
    if (!expected) return "unexpected " + kind + ": " + text;
  }
  return std::nullopt;
}

}  // namespace

std::string describe(const QueryValue& value) {
  if (value.type == ValueType::kString) return "\"" + value.text + "\"";
  std::string text;
  for (const ResultSeries& series : value.series) {
    if (!text.empty()) text += "; ";
    text += promql::to_text(*series.labels) + describe(series.samples);
  }
  return text.empty() ? "nothing" : text;
}

std::optional<std::string> check_value(const EvalCommand& eval, const QueryValue& value) {
  switch (value.type) {
    case ValueType::kString:
      if (eval.text && *eval.text == value.text) return std::nullopt;
      return "got " + describe(value) + ", wanted " + (eval.text ? "\"" + *eval.text + "\"" : "no text");
    case ValueType::kScalar:
      if (!eval.scalar) return "got the scalar " + describe(value);
      if (almost_equal(*eval.scalar, value.series.front().samples.front().value)) return std::nullopt;
      return "got" + describe(value.series.front().samples) + ", wanted " + format_number(*eval.scalar);
    case ValueType::kVector:
    case ValueType::kMatrix:
      if (eval.scalar) return "got " + describe(value) + ", wanted the scalar " + format_number(*eval.scalar);
      return check_series(eval, value);
    case ValueType::kNone:
      break;
  }
  return "the answer has no type";
}

std::optional<std::string> check_answer(const EvalCommand& eval, const promql::QueryResult& answer) {
  if (eval.fails) return "got " + describe(answer.value) + ", wanted an error";
  if (auto fault = check_texts("warning", eval.warnings, eval.no_warnings, answer.warnings)) return fault;
  if (auto fault = check_texts("info", eval.infos, eval.no_infos, answer.infos)) return fault;
  return check_value(eval, answer.value);
}

std::optional<std::string> check_error(const EvalCommand& eval, const promql::QueryError& error) {
  if (!eval.fails) return "got the error: " + error.what;
  for (const TextPattern& pattern : eval.failures) {
    if (!pattern.matches(error.what)) return "got another error: " + error.what;
  }
  return std::nullopt;
}

}  // namespace sonde::test
