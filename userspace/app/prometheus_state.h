#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/prometheus_api.h"
#include "app/prometheus_gate.h"
#include "app/prometheus_parameters.h"
#include "serve/types.h"

namespace sonde::app {

/// What the endpoints share.  threads: any.
struct PrometheusState {
  explicit PrometheusState(const PrometheusSources& given) : sources(given), gate(given.max_queries) {}

  /// When the store took its newest samples; the rules have been evaluated then, too.
  [[nodiscard]] std::optional<WallTime> last_sampled() const {
    const std::int64_t newest_ms = sources.database.facts().newest_ms;
    if (newest_ms == 0) return std::nullopt;
    return WallTime{std::chrono::milliseconds(newest_ms)};
  }

  const PrometheusSources sources;
  mutable QueryGate gate;
};

/// The text of an answer; empty means that there is nothing to say (204).
using ApiAnswer = ApiResult<std::string>;
using ApiCall = ApiAnswer (*)(const PrometheusState&, const serve::HttpRequest&);

/// Cuts a list to `limit` (0: none) and says whether it did.
inline constexpr std::string_view kTruncated = "results truncated due to limit";

template <class T>
std::vector<std::string> truncate(std::vector<T>& list, std::size_t limit) {
  if (limit == 0 || list.size() <= limit) return {};
  list.resize(limit);
  return {std::string(kTruncated)};
}

}  // namespace sonde::app
