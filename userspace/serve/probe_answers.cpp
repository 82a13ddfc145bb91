#include "serve/probe_answers.h"

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>

#include "serve/timestamp.h"

namespace sonde::serve {
namespace {

// Keeps fields in the order they are written here, which is the order people read them in.
using Json = nlohmann::ordered_json;

double seconds(std::chrono::nanoseconds value) { return std::chrono::duration<double>(value).count(); }

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json phases_of(const probe::ProbeResult& result) {
  Json phases = Json::object();
  for (const probe::ProbePhase& phase : result.phases) phases[std::string(phase.name)] = seconds(phase.took);
  return phases;
}

Json result_of(const probe::ProbeResult& result) {
  Json shown{{"success", result.success},
             {"reason", text_or_null(result.reason)},
             {"duration_seconds", seconds(result.duration)},
             {"phases_seconds", phases_of(result)},
             {"attempts", result.attempts}};
  if (result.ip_protocol != 0) shown["ip_protocol"] = result.ip_protocol;
  if (result.status != 0) shown["http_status"] = result.status;
  if (result.earliest_expiry) shown["certificate_expires_at"] = rfc3339(*result.earliest_expiry);
  return shown;
}

Json uptime_of(const probe::ProbeState& state) {
  Json uptime = Json::object();
  for (std::size_t i = 0; i < state.windows.size(); ++i) {
    const probe::ProbeCounts& counts = state.windows[i];
    const std::uint64_t all = counts.successes + counts.failures;
    uptime[std::string(probe::kUptimeWindows[i].name)] = Json{
        {"ratio", all == 0 ? Json(nullptr) : Json(static_cast<double>(counts.successes) / static_cast<double>(all))},
        {"probes", all}};
  }
  return uptime;
}

Json row_of(const ProbeRow& row) {
  const probe::ProbeState& state = row.state;
  const bool has_result = state.last.has_value();
  return Json{{"probe", state.target->name},
              {"kind", name_of(state.target->kind)},
              {"address", row.address},
              {"service", text_or_null(state.target->service)},
              {"interval_seconds", seconds(state.target->interval)},
              {"up", state.up ? Json(*state.up) : Json(nullptr)},
              {"since", state.up ? Json(rfc3339(state.changed_at)) : Json(nullptr)},
              {"probed_at", has_result ? Json(rfc3339(state.probed_at)) : Json(nullptr)},
              {"last", has_result ? result_of(*state.last) : Json(nullptr)},
              {"in_a_row", state.in_a_row},
              {"contradicted_by", text_or_null(row.contradicts)},
              {"uptime", uptime_of(state)}};
}

}  // namespace

std::string probe_result_json(const probe::ProbeResult& result) { return dump(result_of(result)); }

std::string probes_json(std::span<const ProbeRow> rows) {
  Json probes = Json::array();
  for (const ProbeRow& row : rows) probes.push_back(row_of(row));
  return dump(Json{{"probes", std::move(probes)}});
}

}  // namespace sonde::serve
