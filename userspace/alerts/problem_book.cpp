#include "alerts/problem_book.h"

#include <algorithm>
#include <optional>

#include "alerts/inhibition.h"

namespace sonde::alerts {
namespace {

using rules::Severity;
using rules::severity_of;
using std::chrono::nanoseconds;

constexpr std::string_view kStart = "start";

const CataloguedRule* find_rule(const RuleCatalog& rules, const std::string& uid) {
  const auto found = rules.find(uid);
  return found == rules.end() ? nullptr : &found->second;
}

const rules::Flapping* flapping_of(const RuleCatalog& rules, const Problem& problem) {
  const CataloguedRule* found = find_rule(rules, problem.uid);
  return found && found->rule.judgement.flapping ? &*found->rule.judgement.flapping : nullptr;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// Until when a pending instance of a higher severity is worth waiting for: it could fire at the first evaluation after
/// its `for`.
nanoseconds worth_waiting_until(const Instance& pending, const CataloguedRule& found) {
  const unsigned breaches = std::max(1U, found.rule.judgement.breaches);
  return pending.active_at.elapsed + std::max(found.rule.hold, (breaches - 1) * found.interval) + found.interval;
}

/// Adds the names of alerts that the configuration's own rules let inhibit others.
void inhibit_by_labels(const InhibitRules& rules, const std::vector<Problem*>& problems,
                       std::vector<std::vector<std::string>>& inhibitors) {
  std::vector<store::Labels> labels;
  labels.reserve(problems.size());
  for (const Problem* problem : problems) labels.push_back(labels_of(*problem));
  const std::vector<std::vector<std::size_t>> found = rules.inhibitors_of(labels);
  for (std::size_t at = 0; at < problems.size(); ++at) {
    for (const std::size_t by : found[at]) inhibitors[at].emplace_back(value_of(labels[by], kAlertLabel));
    std::ranges::sort(inhibitors[at]);
    inhibitors[at].erase(std::unique(inhibitors[at].begin(), inhibitors[at].end()), inhibitors[at].end());
  }
}

}  // namespace

ProblemBook::ProblemBook(BookOptions options) : options_(options) {}

void ProblemBook::note(const TimelineEntry& change) {
  if (change.change != Change::kFired && change.change != Change::kCleared) return;
  reasons_[without(change.labels, kSeverityLabel)] = change.reason;
}

std::string ProblemBook::reason_of(const Problem& problem, std::string otherwise) const {
  const auto found = reasons_.find(problem.labels);
  return found == reasons_.end() ? std::move(otherwise) : found->second;
}

ProblemBook::Standings ProblemBook::stand(const Tick& tick) {
  Standings standings;
  for (const Instance* instance : tick.active) add(*instance, standings[without(instance->labels, kSeverityLabel)]);
  for (const Instance& instance : tick.foreign) add(instance, standings[instance.labels]);
  return standings;
}

void ProblemBook::add(const Instance& instance, Standing& standing) {
  if (instance.state == InstanceState::kPending) {
    standing.pending.push_back(&instance);
    return;
  }
  const Severity severity = severity_of(instance.labels);
  const bool is_first = !standing.worst || instance.active_at.elapsed < standing.started_at.elapsed;
  if (is_first) standing.started_at = instance.active_at;
  if (standing.worst && severity <= standing.severity) return;
  standing.worst = &instance;
  standing.severity = severity;
}

std::vector<Notice> ProblemBook::finish(const RuleCatalog& rules, const Tick& tick) {
  const Standings standings = stand(tick);
  for (const auto& [labels, standing] : standings) {
    if (!standing.worst) continue;
    Problem& problem = problems_[labels];
    problem.labels = labels;
    rise(problem, standing, rules, tick.now);
  }
  for (auto& [labels, problem] : problems_) {
    const auto standing = standings.find(labels);
    if (problem.firing && (standing == standings.end() || !standing->second.worst)) fall(problem, tick.now);
    judge_flapping(problem, rules, tick.now);
  }
  inhibit(rules, tick);
  for (auto& [labels, problem] : problems_) {
    if (!tick.starting) tell(problem, is_held(problem, standings, rules, tick.now), tick.now);
  }
  std::erase_if(problems_, [&](const auto& item) {
    const Problem& problem = item.second;
    return !problem.firing && !problem.told && !problem.flapping && problem.changes.empty();
  });
  reasons_.clear();
  return std::exchange(notices_, {});
}

void ProblemBook::rise(Problem& problem, const Standing& standing, const RuleCatalog& rules, Moment now) {
  const Instance& worst = *standing.worst;
  bool has_risen = false;
  if (!problem.firing) {
    problem.firing = true;
    problem.started_at = standing.started_at;
    problem.fired_at = now;
    problem.highest = standing.severity;
    problem.reason = reason_of(problem, "");
    problem.changes.push_back(now.elapsed);
    has_risen = true;
  }
  problem.uid = worst.uid;
  problem.severity = standing.severity;
  problem.highest = std::max(problem.highest, standing.severity);
  problem.value = worst.value;
  problem.annotations = worst.annotations;
  const CataloguedRule* found = find_rule(rules, worst.uid);
  problem.pages = found && found->rule.judgement.pages;
  // Of what no rule says, nobody else has noted it.
  if (has_risen && worst.uid.empty()) add_entry(problem, Change::kFired, "", now);
}

void ProblemBook::fall(Problem& problem, Moment now) {
  problem.firing = false;
  problem.reason = reason_of(problem, "auto");
  problem.released_at = nanoseconds{0};
  problem.changes.push_back(now.elapsed);
  if (problem.uid.empty()) add_entry(problem, Change::kCleared, problem.reason, now);
}

void ProblemBook::judge_flapping(Problem& problem, const RuleCatalog& rules, Moment now) {
  const rules::Flapping* flapping = flapping_of(rules, problem);
  if (!flapping) {
    problem.flapping = problem.told_flapping = false;
    problem.changes.clear();
    return;
  }
  auto& changes = problem.changes;
  const std::size_t enough = std::max(1U, flapping->changes);
  if (changes.size() > enough) changes.erase(changes.begin(), changes.end() - static_cast<std::ptrdiff_t>(enough));
  if (problem.flapping) {
    if (!changes.empty() && now.elapsed - changes.back() < flapping->quiet) return;
    problem.flapping = problem.told_flapping = false;
    changes.clear();
    problem.reason = "flapping ended";
    add_entry(problem, Change::kFlappingEnded, "", now);
    return;
  }
  std::erase_if(changes, [&](nanoseconds at) { return now.elapsed - at >= flapping->window; });
  if (changes.size() < enough || changes.back() != now.elapsed) return;
  problem.flapping = true;
  add_entry(problem, Change::kFlapping, "", now);
}

void ProblemBook::inhibit(const RuleCatalog& rules, const Tick& tick) {
  std::vector<Problem*> places;
  std::vector<Inhibitable> inhibitables;
  for (auto& [labels, problem] : problems_) {
    if (!problem.firing && !problem.flapping) {
      problem.held_by.clear();
      continue;
    }
    const CataloguedRule* found = find_rule(rules, problem.uid);
    places.push_back(&problem);
    inhibitables.push_back(
        {&problem, found ? std::span{found->rule.judgement.inhibited_by} : std::span<const rules::Inhibitor>{}});
  }
  auto inhibitors = inhibitors_of(inhibitables, tick.dependencies);
  if (tick.inhibit_rules != nullptr) inhibit_by_labels(*tick.inhibit_rules, places, inhibitors);
  for (std::size_t at = 0; at < places.size(); ++at) hold(*places[at], std::move(inhibitors[at]), tick);
}

/// Silences may be about a severity, which a problem's labels do not have.
std::vector<std::string> ProblemBook::quieters_of(const Problem& problem, const Tick& tick) {
  return tick.quieting ? tick.quieting(labels_of(problem)) : std::vector<std::string>{};
}

void ProblemBook::hold(Problem& problem, std::vector<std::string> inhibitors, const Tick& tick) {
  const bool was_inhibited = std::ranges::any_of(
      problem.held_by, [](const std::string& name) { return name != kStart && !is_quieting(name); });
  if (was_inhibited && inhibitors.empty()) problem.released_at = tick.now.elapsed;
  if (!inhibitors.empty()) problem.released_at = nanoseconds{0};
  std::vector<std::string> holders = std::move(inhibitors);
  const std::vector<std::string> quieters = quieters_of(problem, tick);
  holders.insert(holders.end(), quieters.begin(), quieters.end());
  const std::string ended = quieters.empty() && !problem.told ? end_of_quiet(problem.held_by) : "";
  if (!ended.empty()) problem.reason = ended;
  if (holders.empty() && tick.starting) holders.emplace_back(kStart);
  if (!holders.empty() && holders != problem.held_by && problem.firing && !problem.told) {
    add_entry(problem, Change::kHeld, joined(holders), tick.now);
  }
  problem.held_by = std::move(holders);
}

bool ProblemBook::is_held(const Problem& problem, const Standings& standings, const RuleCatalog& rules,
                          Moment now) const {
  if (!problem.held_by.empty()) return true;
  const bool was_inhibited = problem.released_at != nanoseconds{0};
  if (was_inhibited && now.elapsed - problem.released_at < options_.release_wait) return true;
  const auto standing = standings.find(problem.labels);
  if (problem.told || standing == standings.end()) return false;
  return std::ranges::any_of(standing->second.pending, [&](const Instance* pending) {
    const CataloguedRule* found = find_rule(rules, pending->uid);
    return found && severity_of(pending->labels) > problem.severity &&
           now.elapsed < worth_waiting_until(*pending, *found);
  });
}

void ProblemBook::tell(Problem& problem, bool held, Moment now) {
  if (!problem.firing && !problem.flapping) {
    if (problem.told) add_notice(problem, NoticeKind::kResolved, problem.reason, now);
    return;
  }
  if (held || (!problem.firing && !problem.told)) return;
  if (problem.flapping && !problem.told_flapping) {
    add_notice(problem, NoticeKind::kFlapping, "", now);
  } else if (!problem.told) {
    add_notice(problem, NoticeKind::kFiring, problem.released_at != nanoseconds{0} ? "released" : problem.reason, now);
  } else if (problem.firing && problem.severity > problem.told_severity) {
    add_notice(problem, NoticeKind::kSeverityUp, "", now);
  }
}

void ProblemBook::add_notice(Problem& problem, NoticeKind kind, std::string reason, Moment now) {
  const bool raised = !problem.told || problem.severity > problem.told_severity;
  if (kind != NoticeKind::kResolved && raised) problem.told_severity = problem.severity;
  if (kind == NoticeKind::kFlapping) problem.told_flapping = true;
  problem.told = kind != NoticeKind::kResolved;
  notices_.push_back({kind, problem, now, std::move(reason)});
}

void ProblemBook::add_entry(const Problem& problem, Change change, std::string reason, Moment now) {
  timeline_.push_back({now, problem.uid, problem.labels, change, std::move(reason), problem.value});
}

std::vector<TimelineEntry> ProblemBook::take_timeline() { return std::exchange(timeline_, {}); }

std::vector<Problem> ProblemBook::problems() const {
  std::vector<Problem> found;
  for (const auto& [labels, problem] : problems_) found.push_back(problem);
  return found;
}

void ProblemBook::restore(const std::vector<Problem>& problems) {
  problems_.clear();
  for (const Problem& problem : problems) problems_.emplace(problem.labels, problem);
}

}  // namespace sonde::alerts
