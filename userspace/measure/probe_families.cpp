#include "measure/probe_families.h"

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde::measure {
namespace {

using probe::ProbeKind;
using probe::ProbeResult;
using probe::ProbeState;
using Labels = std::vector<Label>;

double seconds(std::chrono::nanoseconds value) { return std::chrono::duration<double>(value).count(); }

/// What follows the path may be a secret.
std::string shown_address(std::string_view address) {
  return std::string(address.substr(0, address.find_first_of("?#")));
}

Labels labels_of(const ProbeState& state) {
  return {{"instance", shown_address(state.target->address)},
          {"module", std::string(name_of(state.target->kind))},
          {"probe", state.target->name},
          {"service_name", state.target->service}};
}

Labels with(Labels labels, std::string name, std::string value) {
  labels.push_back({std::move(name), std::move(value)});
  return labels;
}

/// A family of one number of each last result.
template <class Value>
void append(std::span<const ProbeState> states, FamilyBuilder& out, const Value& value) {
  for (const ProbeState& state : states) {
    if (state.last) out.add(value(*state.last), labels_of(state));
  }
}

std::vector<ProbeState> of_http(std::span<const ProbeState> states) {
  std::vector<ProbeState> chosen;
  for (const ProbeState& state : states) {
    if (state.target->kind == ProbeKind::kHttp) chosen.push_back(state);
  }
  return chosen;
}

void append_phases(std::span<const ProbeState> states, FamilyBuilder& out) {
  out.gauge("probe_http_duration_seconds", "How long each phase of the last probe took, redirects included.");
  for (const ProbeState& state : states) {
    if (!state.last) continue;
    const probe::ProbePhases& phases = state.last->phases;
    const std::array<std::pair<const char*, std::chrono::nanoseconds>, 5> named{{{"resolve", phases.resolve},
                                                                                 {"connect", phases.connect},
                                                                                 {"tls", phases.tls},
                                                                                 {"processing", phases.processing},
                                                                                 {"transfer", phases.transfer}}};
    for (const auto& [name, took] : named) out.add(seconds(took), with(labels_of(state), "phase", name));
  }
}

void append_http(std::span<const ProbeState> states, FamilyBuilder& out) {
  out.gauge("probe_http_status_code", "Status of the last answer; 0 if there was none.");
  append(states, out, [](const ProbeResult& last) { return static_cast<double>(last.status); });
  out.gauge("probe_http_version", "HTTP version of the last answer.");
  append(states, out, [](const ProbeResult& last) { return last.http_version; });
  out.gauge("probe_http_redirects", "Redirects that the last probe followed.");
  append(states, out, [](const ProbeResult& last) { return static_cast<double>(last.redirects); });
  out.gauge("probe_http_ssl", "1 if the last probe ended with TLS.");
  append(states, out, [](const ProbeResult& last) { return last.used_tls ? 1.0 : 0.0; });
  out.gauge("probe_failed_due_to_regex", "1 if the body of the last answer did not match.");
  append(states, out, [](const ProbeResult& last) { return last.failed_by_body ? 1.0 : 0.0; });
  append_phases(states, out);
  out.gauge("probe_ssl_earliest_cert_expiry", "When the first of the certificates shown expires, in unix time.");
  for (const ProbeState& state : states) {
    if (!state.last || !state.last->earliest_expiry) continue;
    out.add(seconds(state.last->earliest_expiry->time_since_epoch()), labels_of(state));
  }
}

}  // namespace

void append_probes(std::span<const ProbeState> states, FamilyBuilder& out) {
  out.gauge("probe_success", "1 if the last probe of the target succeeded.");
  append(states, out, [](const ProbeResult& last) { return last.success ? 1.0 : 0.0; });
  out.gauge("probe_duration_seconds", "How long the last probe took.");
  append(states, out, [](const ProbeResult& last) { return seconds(last.duration); });
  out.gauge("probe_dns_lookup_time_seconds", "How long the name lookup of the last probe took.");
  append(states, out, [](const ProbeResult& last) { return seconds(last.phases.resolve); });
  out.gauge("probe_ip_protocol", "4 or 6: what the last probe went over; 0 if there was no connection.");
  append(states, out, [](const ProbeResult& last) { return static_cast<double>(last.ip_protocol); });
  append_http(of_http(states), out);
  out.counter("sonde_probe_runs_total", "Probes by outcome; skipped because the one before still ran.");
  for (const ProbeState& state : states) {
    out.add(static_cast<double>(state.successes), with(labels_of(state), "outcome", "success"));
    out.add(static_cast<double>(state.failures), with(labels_of(state), "outcome", "failure"));
    out.add(static_cast<double>(state.skipped), with(labels_of(state), "outcome", "skipped"));
  }
}

}  // namespace sonde::measure
