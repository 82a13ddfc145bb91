#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "config/http_values.h"
#include "config/probe_values.h"
#include "config/secret_text.h"
#include "config/sections.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;
using probe::ProbeKind;

constexpr CountRange kRetries{0, 10};
constexpr CountRange kThreshold{1, 1'000};

template <ProbeKind kKind>
bool read_host(const Value& value, Draft& draft) {
  return read_endpoint(value, draft, kKind);
}

bool read_tls(const Value& value, Draft& draft) {
  bool uses_tls = false;
  if (!read_flag(value, uses_tls)) return false;
  draft.probe.tcp.uses_tls = draft.probe.database.uses_tls = uses_tls;
  return true;
}

/// Of the probe itself and of every kind.
constexpr std::array kProbeKeys{
    Key{.name = "http", .read = read_url},
    Key{.name = "tcp", .read = read_host<ProbeKind::kTcp>},
    Key{.name = "icmp", .read = read_host<ProbeKind::kIcmp>},
    Key{.name = "dns", .read = read_host<ProbeKind::kDns>},
    Key{.name = "postgresql", .read = read_host<ProbeKind::kPostgresql>},
    Key{.name = "mysql", .read = read_host<ProbeKind::kMysql>},
    Key{.name = "redis", .read = read_host<ProbeKind::kRedis>},
    Key{.name = "command", .read = read_command},
    Key{.name = "service",
        .read = [](const Value& value, Draft& draft) { return value.read_text(draft.probe.service); }},
    Key{.name = "interval",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.probe.interval, {1s, 24h});
            }},
    Key{.name = "timeout",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.probe.timeout, {1ms, 10min});
            }},
    Key{.name = "retries",
        .read = [](const Value& value, Draft& draft) { return value.read_count(draft.probe.retries, kRetries); }},
    Key{.name = "failure_threshold",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_count(draft.probe.failure_threshold, kThreshold); }},
    Key{.name = "success_threshold",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_count(draft.probe.success_threshold, kThreshold); }},
    Key{.name = "ip_protocol", .read = read_ip_protocol},
    Key{.name = "user", .read = [](const Value& value, Draft& draft) { return value.read_text(draft.probe.user); }},
    Key{.name = "password_file",
        .read = [](const Value& value,
                   Draft& draft) { return read_secret_file(value, draft, "the password", draft.probe.password); }},
    Key{.name = "password_env",
        .read = [](const Value& value,
                   Draft& draft) { return read_secret_variable(value, draft, "DB_PASSWORD", draft.probe.password); }},
    Key{.name = "tls", .read = read_tls},
    Key{.name = "verify_tls",
        .read = [](const Value& value, Draft& draft) { return read_flag(value, draft.probe.verifies_tls); }},
    Key{.name = "ca_file", .read = read_ca_file},
    Key{.name = "method", .read = read_probe_method},
    Key{.name = "headers", .shape = KeyShape::kFree, .take = take_header},
    Key{.name = "header_files", .shape = KeyShape::kFree, .take = take_header_file},
    Key{.name = "body",
        .read = [](const Value& value, Draft& draft) { return value.read_bytes(draft.probe.http.body); }},
    Key{.name = "status",
        .read = [](const Value& value, Draft& draft) { return read_statuses(value, draft.probe.http.statuses); }},
    Key{.name = "body_matches",
        .read = [](const Value& value, Draft& draft) { return read_expression(value, draft.probe.http.body_matches); }},
    Key{.name = "json", .shape = KeyShape::kFree, .take = take_json},
    Key{.name = "follow_redirects",
        .read = [](const Value& value, Draft& draft) { return read_flag(value, draft.probe.http.follows_redirects); }},
    Key{.name = "send",
        .read = [](const Value& value, Draft& draft) { return value.read_bytes(draft.probe.tcp.send); }},
    Key{.name = "expect",
        .read = [](const Value& value, Draft& draft) { return read_expression(value, draft.probe.tcp.expect); }},
    Key{.name = "query",
        .read = [](const Value& value, Draft& draft) { return value.read_text(draft.probe.dns.query); }},
    Key{.name = "type", .read = read_dns_type},
    Key{.name = "rcode", .read = read_dns_rcode},
    Key{.name = "transport", .read = read_dns_transport},
    Key{.name = "answer_matches",
        .read = [](const Value& value,
                   Draft& draft) { return read_expression(value, draft.probe.dns.answer_matches); }},
    Key{.name = "database",
        .read = [](const Value& value, Draft& draft) { return value.read_text(draft.probe.database.database); }},
};

}  // namespace

std::span<const Key> probe_keys() { return kProbeKeys; }

void start_probe(Draft& draft, const std::string& name) {
  draft.probe = {};
  draft.probe.name = name;
}

void finish_probe(Draft& draft, const Spot& spot) {
  check_probe(draft, spot);
  draft.config.probes.push_back(std::move(draft.probe));
}

}  // namespace sonde::config
