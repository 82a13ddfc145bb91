#include "app/service_windows.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "store/request_outcome.h"

namespace sonde::app {
namespace {

constexpr std::string_view kBoundLabel = "le";
constexpr double kNsPerSecond = 1e9;

/// How much the buckets of one histogram grew, by upper bound in seconds; cumulative, as Prometheus has them.
using Growth = std::map<double, double>;

struct Grown {
  store::Labels labels;  // of the histogram
  Growth buckets;
  std::int64_t first_ms = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_ms = 0;
};

/// As increase() has it, without extrapolation: a count that shrinks has restarted from zero.
double growth_of(const std::vector<store::Sample>& samples) {
  double growth = 0;
  const store::Sample* before = nullptr;
  for (const store::Sample& sample : samples) {
    if (store::is_stale(sample.value)) continue;
    if (before != nullptr) growth += sample.value >= before->value ? sample.value - before->value : sample.value;
    before = &sample;
  }
  return growth;
}

void add_bucket(const store::SeriesView& view, const std::vector<store::Sample>& samples,
                std::map<std::string, Grown>& histograms) {
  store::Labels labels;
  std::string key;
  double bound = 0;
  for (const measure::Label& label : *view.labels()) {
    if (label.name == kBoundLabel) {
      bound =
          label.value == "+Inf" ? std::numeric_limits<double>::infinity() : std::strtod(label.value.c_str(), nullptr);
      continue;
    }
    labels.push_back(label);
    key.append(label.name).append(1, '\0').append(label.value).append(1, '\0');
  }
  Grown& grown = histograms[key];
  grown.labels = std::move(labels);
  grown.buckets[bound] = growth_of(samples);
  grown.first_ms = std::min(grown.first_ms, samples.front().at_ms);
  grown.last_ms = std::max(grown.last_ms, samples.back().at_ms);
}

/// Each bucket's own observations, at its middle; those beyond the last bound at that bound.
void add_durations(const Growth& buckets, ExponentialHistogram& into) {
  double below_count = 0;
  double below_bound = 0;
  for (const auto& [bound, count] : buckets) {
    const auto here = static_cast<std::uint32_t>(std::llround(std::max(0.0, count - below_count)));
    double middle = below_bound;
    if (!std::isinf(bound)) middle = below_bound > 0 ? std::sqrt(below_bound * bound) : bound;
    if (here > 0) into.observe(std::chrono::nanoseconds{std::llround(middle * kNsPerSecond)}, here);
    below_count = std::max(below_count, count);
    if (!std::isinf(bound)) below_bound = bound;
  }
}

void add_histogram(const Grown& grown, bool is_client, store::ServiceWindow& into) {
  const auto requests = static_cast<std::uint64_t>(std::llround(grown.buckets.rbegin()->second));
  into.requests += requests;
  switch (store::outcome_of(grown.labels, is_client)) {
    case store::RequestOutcome::kFine:
      break;
    case store::RequestOutcome::kClientError:
      into.client_errors += requests;
      break;
    case store::RequestOutcome::kServerError:
      into.server_errors += requests;
      break;
  }
  add_durations(grown.buckets, into.duration);
  into.covered =
      std::max(into.covered, std::chrono::nanoseconds{std::chrono::milliseconds{grown.last_ms - grown.first_ms}});
}

using ServiceSides = std::map<std::pair<std::string, bool>, store::ServiceWindow>;

Result<> add_family(const store::Database& database, store::Selection selection, bool is_client, ServiceSides& sides) {
  const std::string_view family = is_client ? measure::kHttpClientDuration : measure::kHttpServerDuration;
  selection.matchers = {
      {std::string(store::kNameLabel), store::MatchOperator::kEqual, std::string(family) + "_bucket"}};
  const auto views = SONDE_TRY(database.select(selection));
  std::map<std::string, Grown> histograms;
  std::vector<store::Sample> samples;
  for (const auto& view : views) {
    view->read(selection.from_ms, selection.to_ms, samples);
    if (!samples.empty()) add_bucket(*view, samples, histograms);
  }
  for (const auto& [key, grown] : histograms) {
    const std::string service = store::service_of(grown.labels);
    store::ServiceWindow& side = sides[{service, is_client}];
    side.service = service;
    side.server = !is_client;
    add_histogram(grown, is_client, side);
  }
  return Ok{};
}

std::int64_t to_ms(std::chrono::nanoseconds time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).count();
}

}  // namespace

Result<std::vector<store::ServiceWindow>> windows_of_store(const store::Database& database,
                                                           std::chrono::nanoseconds window, WallTime now) {
  store::Selection selection;
  selection.from_ms = to_ms(now.time_since_epoch() - window);
  selection.to_ms = to_ms(now.time_since_epoch());
  selection.fine_buckets = true;
  ServiceSides sides;
  for (const bool is_client : {false, true}) SONDE_TRY(add_family(database, selection, is_client, sides));
  std::vector<store::ServiceWindow> windows;
  for (auto& [key, side] : sides) windows.push_back(std::move(side));
  return windows;
}

}  // namespace sonde::app
