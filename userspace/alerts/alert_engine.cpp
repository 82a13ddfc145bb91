#include "alerts/alert_engine.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "base/quantity.h"

namespace sonde::alerts {
namespace {

constexpr std::size_t kNamesShown = 50;

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t at = 0; at < std::min(names.size(), kNamesShown); ++at) {
    text += (text.empty() ? "" : ", ") + names[at];
  }
  if (names.size() > kNamesShown) text += " and " + std::to_string(names.size() - kNamesShown) + " more";
  return text;
}

Instance own_alert(store::Labels labels, std::string summary, double value, Moment now) {
  Instance instance;
  instance.labels = std::move(labels);
  instance.state = InstanceState::kFiring;
  instance.active_at = instance.fired_at = instance.answered_at = now;
  instance.value = value;
  instance.annotations = {{"summary", std::move(summary)}};
  return instance;
}

}  // namespace

AlertEngine::AlertEngine(BookOptions options) : options_(options), instances_(options), problems_(options) {}

void AlertEngine::restore(const Snapshot& snapshot) {
  instances_.restore(snapshot);
  problems_.restore(snapshot.problems);
  externals_.restore(snapshot.externals);
}

void AlertEngine::reload(const std::vector<rules::Group>& groups, Moment now) {
  catalog_ = catalogue(groups);
  record(instances_.keep_only(catalog_, now));
}

void AlertEngine::resume(Moment now) { instances_.resume(now); }

void AlertEngine::begin(Moment now) {
  now_ = now;
  if (!started_at_) started_at_ = now;
}

void AlertEngine::take(const rules::Group& group, const rules::Rule& rule, const rules::Evaluation& evaluation) {
  const auto found = catalog_.find(rule.uid);
  if (found == catalog_.end() || found->second.revision != revision_of(rule)) return;
  if (!started_) evaluated_.insert(rule.uid);
  record(instances_.take(group, rule, evaluation, now_));
}

bool AlertEngine::needs_all(const std::string& uid) const {
  const auto found = catalog_.find(uid);
  return found != catalog_.end() && instances_.needs_all(found->second.rule, now_);
}

std::vector<Notice> AlertEngine::finish(Moment now, std::span<const Dependency> dependencies, const Hush& hush) {
  const std::vector<Instance> own = own_alerts(now);
  std::vector<const Instance*> active = instances_.active();
  for (const Instance& instance : own) active.push_back(&instance);
  const bool starting = is_starting(now);
  const std::vector<Instance> foreign = externals_.firing(now);
  std::vector<Notice> notices =
      problems_.finish(catalog_, Tick{now, starting, active, dependencies, foreign, hush.quieting, hush.inhibit_rules});
  std::ranges::move(problems_.take_timeline(), std::back_inserter(timeline_));
  return notices;
}

bool AlertEngine::is_starting(Moment now) {
  if (started_) return false;
  if (!started_at_) started_at_ = now;
  const auto has_run = [this](const auto& rule) { return evaluated_.contains(rule.first); };
  started_ = now.elapsed - started_at_->elapsed >= options_.start_delay || std::ranges::all_of(catalog_, has_run);
  if (started_) evaluated_.clear();
  return !started_;
}

std::vector<Instance> AlertEngine::own_alerts(Moment now) const {
  std::vector<std::string> blind;
  std::set<std::string> limited;
  for (const RuleStanding& standing : instances_.rules()) {
    if (standing.blind) blind.push_back(standing.alert);
    if (standing.limited) limited.insert(standing.alert);
  }
  std::vector<Instance> alerts;
  if (!blind.empty()) {
    const std::string summary = std::to_string(blind.size()) + (blind.size() == 1 ? " rule has" : " rules have") +
                                " had no data to judge for " + format_duration(options_.blind_after) + ": " +
                                listed(blind);
    alerts.push_back(own_alert({{std::string(kAlertLabel), std::string(kBlindAlert)}}, summary,
                               static_cast<double>(blind.size()), now));
  }
  for (const std::string& name : limited) {
    alerts.push_back(own_alert({{std::string(kAlertLabel), std::string(kLimitAlert)}, {"rule", name}},
                               name + " has as many alerts as its group's limit allows; it refuses others", 1, now));
  }
  return alerts;
}

void AlertEngine::record(std::vector<TimelineEntry> changes) {
  for (const TimelineEntry& change : changes) problems_.note(change);
  timeline_.insert(timeline_.end(), std::make_move_iterator(changes.begin()), std::make_move_iterator(changes.end()));
}

std::vector<TimelineEntry> AlertEngine::take_timeline() { return std::exchange(timeline_, {}); }

Snapshot AlertEngine::snapshot() const {
  Snapshot snapshot;
  instances_.store(snapshot);
  snapshot.problems = problems_.problems();
  snapshot.externals = externals_.alerts();
  return snapshot;
}

}  // namespace sonde::alerts
