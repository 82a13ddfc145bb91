#include "measure/probe_families.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <initializer_list>
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

double seconds(std::chrono::nanoseconds value) { return std::chrono::duration<double>(value).count(); }

constexpr std::size_t kRowLabels = 4;

/// A target with the labels that all its series begin with, which are made once.
struct Row {
  explicit Row(const ProbeState& of) : state(of), labels(labels_of_probe(of)) {}

  const ProbeState& state;
  const std::vector<Label> labels;
};

void add(FamilyBuilder& out, double value, const Row& row, const LabelView& more = {}) {
  std::array<LabelView, kRowLabels + 1> views;
  for (std::size_t i = 0; i < kRowLabels; ++i) views[i] = {row.labels[i].name, row.labels[i].value};
  views.back() = more;
  out.add_borrowed(value, std::span(views).first(more.name.empty() ? kRowLabels : kRowLabels + 1));
}

/// A family of one number of each last result, where there is one.
template <class Value>
void append(std::span<const Row* const> rows, FamilyBuilder& out, const Value& value) {
  for (const Row* row : rows) {
    if (!row->state.last) continue;
    const std::optional<double> number = value(*row->state.last);
    if (number) add(out, *number, *row);
  }
}

using Rows = std::vector<const Row*>;

Rows of_kinds(std::span<const Row* const> rows, std::initializer_list<ProbeKind> kinds) {
  Rows chosen;
  for (const Row* row : rows) {
    if (std::find(kinds.begin(), kinds.end(), row->state.target->kind) != kinds.end()) chosen.push_back(row);
  }
  return chosen;
}

void append_phases(std::span<const Row* const> rows, FamilyBuilder& out) {
  for (const Row* row : rows) {
    if (!row->state.last) continue;
    for (const probe::ProbePhase& phase : row->state.last->phases)
      add(out, seconds(phase.took), *row, {"phase", phase.name});
  }
}

void append_http(std::span<const Row* const> rows, FamilyBuilder& out) {
  out.gauge("probe_http_status_code", "Status of the last answer; 0 if there was none.");
  append(rows, out, [](const ProbeResult& last) { return static_cast<double>(last.status); });
  out.gauge("probe_http_version", "HTTP version of the last answer.");
  append(rows, out, [](const ProbeResult& last) { return last.http_version; });
  out.gauge("probe_http_redirects", "Redirects that the last probe followed.");
  append(rows, out, [](const ProbeResult& last) { return static_cast<double>(last.redirects); });
  out.gauge("probe_http_ssl", "1 if the last probe ended with TLS.");
  append(rows, out, [](const ProbeResult& last) { return last.used_tls ? 1.0 : 0.0; });
  out.gauge("probe_http_content_length", "Length of the last answer as its header says; -1 if it does not.");
  append(rows, out, [](const ProbeResult& last) { return static_cast<double>(last.content_length); });
  out.gauge("probe_http_uncompressed_body_length", "Bytes of the last answer's body that were read.");
  append(rows, out, [](const ProbeResult& last) { return static_cast<double>(last.body_bytes); });
  out.gauge("probe_http_duration_seconds", "How long each phase of the last probe took, redirects included.");
  append_phases(rows, out);
}

void append_dns(std::span<const Row* const> rows, FamilyBuilder& out) {
  out.gauge("probe_dns_query_succeeded", "1 if the last question had an answer, whatever it said.");
  append(rows, out, [](const ProbeResult& last) { return last.records ? 1.0 : 0.0; });
  using Counts = probe::DnsRecordCounts;
  const auto section = [&](const char* name, const char* help, unsigned Counts::*count) {
    out.gauge(name, help);
    append(rows, out, [count](const ProbeResult& last) -> std::optional<double> {
      return last.records ? static_cast<double>((*last.records).*count) : 0;
    });
  };
  section("probe_dns_answer_rrs", "Records in the answer section of the last answer.", &Counts::answer);
  section("probe_dns_authority_rrs", "Records in its authority section.", &Counts::authority);
  section("probe_dns_additional_rrs", "Records in its additional section.", &Counts::additional);
  out.gauge("probe_dns_duration_seconds", "How long each phase of the last probe took.");
  append_phases(rows, out);
}

void append_icmp(std::span<const Row* const> rows, FamilyBuilder& out) {
  out.gauge("probe_icmp_duration_seconds", "How long each phase of the last probe took.");
  append_phases(rows, out);
  out.gauge("probe_icmp_reply_hop_limit", "Hop limit (TTL for IPv4) of the last reply.");
  append(rows, out, [](const ProbeResult& last) -> std::optional<double> {
    return last.hop_limit ? std::optional<double>(*last.hop_limit) : std::nullopt;
  });
}

/// What blackbox_exporter has no prober or no phases for.
void append_others(std::span<const Row* const> rows, FamilyBuilder& out) {
  out.gauge("sonde_probe_phase_duration_seconds", "How long each phase of the last probe took.");
  append_phases(rows, out);
}

void append_uptime(std::span<const Row* const> rows, FamilyBuilder& out) {
  out.gauge("sonde_probe_uptime_ratio", "Share of successful probes over a window that ends now.");
  for (const Row* row : rows) {
    for (std::size_t i = 0; i < row->state.windows.size(); ++i) {
      const probe::ProbeCounts& counts = row->state.windows[i];
      const auto all = static_cast<double>(counts.successes + counts.failures);
      if (all == 0) continue;
      add(out, static_cast<double>(counts.successes) / all, *row, {"window", probe::kUptimeWindows[i].name});
    }
  }
}

void append_standing(std::span<const Row* const> rows, FamilyBuilder& out) {
  out.gauge("sonde_probe_up", "1 if the target is up by its thresholds of failures and successes in a row.");
  for (const Row* row : rows) {
    if (row->state.up) add(out, *row->state.up ? 1.0 : 0.0, *row);
  }
  append_uptime(rows, out);
  out.counter("sonde_probe_runs_total", "Probes by outcome; skipped because the one before still ran.");
  for (const Row* row : rows) {
    add(out, static_cast<double>(row->state.successes), *row, {"outcome", "success"});
    add(out, static_cast<double>(row->state.failures), *row, {"outcome", "failure"});
    add(out, static_cast<double>(row->state.skipped), *row, {"outcome", "skipped"});
  }
  out.counter("sonde_probe_retries_total", "Attempts that failed and were tried again.");
  for (const Row* row : rows) add(out, static_cast<double>(row->state.retries), *row);
}

/// What every kind has, as far as it has it.
void append_common(std::span<const Row* const> rows, FamilyBuilder& out) {
  out.gauge("probe_success", "1 if the last probe of the target succeeded.");
  append(rows, out, [](const ProbeResult& last) { return last.success ? 1.0 : 0.0; });
  out.gauge("probe_duration_seconds", "How long the last probe took.");
  append(rows, out, [](const ProbeResult& last) { return seconds(last.duration); });
  out.gauge("probe_dns_lookup_time_seconds", "How long the name lookup of the last probe took.");
  append(rows, out, [](const ProbeResult& last) -> std::optional<double> {
    const bool was_resolved = !last.phases.empty() && last.phases.front().name == "resolve";
    return was_resolved ? std::optional(seconds(last.phases.front().took)) : std::nullopt;
  });
  out.gauge("probe_ip_protocol", "4 or 6: what the last probe went over; 0 if there was no connection.");
  append(rows, out, [](const ProbeResult& last) { return static_cast<double>(last.ip_protocol); });
  out.gauge("probe_failed_due_to_regex", "1 if the last answer did not hold what was expected of it.");
  append(rows, out, [](const ProbeResult& last) { return last.failed_by_body ? 1.0 : 0.0; });
  out.gauge("probe_ssl_earliest_cert_expiry", "When the first of the certificates shown expires, in unix time.");
  append(rows, out, [](const ProbeResult& last) -> std::optional<double> {
    if (!last.earliest_expiry) return std::nullopt;
    return seconds(last.earliest_expiry->time_since_epoch());
  });
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
  const std::vector<Row> all(states.begin(), states.end());
  Rows rows;
  for (const Row& row : all) rows.push_back(&row);
  append_common(rows, out);
  append_http(of_kinds(rows, {ProbeKind::kHttp}), out);
  append_dns(of_kinds(rows, {ProbeKind::kDns}), out);
  append_icmp(of_kinds(rows, {ProbeKind::kIcmp}), out);
  append_others(of_kinds(rows, {ProbeKind::kTcp, ProbeKind::kPostgresql, ProbeKind::kMysql, ProbeKind::kRedis,
                                ProbeKind::kCommand}),
                out);
  append_standing(rows, out);
}

}  // namespace sonde::measure
