#include "measure/sli_book.h"

#include <algorithm>
#include <string>

#include "measure/histogram_series.h"

namespace sonde::measure {
namespace {

using protocol::ExchangeError;

bool allows(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

/// Whether a request of this kind is bad; nothing if it does not count.
std::optional<bool> judge(const SliDefinition& definition, const SliSubject& subject) {
  const bool is_meant = allows(definition.services, subject.service) && allows(definition.routes, subject.route) &&
                        allows(definition.methods, subject.method);
  if (!is_meant) return std::nullopt;
  switch (subject.error) {
    case ExchangeError::kConnectionReset:
    case ExchangeError::kTimeout:
      return std::nullopt;
    case ExchangeError::kConnectionClosed:
    case ExchangeError::kBadResponse:
      return true;
    case ExchangeError::kNone:
    case ExchangeError::kCount:
      break;
  }
  if (holds(definition.ignored_statuses, subject.status)) return std::nullopt;
  return !holds(definition.good_statuses, subject.status);
}

}  // namespace

SliBook::SliBook(std::vector<SliDefinition> definitions) {
  for (SliDefinition& definition : definitions) {
    Indicator indicator;
    indicator.good_identity = make_identity({{"sli", definition.name}, {"outcome", "good"}});
    indicator.bad_identity = make_identity({{"sli", definition.name}, {"outcome", "bad"}});
    indicator.objective_identity = make_identity({{"sli", definition.name}});
    indicator.definition = std::move(definition);
    indicators_.push_back(std::move(indicator));
  }
}

const SliSet* SliBook::find(const SliSubject& subject) {
  Members members;
  for (std::size_t i = 0; i < indicators_.size(); ++i) {
    if (const auto is_bad = judge(indicators_[i].definition, subject)) members.emplace_back(i, *is_bad);
  }
  if (members.empty()) return nullptr;
  const auto [place, is_new] = sets_.try_emplace(std::move(members));
  if (is_new) {
    for (const auto& [indicator, is_bad] : place->first) place->second.members.push_back({indicator, is_bad});
  }
  return &place->second;
}

void SliBook::observe(const SliSet& set, std::chrono::nanoseconds duration) {
  for (const SliSet::Member& member : set.members) {
    Indicator& indicator = indicators_[member.indicator];
    const auto& within = indicator.definition.good_within;
    const bool is_bad = member.is_bad || (within && duration > *within);
    ++(is_bad ? indicator.bad : indicator.good);
  }
}

void SliBook::publish(std::vector<Family>& into) const {
  if (indicators_.empty()) return;
  Family requests{"sonde_sli_requests_total",
                  "Requests that count for a service level indicator, by outcome.",
                  MetricType::kCounter,
                  {}};
  Family objectives{"sonde_sli_objective_ratio",
                    "Share of the requests of a service level indicator that is to be good.",
                    MetricType::kGauge,
                    {}};
  for (const Indicator& indicator : indicators_) {
    requests.series.push_back({indicator.good_identity, static_cast<double>(indicator.good), nullptr});
    requests.series.push_back({indicator.bad_identity, static_cast<double>(indicator.bad), nullptr});
    objectives.series.push_back({indicator.objective_identity, indicator.definition.objective, nullptr});
  }
  into.push_back(std::move(requests));
  into.push_back(std::move(objectives));
}

}  // namespace sonde::measure
