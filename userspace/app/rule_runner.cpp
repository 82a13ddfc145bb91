#include "app/rule_runner.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string_view>
#include <utility>

namespace sonde::app {
namespace {

using rules::Group;
using rules::Rule;

/// A store that samples a few milliseconds beside the grid is meant to be on it.
constexpr std::chrono::milliseconds kTolerance{50};

std::int64_t to_ms(WallTime at) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

/// Which moment of the group's grid `at` belongs to.
std::int64_t slot_of(WallTime at, std::chrono::nanoseconds interval) {
  return (at.time_since_epoch() + kTolerance) / interval;
}

bool same_group(const Group& first, const Group& second) {
  return first.name == second.name && first.file == second.file && first.interval == second.interval;
}

std::string origin_of(const Group& group, const Rule& rule) {
  const auto place = &rule - group.rules.data();
  return group.file + '\n' + group.name + '\n' + std::to_string(place);
}

void put_label(store::Labels& labels, std::string_view name, std::string value) {
  measure::Label label{std::string(name), std::move(value)};
  const auto place = std::lower_bound(labels.begin(), labels.end(), label,
                                      [](const auto& first, const auto& second) { return first.name < second.name; });
  if (place != labels.end() && place->name == name) {
    *place = std::move(label);
  } else {
    labels.insert(place, std::move(label));
  }
}

}  // namespace

RuleRunner::RuleRunner(const rules::Language& language, store::Database& database, alerts::AlertEngine& engine,
                       std::chrono::nanoseconds sample_interval)
    : language_(language), database_(database), engine_(engine), sample_interval_(sample_interval) {}

void RuleRunner::set_groups(std::shared_ptr<const std::vector<Group>> groups) {
  std::vector<GroupStatus> status(groups->size());
  std::set<std::string> origins;
  for (std::size_t i = 0; i < groups->size(); ++i) {
    const Group& group = (*groups)[i];
    for (std::size_t before = 0; groups_ && before < groups_->size(); ++before) {
      if (same_group(group, (*groups_)[before])) status[i] = status_[before];
    }
    status[i].rules.assign(group.rules.size(), {});
    for (const Rule& rule : group.rules) origins.insert(origin_of(group, rule));
  }
  const WallTime now{std::chrono::milliseconds{database_.facts().newest_ms}};
  for (std::size_t i = 0; groups_ && i < groups_->size(); ++i) {
    for (const Rule& rule : (*groups_)[i].rules) {
      const std::string origin = origin_of((*groups_)[i], rule);
      if (!rule.record.empty() && !origins.contains(origin)) database_.append_outputs(origin, {}, now);
    }
  }
  groups_ = std::move(groups);
  status_ = std::move(status);
}

bool RuleRunner::run(const RunTime& time) {
  if (!groups_) return false;
  bool any = false;
  rules::EvaluationContext context{.at_ms = to_ms(time.now.wall),
                                   .sample_interval = sample_interval_,
                                   .since_start = time.since_start,
                                   .since_boot = time.since_boot};
  for (std::size_t i = 0; i < groups_->size(); ++i) {
    const Group& group = (*groups_)[i];
    GroupStatus& status = status_[i];
    const std::int64_t slot = slot_of(time.now.wall, group.interval);
    const bool is_first = status.iterations == 0;
    const std::int64_t last = is_first ? slot - 1 : slot_of(status.evaluated_at, group.interval);
    if (slot == last) continue;
    context.oldest_ms = oldest_ms(context.at_ms);
    any = true;
    if (slot > last + 1) status.missed += static_cast<std::uint64_t>(slot - last - 1);
    context.sample_interval = std::min(sample_interval_, group.interval);
    run_group(group, status, context);
    status.evaluated_at = time.now.wall;
  }
  return any;
}

std::int64_t RuleRunner::oldest_ms(std::int64_t at_ms) {
  // To count what the store holds it looks at every series.
  constexpr std::int64_t kValidMs = 30'000;
  if (oldest_ms_ == 0 || std::abs(at_ms - oldest_asked_ms_) >= kValidMs) {
    oldest_ms_ = database_.facts().oldest_ms;
    oldest_asked_ms_ = at_ms;
  }
  return oldest_ms_;
}

void RuleRunner::run_group(const Group& group, GroupStatus& status, const rules::EvaluationContext& context) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < group.rules.size(); ++i) {
    run_rule(group, group.rules[i], context, status.rules[i]);
    if (!status.rules[i].error.empty()) ++status.failures;
  }
  status.took = std::chrono::steady_clock::now() - begin;
  ++status.iterations;
}

void RuleRunner::run_rule(const Group& group, const Rule& rule, const rules::EvaluationContext& context,
                          RuleStatus& status) {
  const auto begin = std::chrono::steady_clock::now();
  const WallTime at{std::chrono::milliseconds{context.at_ms}};
  if (rule.alert.empty()) {
    auto recorded = rules::record(rule, group, context, language_);
    status.error = recorded ? std::string() : recorded.error().what;
    auto outputs = recorded ? *std::move(recorded) : std::vector<store::Output>();
    database_.append_outputs(origin_of(group, rule), std::move(outputs), at);
  } else {
    rules::EvaluationContext own = context;
    own.needs_all = engine_.needs_all(rule.uid);
    const rules::Evaluation evaluation = rules::evaluate(rule, group, own, language_);
    status.error = evaluation.error;
    engine_.take(group, rule, evaluation);
  }
  status.evaluated_at = at;
  status.took = std::chrono::steady_clock::now() - begin;
}

std::vector<store::Output> alert_series(const std::vector<alerts::Instance>& instances) {
  std::vector<store::Output> outputs;
  for (const alerts::Instance& instance : instances) {
    if (instance.state == alerts::InstanceState::kInactive) continue;
    const bool is_pending = instance.state == alerts::InstanceState::kPending;
    store::Labels labels = instance.labels;
    put_label(labels, store::kNameLabel, "ALERTS_FOR_STATE");
    const auto active_s = std::chrono::floor<std::chrono::seconds>(instance.active_at.wall.time_since_epoch()).count();
    outputs.push_back({labels, static_cast<double>(active_s)});
    put_label(labels, store::kNameLabel, "ALERTS");
    put_label(labels, "alertstate", is_pending ? "pending" : "firing");
    outputs.push_back({std::move(labels), 1});
  }
  return outputs;
}

}  // namespace sonde::app
