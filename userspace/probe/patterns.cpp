#include "probe/patterns.h"

#include <utility>

namespace sonde::probe {
namespace {

Result<std::unique_ptr<re2::RE2>> compiled(const ProbeTarget& target, const std::string& pattern) {
  auto expression = std::make_unique<re2::RE2>(pattern, re2::RE2::Quiet);
  if (expression->ok()) return expression;
  return Error{Code::kBadConfig,
               "probe " + target.name + ": " + pattern + " is no regular expression (RE2): " + expression->error()};
}

}  // namespace

Result<Patterns> Patterns::compile(const ProbeTarget& target) {
  Patterns patterns;
  const std::string& answer = target.kind == ProbeKind::kTcp ? target.tcp.expect : target.http.body_matches;
  if (!answer.empty()) patterns.answer_ = SONDE_TRY(compiled(target, answer));
  for (const JsonExpectation& each : target.http.json) {
    patterns.json_.push_back(SONDE_TRY(compiled(target, each.matches)));
  }
  return patterns;
}

}  // namespace sonde::probe
