#include "measure/probe_families.h"

#include <chrono>
#include <optional>
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

Labels with(Labels labels, std::string name, std::string value) {
  labels.push_back({std::move(name), std::move(value)});
  return labels;
}

/// A family of one number of each last result, where there is one.
template <class Value>
void append(std::span<const ProbeState> states, FamilyBuilder& out, const Value& value) {
  for (const ProbeState& state : states) {
    if (!state.last) continue;
    const std::optional<double> number = value(*state.last);
    if (number) out.add(*number, labels_of_probe(state));
  }
}

std::vector<ProbeState> of_kind(std::span<const ProbeState> states, ProbeKind kind) {
  std::vector<ProbeState> chosen;
  for (const ProbeState& state : states) {
    if (state.target->kind == kind) chosen.push_back(state);
  }
  return chosen;
}

void append_phases(std::span<const ProbeState> states, FamilyBuilder& out) {
  for (const ProbeState& state : states) {
    if (!state.last) continue;
    for (const probe::ProbePhase& phase : state.last->phases) {
      out.add(seconds(phase.took), with(labels_of_probe(state), "phase", std::string(phase.name)));
    }
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
  out.gauge("probe_http_content_length", "Length of the last answer as its header says; -1 if it does not.");
  append(states, out, [](const ProbeResult& last) { return static_cast<double>(last.content_length); });
  out.gauge("probe_http_uncompressed_body_length", "Bytes of the last answer's body that were read.");
  append(states, out, [](const ProbeResult& last) { return static_cast<double>(last.body_bytes); });
  out.gauge("probe_http_duration_seconds", "How long each phase of the last probe took, redirects included.");
  append_phases(states, out);
}

void append_dns(std::span<const ProbeState> states, FamilyBuilder& out) {
  out.gauge("probe_dns_query_succeeded", "1 if the last question had an answer, whatever it said.");
  append(states, out, [](const ProbeResult& last) { return last.records ? 1.0 : 0.0; });
  using Counts = probe::DnsRecordCounts;
  const auto section = [&](const char* name, const char* help, unsigned Counts::*count) {
    out.gauge(name, help);
    append(states, out, [count](const ProbeResult& last) -> std::optional<double> {
      return last.records ? static_cast<double>((*last.records).*count) : 0;
    });
  };
  section("probe_dns_answer_rrs", "Records in the answer section of the last answer.", &Counts::answer);
  section("probe_dns_authority_rrs", "Records in its authority section.", &Counts::authority);
  section("probe_dns_additional_rrs", "Records in its additional section.", &Counts::additional);
  out.gauge("probe_dns_duration_seconds", "How long each phase of the last probe took.");
  append_phases(states, out);
}

void append_icmp(std::span<const ProbeState> states, FamilyBuilder& out) {
  out.gauge("probe_icmp_duration_seconds", "How long each phase of the last probe took.");
  append_phases(states, out);
  out.gauge("probe_icmp_reply_hop_limit", "Hop limit (TTL for IPv4) of the last reply.");
  append(states, out, [](const ProbeResult& last) -> std::optional<double> {
    return last.hop_limit ? std::optional<double>(*last.hop_limit) : std::nullopt;
  });
}

/// What blackbox_exporter has no prober or no phases for.
void append_others(std::span<const ProbeState> states, FamilyBuilder& out) {
  std::vector<ProbeState> others;
  for (const ProbeKind kind :
       {ProbeKind::kTcp, ProbeKind::kPostgresql, ProbeKind::kMysql, ProbeKind::kRedis, ProbeKind::kCommand}) {
    for (ProbeState& state : of_kind(states, kind)) others.push_back(std::move(state));
  }
  out.gauge("sonde_probe_phase_duration_seconds", "How long each phase of the last probe took.");
  append_phases(others, out);
}

void append_standing(std::span<const ProbeState> states, FamilyBuilder& out) {
  out.gauge("sonde_probe_up", "1 if the target is up by its thresholds of failures and successes in a row.");
  for (const ProbeState& state : states) {
    if (state.up) out.add(*state.up ? 1.0 : 0.0, labels_of_probe(state));
  }
  out.gauge("sonde_probe_uptime_ratio", "Share of successful probes over a window that ends now.");
  for (const ProbeState& state : states) {
    for (std::size_t i = 0; i < state.windows.size(); ++i) {
      const auto all = static_cast<double>(state.windows[i].successes + state.windows[i].failures);
      if (all == 0) continue;
      out.add(static_cast<double>(state.windows[i].successes) / all,
              with(labels_of_probe(state), "window", std::string(probe::kUptimeWindows[i].name)));
    }
  }
  out.counter("sonde_probe_runs_total", "Probes by outcome; skipped because the one before still ran.");
  for (const ProbeState& state : states) {
    out.add(static_cast<double>(state.successes), with(labels_of_probe(state), "outcome", "success"));
    out.add(static_cast<double>(state.failures), with(labels_of_probe(state), "outcome", "failure"));
    out.add(static_cast<double>(state.skipped), with(labels_of_probe(state), "outcome", "skipped"));
  }
  out.counter("sonde_probe_retries_total", "Attempts that failed and were tried again.");
  for (const ProbeState& state : states) out.add(static_cast<double>(state.retries), labels_of_probe(state));
}

}  // namespace

std::string shown_address(const probe::ProbeTarget& target) {
  return target.address.substr(0, target.address.find_first_of("?#"));
}

std::vector<Label> labels_of_probe(const ProbeState& state) {
  return {{"instance", shown_address(*state.target)},
          {"module", std::string(name_of(state.target->kind))},
          {"probe", state.target->name},
          {"service_name", state.target->service}};
}

void append_probes(std::span<const ProbeState> states, FamilyBuilder& out) {
  out.gauge("probe_success", "1 if the last probe of the target succeeded.");
  append(states, out, [](const ProbeResult& last) { return last.success ? 1.0 : 0.0; });
  out.gauge("probe_duration_seconds", "How long the last probe took.");
  append(states, out, [](const ProbeResult& last) { return seconds(last.duration); });
  out.gauge("probe_dns_lookup_time_seconds", "How long the name lookup of the last probe took.");
  append(states, out, [](const ProbeResult& last) -> std::optional<double> {
    const bool was_resolved = !last.phases.empty() && last.phases.front().name == "resolve";
    return was_resolved ? std::optional(seconds(last.phases.front().took)) : std::nullopt;
  });
  out.gauge("probe_ip_protocol", "4 or 6: what the last probe went over; 0 if there was no connection.");
  append(states, out, [](const ProbeResult& last) { return static_cast<double>(last.ip_protocol); });
  out.gauge("probe_failed_due_to_regex", "1 if the last answer did not hold what was expected of it.");
  append(states, out, [](const ProbeResult& last) { return last.failed_by_body ? 1.0 : 0.0; });
  out.gauge("probe_ssl_earliest_cert_expiry", "When the first of the certificates shown expires, in unix time.");
  append(states, out, [](const ProbeResult& last) -> std::optional<double> {
    if (!last.earliest_expiry) return std::nullopt;
    return seconds(last.earliest_expiry->time_since_epoch());
  });
  append_http(of_kind(states, ProbeKind::kHttp), out);
  append_dns(of_kind(states, ProbeKind::kDns), out);
  append_icmp(of_kind(states, ProbeKind::kIcmp), out);
  append_others(states, out);
  append_standing(states, out);
}

}  // namespace sonde::measure
