#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "promql/ast.h"

namespace sonde::promql {

/// What should be said about an answer short of an error. The texts are those of Prometheus 3.5
/// (util/annotations/annotations.go), each with the place in the query it is about: `PromQL warning: ... (1:7)`.
class Annotations {
 public:
  /// owner: the caller keeps `query` alive.
  explicit Annotations(std::string_view query) : query_(query) {}

  /// histogram_quantile, quantile and quantile_over_time were given something outside [0, 1].
  void add_invalid_quantile(double quantile, Span where);

  /// A series given to histogram_quantile or histogram_fraction has no number in its label le.
  void add_bad_bucket_label(std::string_view metric, std::string_view bucket, Span where);

  /// rate and increase were given what does not look like a counter.
  void add_possible_non_counter(std::string_view metric, Span where);

  /// The buckets of a histogram were not cumulative.
  void add_forced_monotonicity(std::string_view metric, Span where);

  /// Hands out the texts, sorted.
  [[nodiscard]] std::vector<std::string> warnings() const { return {warnings_.begin(), warnings_.end()}; }
  [[nodiscard]] std::vector<std::string> infos() const { return {infos_.begin(), infos_.end()}; }

 private:
  [[nodiscard]] std::string place(Span where) const;

  std::string_view query_;
  std::set<std::string> warnings_;
  std::set<std::string> infos_;
};

}  // namespace sonde::promql
