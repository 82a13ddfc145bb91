#include "app/rule_language.h"

#include <utility>
#include <vector>

#include "promql/dissect.h"
#include "templates/template.h"

namespace sonde::app {
namespace {

rules::TextFault to_text_fault(templates::TemplateFault fault) {
  return {fault.line, fault.column, std::move(fault.what)};
}

}  // namespace

RuleLanguage::RuleLanguage(const promql::Engine& engine, std::stop_token stop, TemplateExternals externals)
    : engine_(engine), stop_(std::move(stop)), externals_(std::move(externals)) {}

Expected<promql::ExpressionFacts, promql::QueryError> RuleLanguage::dissect(const std::string& expression) const {
  return promql::dissect(expression, engine_.options());
}

Expected<promql::QueryResult, promql::QueryError> RuleLanguage::query(const std::string& expression,
                                                                      std::int64_t at_ms) const {
  promql::QueryRequest request;
  request.expression = expression;
  request.start_ms = at_ms;
  request.end_ms = at_ms;
  return engine_.run(request, stop_);
}

std::optional<rules::TextFault> RuleLanguage::find_fault(const std::string& text) const {
  auto parsed = templates::Template::parse(text);
  if (parsed) return std::nullopt;
  return to_text_fault(std::move(parsed).error());
}

Expected<std::string, rules::TextFault> RuleLanguage::expand(const std::string& text, const rules::Facts& facts) const {
  if (text.find("{{") == std::string::npos) return text;
  auto parsed = templates::Template::parse(text);
  if (!parsed) return to_text_fault(std::move(parsed).error());
  templates::TemplateData data;
  data.labels = facts.labels;
  data.value = facts.value;
  data.at_ms = facts.at_ms;
  data.external_labels = externals_.labels;
  data.external_url = externals_.url;
  const auto ask = [&](const std::string& expression) -> Result<std::vector<templates::TemplateSeries>> {
    auto result = query(expression, facts.at_ms);
    if (!result) return Error{Code::kBadInput, std::move(result).error().what};
    std::vector<templates::TemplateSeries> series;
    for (promql::ResultSeries& each : result->value.series) {
      if (!each.samples.empty()) series.push_back({*each.labels, each.samples.back().value});
    }
    return series;
  };
  auto rendered = parsed->render(data, ask);
  if (!rendered) return to_text_fault(std::move(rendered).error());
  return *std::move(rendered);
}

}  // namespace sonde::app
