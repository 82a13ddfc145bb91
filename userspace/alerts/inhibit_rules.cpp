#include "alerts/inhibit_rules.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "alerts/label_set.h"

namespace sonde::alerts {

Result<InhibitRules> InhibitRules::compile(std::span<const InhibitRule> rules) {
  InhibitRules compiled;
  for (const InhibitRule& rule : rules) {
    const std::string number = std::to_string(compiled.rules_.size() + 1);
    auto source = MatcherSet::compile(rule.source);
    if (!source) return std::move(source).error().with("inhibition rule " + number + ", source");
    auto target = MatcherSet::compile(rule.target);
    if (!target) return std::move(target).error().with("inhibition rule " + number + ", target");
    compiled.rules_.push_back({*std::move(source), *std::move(target), rule.equal});
  }
  return compiled;
}

std::vector<std::vector<std::size_t>> InhibitRules::inhibitors_of(std::span<const store::Labels> firing) const {
  std::vector<std::vector<std::size_t>> inhibitors(firing.size());
  for (const Compiled& rule : rules_) apply(rule, firing, inhibitors);
  for (std::vector<std::size_t>& each : inhibitors) {
    std::ranges::sort(each);
    each.erase(std::unique(each.begin(), each.end()), each.end());
  }
  return inhibitors;
}

void InhibitRules::apply(const Compiled& rule, std::span<const store::Labels> firing,
                         std::vector<std::vector<std::size_t>>& inhibitors) {
  using Values = std::vector<std::string_view>;
  const auto values_of = [&rule](const store::Labels& labels) {
    Values values;
    for (const std::string& name : rule.equal) values.push_back(value_of(labels, name));
    return values;
  };
  struct Source {
    std::size_t at;
    bool is_target;
  };
  std::map<Values, std::vector<Source>> sources;
  std::vector<bool> is_source(firing.size());
  std::vector<bool> is_target(firing.size());
  for (std::size_t at = 0; at < firing.size(); ++at) {
    is_source[at] = rule.source.matches(firing[at]);
    is_target[at] = rule.target.matches(firing[at]);
    if (is_source[at]) sources[values_of(firing[at])].push_back({at, is_target[at]});
  }
  for (std::size_t at = 0; at < firing.size(); ++at) {
    if (!is_target[at]) continue;
    for (const Source& source : sources[values_of(firing[at])]) {
      if (!(is_source[at] && source.is_target)) inhibitors[at].push_back(source.at);
    }
  }
}

}  // namespace sonde::alerts
