#include <algorithm>
#include <string_view>

#include "history/incident_report.h"

namespace sonde::history {
namespace {

using alerts::Change;
using alerts::TimelineEntry;
using std::chrono::nanoseconds;

/// Goes through what happened to an incident, line by line. Times are those that passed (Moment::elapsed).
class Life {
 public:
  explicit Life(const alerts::Incident& incident) : id_(incident.id) {}

  void take(const TimelineEntry& entry) {
    if (entry.incident == id_) return take_own(entry);
    if (entry.change == Change::kFlapping) is_flapping = true;
    if (entry.change == Change::kHeld) begin_hold(entry.at.elapsed);
  }

  /// It is over for now.
  void end(nanoseconds at) {
    end_hold(at);
    if (began_) longest = std::max(longest, at - *began_);
    began_.reset();
  }

  std::optional<alerts::Moment> opened{};
  std::optional<nanoseconds> acknowledged{};
  nanoseconds held{0};                 // in all
  nanoseconds held_unacknowledged{0};  // before the first acknowledgement
  nanoseconds longest{0};              // occurrence
  bool is_flapping = false;
  bool is_resolved_by_hand = false;

 private:
  void take_own(const TimelineEntry& entry) {
    const nanoseconds at = entry.at.elapsed;
    // The lines that matter are few; most say what people did besides.
    if (entry.change == Change::kOpened || entry.change == Change::kReopened) {
      if (!opened) opened = entry.at;
      began_ = at;
      is_told_ = false;
    } else if (entry.change == Change::kTold) {
      end_hold(at);
      is_told_ = true;
    } else if (entry.change == Change::kMuted || is_withheld(entry)) {
      begin_hold(at);
    } else if (entry.change == Change::kAcknowledged || entry.change == Change::kSnoozed) {
      end_hold(at);
      if (!acknowledged) acknowledged = at;
    } else if (entry.change == Change::kResolved) {
      is_resolved_by_hand = is_resolved_by_hand || !entry.actor.empty();
      end(at);
    }
  }

  /// A message that waited for its channel when a silence began.
  static bool is_withheld(const TimelineEntry& entry) {
    return entry.change == Change::kUnsent && entry.reason.find("silence ") != std::string::npos;
  }

  /// Before anybody has been told of it, something keeps it back.
  void begin_hold(nanoseconds at) {
    if (began_ && !is_told_ && !hold_began_) hold_began_ = at;
  }

  void end_hold(nanoseconds at) {
    if (!hold_began_) return;
    held += at - *hold_began_;
    if (!acknowledged) held_unacknowledged += at - *hold_began_;
    hold_began_.reset();
  }

  const std::int64_t id_;
  std::optional<nanoseconds> began_;  // the occurrence that runs
  std::optional<nanoseconds> hold_began_;
  bool is_told_ = false;
};

/// What the incident's alerts have under that name, each once.
std::vector<std::string> values_of(const alerts::Incident& incident, std::string_view label) {
  std::vector<std::string> values;
  for (const alerts::IncidentAlert& alert : incident.alerts) {
    values.emplace_back(measure::value_of(alert.problem.labels, label));
  }
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (values.empty()) values.emplace_back();
  return values;
}

/// For how long it had been true when the incident was opened: a rule waits by itself.
nanoseconds waited_before(const alerts::Incident& incident) {
  nanoseconds longest{0};
  for (const alerts::IncidentAlert& alert : incident.alerts) {
    longest = std::max(longest, incident.opened_at.elapsed - alert.problem.started_at.elapsed);
  }
  return longest;
}

bool is_marked_flapping(const alerts::Incident& incident) {
  return std::ranges::any_of(incident.alerts, [](const alerts::IncidentAlert& alert) {
    return alert.problem.flapping || alert.reason == "flapping" || alert.reason == "flapping ended";
  });
}

}  // namespace

ReportRow report_row(const alerts::Incident& incident, std::span<const StoredEntry> lines,
                     const alerts::Review* review) {
  Life life(incident);
  for (const StoredEntry& line : lines) life.take(line.entry);
  const alerts::Moment opened = life.opened.value_or(incident.opened_at);
  if (!life.acknowledged && incident.acknowledged_at) life.acknowledged = incident.acknowledged_at->elapsed;
  ReportRow row{.incident = incident.id, .opened_at = opened.wall};
  row.rules = values_of(incident, "alertname");
  row.services = values_of(incident, "service_name");
  row.teams = values_of(incident, "team");
  if (life.acknowledged) row.acknowledged_after = *life.acknowledged - opened.elapsed - life.held_unacknowledged;
  row.merged = incident.merged_into != 0;
  if (incident.status == alerts::IncidentStatus::kResolved && !row.merged) {
    const nanoseconds resolved = incident.resolved_at.elapsed;
    life.end(resolved);
    row.resolved_after = resolved - opened.elapsed - life.held;
    row.lasted = std::max(life.longest, resolved - incident.opened_at.elapsed) + waited_before(incident);
  }
  row.reopened = incident.occurrence > 1;
  row.flapping = life.is_flapping || is_marked_flapping(incident);
  row.attended = life.acknowledged || life.is_resolved_by_hand || incident.resolve_reason == "manual";
  if (review != nullptr) row.verdict = review->verdict;
  return row;
}

}  // namespace sonde::history
