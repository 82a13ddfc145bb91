#include <algorithm>
#include <utility>

#include "alerts/incident_book.h"

namespace sonde::alerts {

void IncidentBook::restore(std::vector<Incident> incidents, std::int64_t last_id) {
  last_id_ = last_id;
  for (Incident& incident : incidents) {
    last_id_ = std::max(last_id_, incident.id);
    index(incidents_.insert_or_assign(incident.id, std::move(incident)).first->second);
  }
}

void IncidentBook::index(const Incident& incident) {
  const auto claim = [&](const IncidentGroup& group) {
    std::int64_t& latest = latest_[group];
    latest = std::max(latest, incident.id);
  };
  if (incident.merged_into == 0) claim(incident.group);
  for (const IncidentGroup& group : incident.merged_groups) claim(group);
  for (const IncidentAlert& alert : incident.alerts) by_alert_[alert.problem.labels].insert(incident.id);
}

void IncidentBook::use(std::shared_ptr<const CompiledRouting> routing) {
  routing_ = std::move(routing);
  for (auto& item : incidents_) {
    Incident& incident = item.second;
    if (incident.status == IncidentStatus::kResolved || incident.alerts.empty()) continue;
    const auto matches = routing_->tree.match(labels_of(incident.alerts.front().problem));
    const auto is_same = [&](const RouteMatch& match) { return match.group_key == incident.group.key; };
    const auto has_receiver = [&](const RouteMatch& match) {
      return is_same(match) && match.options.receiver == incident.group.receiver;
    };
    const auto renamed = std::ranges::find_if(matches, is_same);
    if (renamed == matches.end() || std::ranges::any_of(matches, has_receiver)) continue;
    latest_.erase(incident.group);
    incident.group.receiver = renamed->options.receiver;
    index(incident);
  }
}

bool IncidentBook::is_held(const Incident& incident) const {
  bool any = false;
  for (const IncidentAlert& alert : incident.alerts) {
    if (!alert.firing) continue;
    const auto problem = firing_.find(alert.problem.labels);
    if (problem == firing_.end() || problem->second->held_by.empty()) return false;
    any = true;
  }
  return any;
}

/// How its receiver is told now: by the route that leads to it, for its worst alert; by no route's rules if none does
/// any more.
RouteMatch IncidentBook::way_of(const Incident& incident) const {
  RouteMatch way{.route = 0, .options = {}, .waits = {}, .group_labels = {}, .group_key = {}};
  way.options.receiver = incident.group.receiver;
  way.waits = waits_of(way.options, incident.severity);
  if (incident.alerts.empty()) return way;
  const auto worst = std::ranges::max_element(
      incident.alerts, {}, [](const IncidentAlert& alert) { return std::pair(alert.firing, alert.problem.severity); });
  for (const RouteMatch& match : routing_->tree.match(labels_of(worst->problem))) {
    if (match.options.receiver == incident.group.receiver && match.group_key == incident.group.key) return match;
  }
  return way;
}

std::vector<Incident> IncidentBook::incidents() const {
  std::vector<Incident> all;
  all.reserve(incidents_.size());
  for (const auto& [id, incident] : incidents_) all.push_back(incident);
  return all;
}

const Incident* IncidentBook::find(std::int64_t id) const {
  const auto found = incidents_.find(id);
  return found == incidents_.end() ? nullptr : &found->second;
}

std::vector<std::int64_t> IncidentBook::incidents_of(const store::Labels& labels) const {
  std::vector<std::int64_t> open;
  const auto known = by_alert_.find(labels);
  if (known == by_alert_.end()) return open;
  for (const std::int64_t id : known->second) {
    if (incidents_.at(id).status != IncidentStatus::kResolved) open.push_back(id);
  }
  return open;
}

}  // namespace sonde::alerts
