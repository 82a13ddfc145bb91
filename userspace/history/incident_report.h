#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "history/types.h"

namespace sonde::history {

/// What a report knows of an incident. `lines` are those of AlertHistory about it, and only some kinds matter;
/// `review` null: there is none.
[[nodiscard]] ReportRow report_row(const alerts::Incident& incident, std::span<const StoredEntry> lines,
                                   const alerts::Review* review);

/// Incidents, one by one and in any order -> how they went.  threads: one at a time.
class ReportBuilder {
 public:
  explicit ReportBuilder(ReportQuery query) : query_(std::move(query)) {}

  /// Of another time than the query's, it counts for nothing.
  void take(const ReportRow& row);

  [[nodiscard]] IncidentReport finish() &&;

 private:
  struct Group {
    ReportFigures figures{};
    std::vector<std::chrono::nanoseconds> to_acknowledge{};
    std::vector<std::chrono::nanoseconds> to_resolve{};
  };
  /// An incident of a rule that somebody has called noise or actionable.
  struct Judged {
    std::int64_t incident = 0;
    alerts::Verdict verdict = alerts::Verdict::kUnknown;
    std::chrono::nanoseconds lasted{0};
  };
  struct Rule {
    std::size_t incidents = 0;
    std::size_t noise = 0;
    std::vector<Judged> judged{};
  };

  static void count(const ReportRow& row, Group& group);
  static ReportFigures figures_of(Group group);
  static TuningHint hint_of(const std::string& name, const Rule& rule);
  [[nodiscard]] std::vector<std::string> keys_of(const ReportRow& row) const;
  [[nodiscard]] std::vector<TuningHint> hints() const;

  ReportQuery query_;
  Group total_;
  std::map<std::string, Group> groups_;
  std::map<std::string, Rule> rules_;
};

}  // namespace sonde::history
