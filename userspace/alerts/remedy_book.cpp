#include "alerts/remedy_book.h"

#include <algorithm>
#include <cstddef>

#include "alerts/label_set.h"

namespace sonde::alerts {
namespace {

constexpr std::chrono::hours kHour{1};

/// The first alert that wants it; null if none does. What came to the incident while it fired already has fired for as
/// long as it is there.
const Problem* find_problem(const RemedyRule& rule, const MatcherSet& matchers, const Incident& incident,
                            const Moment& now) {
  for (const IncidentAlert& alert : incident.alerts) {
    const Problem& problem = alert.problem;
    if (!alert.firing || problem.severity < rule.at_least) continue;
    const auto since = std::max(problem.fired_at.elapsed, alert.joined_at.elapsed);
    if (now.elapsed - since >= rule.after && matchers.matches(labels_of(problem))) return &problem;
  }
  return nullptr;
}

/// Nobody has taken it on, and people are told of it.
bool is_nobodys(const Incident& incident) { return incident.status == IncidentStatus::kTriggered && !incident.held; }

Result<> check(const RemedyRule& rule) {
  if (rule.matchers.empty()) return Error{Code::kBadInput, "it has no matchers, and would be for every alert"};
  if (rule.arguments.empty() || !rule.arguments.front().starts_with('/')) {
    return Error{Code::kBadInput, "its program is no absolute path"};
  }
  return Ok{};
}

}  // namespace

TimelineEntry remedy_line(const RemedyKey& key, Change change, const Moment& at, const std::string& what) {
  TimelineEntry entry;
  entry.at = at;
  entry.change = change;
  entry.reason = key.remedy + ": " + what;
  entry.incident = key.incident;
  return entry;
}

RemedyClaim claim_of(const RemedyOrder& order, const Moment& now) {
  return {.key = order.key, .at = now, .alert = order.problem.labels, .fired_at = order.problem.fired_at};
}

Result<RemedyBook> RemedyBook::compile(const RemedyOptions& options) {
  std::vector<Compiled> rules;
  for (const RemedyRule& rule : options.rules) {
    if (auto sound = check(rule); !sound) return std::move(sound).error().with("the remedy '" + rule.name + "'");
    auto matchers = MatcherSet::compile(rule.matchers);
    if (!matchers) return std::move(matchers).error().with("the remedy '" + rule.name + "'");
    const auto& allowed = options.allowed_programs;
    if (std::ranges::find(allowed, rule.arguments.front()) == allowed.end()) {
      return Error{Code::kBadInput, "the remedy '" + rule.name + "': its program is not among those that are allowed"};
    }
    rules.push_back({rule, *std::move(matchers)});
  }
  return RemedyBook(std::move(rules));
}

void RemedyBook::note(const RemedyClaim& claim) {
  if (!claimed_.emplace(claim.key, claim).second) return;
  held_back_.erase(claim.key);
  lately_[claim.key.remedy].push_back(claim.at.elapsed);
}

/// Of an incident that is over, or was opened again, nothing is wanted any more: it need not be remembered.
void RemedyBook::forget(std::span<const Incident> incidents, const Moment& now) {
  const auto is_gone = [&](const RemedyKey& key) {
    const auto found = std::ranges::find(incidents, key.incident, &Incident::id);
    return found == incidents.end() || found->occurrence > key.occurrence;
  };
  std::erase_if(claimed_, [&](const auto& each) { return is_gone(each.first); });
  std::erase_if(held_back_, is_gone);
  for (auto& [rule, claims] : lately_) {
    std::erase_if(claims, [&](std::chrono::nanoseconds at) { return now.elapsed - at >= kHour; });
  }
}

void RemedyBook::hold_back(const RemedyOrder& order, const Moment& now) {
  if (!held_back_.insert(order.key).second) return;
  ++held_back_total_[order.key.remedy];
  const std::string what = "held back: more than " + std::to_string(order.rule.max_per_hour) + " in an hour";
  timeline_.push_back(remedy_line(order.key, Change::kRemedyEnded, now, what));
}

bool RemedyBook::is_done(const RemedyOrder& order) const {
  return std::ranges::any_of(claimed_, [&](const auto& each) {
    const RemedyClaim& claim = each.second;
    return claim.key == order.key || (claim.key.remedy == order.key.remedy && claim.alert == order.problem.labels &&
                                      claim.fired_at == order.problem.fired_at);
  });
}

std::vector<RemedyOrder> RemedyBook::candidates(std::span<const Incident> incidents, const Moment& now) const {
  std::vector<RemedyOrder> orders;
  for (const Incident& incident : incidents) {
    if (!is_nobodys(incident)) continue;
    for (const Compiled& each : rules_) {
      const Problem* const problem = find_problem(each.rule, each.matchers, incident, now);
      if (problem == nullptr) continue;
      orders.push_back({{incident.id, incident.occurrence, each.rule.name}, each.rule, incident, *problem});
    }
  }
  return orders;
}

std::vector<RemedyOrder> RemedyBook::wanted(std::span<const Incident> incidents, const Moment& now) {
  std::vector<RemedyOrder> orders;
  if (is_off()) return orders;
  forget(incidents, now);
  std::map<std::string, std::size_t> runs;
  for (const auto& [rule, claims] : lately_) runs[rule] = claims.size();
  for (RemedyOrder& order : candidates(incidents, now)) {
    const bool is_twice = std::ranges::any_of(orders, [&](const RemedyOrder& other) {
      return other.key.remedy == order.key.remedy && other.problem.labels == order.problem.labels;
    });
    if (is_twice || is_done(order)) continue;
    std::size_t& count = runs[order.key.remedy];
    if (count >= order.rule.max_per_hour) {
      hold_back(order, now);
      continue;
    }
    ++count;
    orders.push_back(std::move(order));
  }
  return orders;
}

}  // namespace sonde::alerts
