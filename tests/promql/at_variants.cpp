#include "promql/at_variants.h"

#include <variant>

#include "promql/evaluation_shape.h"
#include "promql/parser.h"

namespace sonde::test {
namespace {

using namespace promql;

/// Fixes the time of all selectors and subqueries that are in no subquery: that says at which times they are read.
class TimeFixer {
 public:
  explicit TimeFixer(std::int64_t at_ms) : at_ms_(at_ms) {}

  void visit(Expression& expression) {
    std::visit([this](auto& node) { fix(node); }, expression.node);
  }

 private:
  void fix(NumberLiteral&) {}
  void fix(StringLiteral&) {}
  void fix(VectorSelector& selector) { fix(selector.shift); }
  void fix(MatrixSelector& range) { fix(range.selector.shift); }
  void fix(Parenthesis& parenthesis) { visit(*parenthesis.inner); }
  void fix(Unary& unary) { visit(*unary.inner); }
  void fix(Subquery& subquery) { fix(subquery.shift); }
  void fix(Binary& binary) {
    visit(*binary.left);
    visit(*binary.right);
  }
  void fix(Aggregation& aggregation) {
    if (aggregation.parameter != nullptr) visit(*aggregation.parameter);
    visit(*aggregation.inner);
  }
  void fix(Call& call) {
    for (const ExpressionPtr& argument : call.arguments) visit(*argument);
  }
  void fix(TimeShift& shift) const {
    if (shift.at == AtKind::kNone) shift = TimeShift{shift.offset_ms, AtKind::kTimestamp, at_ms_};
  }

  std::int64_t at_ms_;
};

}  // namespace

std::vector<AtVariant> at_variants(const std::string& expression, std::int64_t at_ms) {
  const auto parsed = parse(expression);
  if (!parsed) return {};
  TimeFixer(at_ms).visit(**parsed);
  // What is not the same at all steps now reads the time.
  if (!find_step_invariant(**parsed).contains(parsed->get())) return {};
  const std::string fixed = to_text(**parsed);
  std::vector<std::int64_t> times{-10 * at_ms, 0, at_ms / 5, at_ms, 10 * at_ms};
  if (at_ms == 0) times = {-1000, 0, 1000};
  std::vector<AtVariant> variants;
  for (const std::int64_t time_ms : times) variants.push_back(AtVariant{fixed, time_ms});
  return variants;
}

}  // namespace sonde::test
