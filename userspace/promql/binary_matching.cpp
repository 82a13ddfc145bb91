#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "promql/binary_operation.h"
#include "promql/label_functions.h"
#include "promql/token.h"

namespace sonde::promql {
namespace {

/// The rows of both sides whose matching labels are the same.
struct Match {
  std::vector<std::size_t> many;
  std::vector<std::size_t> one;
};

/// At which steps a side has any value: where one has none, nothing is matched, and nothing can be wrong.
std::vector<bool> steps_with_values(const Matrix& matrix) {
  std::vector<bool> any(matrix.step_count());
  for (std::size_t index = 0; index < matrix.size(); ++index) {
    const std::span<const double> row = matrix.row(index);
    for (std::size_t step = 0; step < row.size(); ++step) {
      if (!is_absent(row[step])) any[step] = true;
    }
  }
  return any;
}

/// Matches series and combines them. The "one" side is that which may have only one series for each match: the right
/// one unless group_right says otherwise.
class Matcher {
 public:
  Matcher(const Binary& binary, const Matrix& many, const Matrix& one)
      : binary_(binary),
        matching_(*binary.matching),
        filter_(matching_filter(matching_)),
        many_(many),
        one_(one),
        result_(many.step_count()),
        one_to_one_(matching_.cardinality == Cardinality::kOneToOne),
        swapped_(matching_.cardinality == Cardinality::kOneToMany),
        result_filter_(one_to_one_ ? make_filter(matching_.on, matching_.labels) : all_labels()) {}

  Expected<Matrix, QueryError> run(EvaluationLimits& limits) {
    const std::vector<bool> many_steps = steps_with_values(many_);
    const std::vector<Match> matches = find_matches();
    std::vector<std::size_t> partner;
    for (std::size_t number = 0; number < matches.size(); ++number) {
      const Match& match = matches[number];
      SONDE_TRY(limits.spend(1 + match.many.size() * many_.step_count()));
      SONDE_TRY(find_partners(match, many_steps, partner));
      taken_.assign(many_.step_count(), false);
      for (const std::size_t row : match.many) {
        const std::size_t held = result_.value_count();
        SONDE_TRY(combine_row(row, match, partner, number));
        SONDE_TRY(limits.hold(result_.value_count() - held));
      }
    }
    result_.drop_empty_rows();
    return std::move(result_);
  }

 private:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  std::vector<Match> find_matches() {
    LabelGroups groups;
    std::vector<Match> matches;
    for (std::size_t row = 0; row < one_.size(); ++row) {
      const std::size_t number = groups.number_of(one_.labels(row), filter_);
      if (number == matches.size()) matches.emplace_back();
      matches[number].one.push_back(row);
    }
    for (std::size_t row = 0; row < many_.size(); ++row) {
      const std::size_t number = groups.number_of(many_.labels(row), filter_);
      if (number < matches.size()) matches[number].many.push_back(row);
    }
    return matches;
  }

  /// The row of the one side that has a value, at each step.
  Expected<Ok, QueryError> find_partners(const Match& match, const std::vector<bool>& many_steps,
                                         std::vector<std::size_t>& partner) const {
    partner.assign(many_.step_count(), kNone);
    for (const std::size_t row : match.one) {
      const std::span<const double> values = one_.row(row);
      for (std::size_t step = 0; step < values.size(); ++step) {
        if (is_absent(values[step]) || !many_steps[step]) continue;
        if (partner[step] != kNone) return duplicate_error(row, partner[step]);
        partner[step] = row;
      }
    }
    return Ok{};
  }

  /// Names the two in the order of their labels, as Prometheus 3.14 does.
  [[nodiscard]] QueryError duplicate_error(std::size_t first, std::size_t second) const {
    if (compare(one_.labels(second), one_.labels(first)) < 0) std::swap(first, second);
    return execution_error("found duplicate series for the match group " +
                           to_text(filtered(one_.labels(first), filter_)) + " on the " + (swapped_ ? "left" : "right") +
                           " hand-side of the operation: [" + to_text(*labels_of(one_.labels(first))) + ", " +
                           to_text(*labels_of(one_.labels(second))) +
                           "];many-to-many matching not allowed: matching labels must be unique on one side");
  }

  Expected<Ok, QueryError> combine_row(std::size_t row, const Match& match, const std::vector<std::size_t>& partner,
                                       std::size_t number) {
    const std::span<const double> values = many_.row(row);
    for (const std::size_t one : match.one) {
      std::size_t into = kNone;
      for (std::size_t step = 0; step < values.size(); ++step) {
        if (is_absent(values[step]) || partner[step] != one) continue;
        const double other = one_.row(one)[step];
        const Combined combined =
            swapped_ ? combine(binary_.op, other, values[step]) : combine(binary_.op, values[step], other);
        if (into == kNone) into = result_row(many_.labels(row), one_.labels(one));
        SONDE_TRY(take_step(into, step, number));
        if (!combined.keep && !binary_.return_bool) continue;
        double& result = result_.row(into)[step];
        if (!is_absent(result)) return same_labels_error();
        result = binary_.return_bool ? static_cast<double>(combined.keep) : combined.value;
      }
    }
    return Ok{};
  }

  /// A match has one result at a step, or, with group_left and group_right, one for each set of labels. What a
  /// comparison then filters away counts (as from Prometheus 3.9 on).
  Expected<Ok, QueryError> take_step(std::size_t row, std::size_t step, std::size_t number) {
    if (one_to_one_) {
      if (taken_[step]) {
        return execution_error(
            "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
      }
      taken_[step] = true;
      return Ok{};
    }
    std::size_t& taken_by = taken_by_[row * many_.step_count() + step];
    if (taken_by == number) {
      return execution_error("multiple matches for labels: grouping labels must ensure unique matches");
    }
    taken_by = number;
    return Ok{};
  }

  /// The row for what these two series make together.
  std::size_t result_row(const LabelSet& many, const LabelSet& one) {
    const LabelSet labels = result_labels(many, one);
    const std::size_t row = result_numbers_.number_of(labels, all_labels());
    if (row == result_.size()) {
      result_.append(labels);
      if (!one_to_one_) taken_by_.resize(result_.value_count(), kNone);
    }
    return row;
  }

  /// promql/engine.go, resultMetric.
  [[nodiscard]] LabelSet result_labels(const LabelSet& many, const LabelSet& one) const {
    LabelSet source = many;
    source.nameless |= !is_comparison(binary_.op);
    store::Labels labels = filtered(source, result_filter_);
    for (const std::string& name : matching_.include) set_label(labels, name, std::string(value_of(one, name)));
    return LabelSet{std::make_shared<const store::Labels>(std::move(labels)), binary_.return_bool};
  }

  const Binary& binary_;
  const VectorMatching& matching_;
  LabelFilter filter_;
  const Matrix& many_;
  const Matrix& one_;
  Matrix result_;
  bool one_to_one_;
  bool swapped_;
  LabelFilter result_filter_;
  std::vector<bool> taken_;  ///< one to one: the steps at which the match at hand has a result
  LabelGroups result_numbers_;
  std::vector<std::size_t> taken_by_;  ///< otherwise: by which match, for each row of the result and step
};

}  // namespace

Expected<Matrix, QueryError> combine_vectors(const Binary& binary, const Matrix& left, const Matrix& right,
                                             EvaluationLimits& limits) {
  const bool one_is_left = binary.matching->cardinality == Cardinality::kOneToMany;
  return one_is_left ? Matcher(binary, right, left).run(limits) : Matcher(binary, left, right).run(limits);
}

}  // namespace sonde::promql
