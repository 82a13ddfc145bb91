#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

// What /api/v1/targets and /api/v1/status of Prometheus show (web/api/v1/api.go).
namespace sonde::serve {

/// The daemon as the one target there is: nothing is scraped, it measures itself what it stores.
struct TargetFacts {
  std::string host;  ///< whom the client asks
  std::chrono::nanoseconds interval{0};
  std::optional<WallTime> last_sampled;
};

/// Which lists of targets are asked for.
struct TargetChoice {
  bool active = true;
  bool dropped = true;
};

std::string targets_json(const TargetFacts& target, TargetChoice choice);

/// `version` is Sonde's own. The API's is what Prometheus it answers as.
std::string build_info_json(std::string_view version);

struct RuntimeFacts {
  WallTime started;
  WallTime rules_loaded;
  bool rules_are_sound = true;
  WallTime now;
  std::string directory;
  std::string host_name;
  std::uint64_t damaged_files = 0;
  std::size_t threads = 0;
  unsigned cpus = 0;
  std::chrono::nanoseconds retention{0};
  std::size_t max_bytes = 0;
};

std::string runtime_info_json(const RuntimeFacts& facts);

std::string config_json(std::string_view yaml);

std::string flags_json(const std::map<std::string, std::string>& flags);

/// How often something occurs, most first.
struct Cardinality {
  std::string name;
  std::uint64_t count = 0;
};

struct TsdbFacts {
  std::size_t series = 0;
  std::size_t label_pairs = 0;
  std::size_t chunks = 0;
  std::int64_t oldest_ms = 0;
  std::int64_t newest_ms = 0;
  std::vector<Cardinality> series_by_metric;
  std::vector<Cardinality> values_by_label;
  std::vector<Cardinality> bytes_by_label;
  std::vector<Cardinality> series_by_pair;
};

std::string tsdb_json(const TsdbFacts& facts);

}  // namespace sonde::serve
