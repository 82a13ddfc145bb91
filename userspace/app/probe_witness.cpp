#include "app/probe_witness.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "measure/probe_families.h"

namespace sonde::app {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr seconds kRhythm{5};
constexpr seconds kLongest{60};
constexpr seconds kShortest{10};
constexpr std::uint64_t kFewest = 10;
constexpr double kFine = 0.1;
constexpr double kBroken = 0.5;

const store::ServiceWindow* find(std::span<const store::ServiceWindow> services, const std::string& name) {
  const auto place = std::ranges::find_if(
      services, [&](const store::ServiceWindow& each) { return each.server && each.service == name; });
  return place == services.end() ? nullptr : &*place;
}

struct Requests {
  std::uint64_t all = 0;
  std::uint64_t errors = 0;
};

Requests without_own(const store::ServiceWindow& seen, const probe::ProbeState& state, nanoseconds window) {
  constexpr unsigned kServerError = 500;
  Requests requests{seen.requests, seen.server_errors};
  if (state.target->kind != probe::ProbeKind::kHttp) return requests;
  const auto probes = std::min(state.in_a_row, static_cast<std::uint64_t>(window / state.target->interval) + 1);
  const std::uint64_t own = probes * state.last->attempts;
  requests.all -= std::min(requests.all, own);
  if (state.last->status >= kServerError) requests.errors -= std::min(requests.errors, own);
  return {requests.all, std::min(requests.errors, requests.all)};
}

}  // namespace

std::optional<nanoseconds> witness_window(WallTime since, WallTime now) {
  const nanoseconds age = now - since;
  if (age < kShortest) return std::nullopt;
  return std::min<nanoseconds>(age, kLongest);
}

Testimony testify(const probe::ProbeState& state, std::span<const store::ServiceWindow> services, nanoseconds window) {
  const store::ServiceWindow* const seen = find(services, state.target->service);
  if (!state.last || seen == nullptr) return Testimony::kNone;
  const Requests requests = without_own(*seen, state, window);
  if (requests.all < kFewest) return Testimony::kNone;
  const double errors = static_cast<double>(requests.errors) / static_cast<double>(requests.all);
  if (!state.last->success && errors < kFine) return Testimony::kFailsWhileRequestsSucceed;
  if (state.last->success && errors >= kBroken) return Testimony::kSucceedsWhileRequestsFail;
  return Testimony::kNone;
}

ProbeWitness::ProbeWitness(const probe::Prober& prober, Services services, SharedFamilies& families)
    : prober_(prober),
      services_(std::move(services)),
      has_work_(std::ranges::any_of(prober.states(), [](const auto& each) { return !each.target->service.empty(); })),
      families_(families) {}

void ProbeWitness::look_if_due(KernelTime now, WallTime wall) {
  if (!has_work_ || (looked_at_ && now - *looked_at_ < kRhythm)) return;
  looked_at_ = now;
  const std::vector<probe::ProbeState> states = prober_.states();
  std::vector<Testimony> latest(states.size());
  std::map<nanoseconds, std::vector<store::ServiceWindow>> seen;  // most probes look at the same window
  builder_.gauge("sonde_probe_contradicted",
                 "1 if the real requests of the probe's service say the opposite of its last results.");
  for (std::size_t i = 0; i < states.size(); ++i) {
    const probe::ProbeState& state = states[i];
    if (state.target->service.empty() || !state.last) continue;
    if (const auto window = witness_window(state.in_a_row_since, wall)) {
      const auto [services, is_new] = seen.try_emplace(std::chrono::floor<seconds>(*window));
      if (is_new) services->second = services_(services->first, wall);
      latest[i] = testify(state, services->second, services->first);
    }
    builder_.add(latest[i] == Testimony::kNone ? 0 : 1, measure::labels_of_probe(state));
  }
  families_.publish(builder_.take());
  const std::lock_guard lock(mutex_);
  latest_ = std::move(latest);
}

std::vector<Testimony> ProbeWitness::latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

}  // namespace sonde::app
