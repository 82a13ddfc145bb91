#include "promql/annotations.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include "promql/matching_labels.h"

namespace sonde::promql {
namespace {

/// As Go's verb %g writes numbers: the shortest digits that read back, with an exponent of at least two digits.
std::string general_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  // Go takes the exponent form below 1e-4 and from 1e21 on.
  const double magnitude = std::fabs(value);
  const bool plain = value == 0 || (magnitude >= 1e-4 && magnitude < 1e21);
  char digits[64];
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, value, format);
  return {digits, end.ptr};
}

}  // namespace

std::string Annotations::place(Span where) const {
  if (where.begin > query_.size()) return " (invalid position)";
  const std::string_view before = query_.substr(0, where.begin);
  std::size_t line = 1;
  for (const char c : before) line += c == '\n' ? 1U : 0U;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return " (" + std::to_string(line) + ":" + std::to_string(where.begin - line_start + 1) + ")";
}

void Annotations::add_invalid_quantile(double quantile, Span where) {
  warnings_.insert("PromQL warning: quantile value should be between 0 and 1, got " + general_number(quantile) +
                   place(where));
}

void Annotations::add_bad_bucket_label(std::string_view metric, std::string_view bucket, Span where) {
  warnings_.insert("PromQL warning: bucket label \"le\" is missing or has a malformed value of " + quoted_text(bucket) +
                   " for metric name " + quoted_text(metric) + place(where));
}

void Annotations::add_possible_non_counter(std::string_view metric, Span where) {
  infos_.insert("PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: " +
                quoted_text(metric) + place(where));
}

void Annotations::add_forced_monotonicity(std::string_view metric, Span where) {
  infos_.insert(
      "PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see "
      "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name " +
      quoted_text(metric) + place(where));
}

}  // namespace sonde::promql
