#include "alerts/inhibition.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "alerts/label_set.h"

namespace sonde::alerts {
namespace {

using Edges = std::vector<std::vector<std::size_t>>;

/// Which services a service cannot do without.
class Reach {
 public:
  explicit Reach(std::span<const Dependency> dependencies) {
    for (const Dependency& edge : dependencies) direct_[edge.service].push_back(edge.depends_on);
  }

  bool depends(const std::string& service, std::string_view on) {
    const auto [place, is_new] = all_.try_emplace(service);
    if (is_new) place->second = reached_from(service);
    return place->second.contains(on);
  }

 private:
  [[nodiscard]] std::set<std::string_view> reached_from(std::string_view service) const {
    std::set<std::string_view> reached;
    std::vector<std::string_view> open{service};
    while (!open.empty()) {
      const auto next = direct_.find(open.back());
      open.pop_back();
      if (next == direct_.end()) continue;
      for (const std::string_view found : next->second) {
        if (reached.insert(found).second) open.push_back(found);
      }
    }
    return reached;
  }

  std::map<std::string_view, std::vector<std::string_view>> direct_;
  std::map<std::string, std::set<std::string_view>> all_;
};

/// The service a problem is about, or the address that clients see: what a Dependency calls it.
std::string subject_of(const store::Labels& labels) {
  const std::string_view service = value_of(labels, kServiceLabel);
  if (!service.empty()) return std::string(service);
  const std::string_view address = value_of(labels, "server_address");
  const std::string_view port = value_of(labels, "server_port");
  return address.empty() || port.empty() ? "" : std::string(address).append(":").append(port);
}

bool inhibits(const Problem& source, const Problem& target, const rules::Inhibitor& inhibitor, Reach& reach) {
  if (inhibitor.equal) {
    return std::ranges::all_of(*inhibitor.equal, [&](const std::string& name) {
      return value_of(source.labels, name) == value_of(target.labels, name);
    });
  }
  const std::string subject = subject_of(source.labels);
  const std::string service(value_of(target.labels, kServiceLabel));
  if (subject.empty() || service.empty()) return false;
  if (subject == service) return value_of(target.labels, kAlertLabel) != inhibitor.alert;
  return reach.depends(service, subject);
}

/// From each problem to those that inhibit it.
Edges find_sources(std::span<const Inhibitable> problems, std::span<const Dependency> dependencies) {
  std::map<std::string_view, std::vector<std::size_t>> by_name;
  for (std::size_t at = 0; at < problems.size(); ++at) {
    by_name[value_of(problems[at].problem->labels, kAlertLabel)].push_back(at);
  }
  Reach reach(dependencies);
  Edges sources(problems.size());
  const auto add = [&](std::size_t target, const rules::Inhibitor& inhibitor) {
    for (const std::size_t source : by_name[inhibitor.alert]) {
      if (source == target) continue;
      if (inhibits(*problems[source].problem, *problems[target].problem, inhibitor, reach)) {
        sources[target].push_back(source);
      }
    }
  };
  for (std::size_t target = 0; target < problems.size(); ++target) {
    for (const rules::Inhibitor& inhibitor : problems[target].inhibited_by) add(target, inhibitor);
  }
  return sources;
}

Edges reversed(const Edges& sources) {
  Edges targets(sources.size());
  for (std::size_t target = 0; target < sources.size(); ++target) {
    for (const std::size_t source : sources[target]) targets[source].push_back(target);
  }
  return targets;
}

/// Marks what can be reached; returns how much that is.
std::size_t mark(const Edges& edges, std::size_t from, std::vector<bool>& marked) {
  std::size_t count = 0;
  std::vector<std::size_t> open{from};
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    if (marked[at]) continue;
    marked[at] = true;
    ++count;
    open.insert(open.end(), edges[at].begin(), edges[at].end());
  }
  return count;
}

/// Those of circles that nothing outside inhibits, one of each.
std::vector<std::size_t> find_spared(std::span<const Inhibitable> problems, const Edges& sources) {
  const Edges targets = reversed(sources);
  std::vector<bool> marked(problems.size());
  for (std::size_t at = 0; at < problems.size(); ++at) {
    if (sources[at].empty()) mark(targets, at, marked);
  }
  // Whoever has the fewest behind it stands in a circle that starts everything; the others have that circle behind
  // them.
  using Rank = std::tuple<std::size_t, bool, int, std::chrono::nanoseconds, std::size_t>;
  std::vector<Rank> ranks;
  for (std::size_t at = 0; at < problems.size(); ++at) {
    if (marked[at]) continue;
    std::vector<bool> behind(problems.size());
    const Problem& problem = *problems[at].problem;
    ranks.emplace_back(mark(sources, at, behind), !problem.told, -static_cast<int>(problem.severity),
                       problem.fired_at.elapsed, at);
  }
  std::ranges::sort(ranks);
  std::vector<std::size_t> spared;
  for (const Rank& rank : ranks) {
    const std::size_t at = std::get<4>(rank);
    if (marked[at]) continue;
    spared.push_back(at);
    mark(targets, at, marked);
  }
  return spared;
}

}  // namespace

std::vector<std::vector<std::string>> inhibitors_of(std::span<const Inhibitable> problems,
                                                    std::span<const Dependency> dependencies) {
  Edges sources = find_sources(problems, dependencies);
  for (const std::size_t spared : find_spared(problems, sources)) sources[spared].clear();
  std::vector<std::vector<std::string>> names(problems.size());
  for (std::size_t at = 0; at < problems.size(); ++at) {
    std::set<std::string_view> found;
    for (const std::size_t source : sources[at]) found.insert(value_of(problems[source].problem->labels, kAlertLabel));
    names[at].assign(found.begin(), found.end());
  }
  return names;
}

}  // namespace sonde::alerts
