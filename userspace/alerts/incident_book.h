#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "alerts/label_set.h"
#include "alerts/route_tree.h"
#include "alerts/time_interval.h"
#include "alerts/types.h"
#include "base/result.h"

namespace sonde::alerts {

/// Who is told of what, as it is looked up. Immutable.
struct CompiledRouting {
  RouteTree tree;
  ScheduleBook schedules;
};

/// What people should hear of -> incidents, whose receivers are paged when they open, change, go on, are taken on by
/// somebody and are over. An incident is the alerts of one group of a receiver, from the first to the end of the last;
/// one that fires again soon after is the same one, opened again.
///
/// A group's first message waits for group_wait; changes after it for group_interval since the last message. A higher
/// severity, and the end of the last alert, are told at once. While all that fires is held back, nothing about it is
/// told but its end. threads: one at a time.
class IncidentBook {
 public:
  explicit IncidentBook(IncidentOptions options) : options_(options) {}

  /// What was kept; `last_id` is the highest there ever was.
  void restore(std::vector<Incident> incidents, std::int64_t last_id);

  /// From now on alerts go these ways; incidents that are there keep their receivers, unless it is only renamed.
  void use(std::shared_ptr<const CompiledRouting> routing);

  /// What a tick of the alerts has brought. `problems` are all there are.
  std::vector<Page> advance(std::span<const Notice> notices, std::span<const Problem> problems, Moment now);

  /// What somebody wants; what is to be told adds to `pages`. errors: kNotFound, kStale, kConflict, kBadInput; nothing
  /// has changed then.
  Result<Incident> order(std::int64_t id, const IncidentOrder& order, Moment now, std::vector<Page>& pages);

  /// Lets `change` set the escalation of each incident, by id.
  void change_escalations(const std::function<void(Incident&)>& change);

  /// Somebody is called for an incident: what they are told, as the incident's next message.  errors: kNotFound.
  Result<Page> call(std::int64_t id, std::string reason, Moment now);

  /// Messages about it go to these channels, too.
  void add_channels(std::int64_t id, std::span<const std::string> channels);

  /// Nobody has been told of this occurrence after all: it is told when nothing holds it back any more.
  void withhold(std::int64_t id);

  /// What happened since the last time.
  std::vector<TimelineEntry> take_timeline() { return std::exchange(timeline_, {}); }

  /// Those that can still change, by id.
  [[nodiscard]] std::vector<Incident> incidents() const;
  [[nodiscard]] const Incident* find(std::int64_t id) const;

  /// Looks at each of them in its place.
  template <class Look>
  void each(Look&& look) const {
    for (const auto& [id, incident] : incidents_) look(incident);
  }

  /// Open incidents an alert is part of, by the labels of its Problem.
  [[nodiscard]] std::vector<std::int64_t> incidents_of(const store::Labels& labels) const;

 private:
  void raise(const Notice& notice);
  void join(const RouteMatch& match, const Notice& notice);
  void refresh(Incident& incident, const Notice& notice, const Waits& waits);
  void rise(Incident& incident, const IncidentAlert& alert);
  void end(const Notice& notice);
  Incident& open(const IncidentGroup& group, const store::Labels& group_labels, std::int64_t previous);
  void reopen(Incident& incident);
  void resolve(Incident& incident, const std::string& reason, const std::string& actor);
  void trigger_again(Incident& incident, Change change, const std::string& reason, const std::string& actor);
  static void begin_run(Incident& incident, const std::string& reason);
  void bring_back(Incident& incident);
  void look_at_time(Incident& incident);
  void tell_calm(Incident& incident);
  void tell_news(Incident& incident);
  void page(Incident& incident, PageKind kind, std::string reason, std::string actor = {});
  void schedule(Incident& incident, const Waits& waits, std::string news);
  void note(const Incident& incident, Change change, std::string reason = {}, std::string actor = {});
  void index(const Incident& incident);
  void unindex(const Incident& incident);
  void forget_old();

  Result<> acknowledge(Incident& incident, const IncidentOrder& order);
  Result<> snooze(Incident& incident, const IncidentOrder& order);
  Result<> unacknowledge(Incident& incident, const IncidentOrder& order);
  Result<> add_note(Incident& incident, const IncidentOrder& order);
  Result<> assign(Incident& incident, const IncidentOrder& order);
  Result<> merge(Incident& incident, const IncidentOrder& order);
  Result<> escalate(Incident& incident, const IncidentOrder& order);
  Result<> carry_out(Incident& incident, const IncidentOrder& order);

  [[nodiscard]] bool is_held(const Incident& incident) const;
  [[nodiscard]] RouteMatch way_of(const Incident& incident) const;

  IncidentOptions options_;
  std::shared_ptr<const CompiledRouting> routing_;
  std::map<std::int64_t, Incident> incidents_;
  std::map<IncidentGroup, std::int64_t> latest_;  // of each group
  std::map<store::Labels, std::set<std::int64_t>, LabelsLess> by_alert_;
  std::int64_t last_id_ = 0;
  std::vector<TimelineEntry> timeline_;

  // Of the call that runs.
  Moment now_;
  std::vector<Page> pages_;
  std::map<store::Labels, const Problem*, LabelsLess> firing_;
};

}  // namespace sonde::alerts
