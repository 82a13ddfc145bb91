#include "measure/probe_families.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "unit/measure/exchange_fixture.h"

namespace sonde::measure {
namespace {

using namespace std::chrono_literals;

probe::ProbeState state_of(const std::string& name, probe::ProbeKind kind, const std::string& address) {
  probe::ProbeTarget target;
  target.name = name;
  target.kind = kind;
  target.address = address;
  probe::ProbeState state;
  state.target = std::make_shared<const probe::ProbeTarget>(target);
  return state;
}

/// The value of a series; -1 if there is none.
double value(const std::vector<Family>& families, std::string_view family, const std::string& labels) {
  Snapshot snapshot;
  snapshot.families = families;
  const Series* series = find_series(snapshot, family, labels);
  return series == nullptr ? -1 : series->value;
}

TEST(ProbeFamilies, are_those_of_blackbox_exporter) {
  probe::ProbeState web = state_of("web", probe::ProbeKind::kHttp, "https://shop.example/health?token=secret");
  web.last.emplace();
  web.last->success = true;
  web.last->status = 200;
  web.last->http_version = 2;
  web.last->redirects = 1;
  web.last->used_tls = true;
  web.last->duration = 250ms;
  web.last->phases = {{"resolve", 1ms}, {"connect", 2ms}, {"tls", 3ms}, {"processing", 4ms}, {"transfer", 5ms}};
  web.last->ip_protocol = 6;
  web.last->earliest_expiry = WallTime{1'800'000'000s};
  web.successes = 7;
  web.failures = 2;
  FamilyBuilder builder;
  append_probes(std::vector{web}, builder);
  const auto families = builder.take();
  const std::string labels = "instance=https://shop.example/health,module=http,probe=web";
  EXPECT_EQ(value(families, "probe_success", labels), 1);
  EXPECT_EQ(value(families, "probe_duration_seconds", labels), 0.25);
  EXPECT_EQ(value(families, "probe_dns_lookup_time_seconds", labels), 0.001);
  EXPECT_EQ(value(families, "probe_ip_protocol", labels), 6);
  EXPECT_EQ(value(families, "probe_http_status_code", labels), 200);
  EXPECT_EQ(value(families, "probe_http_version", labels), 2);
  EXPECT_EQ(value(families, "probe_http_redirects", labels), 1);
  EXPECT_EQ(value(families, "probe_http_ssl", labels), 1);
  EXPECT_EQ(value(families, "probe_failed_due_to_regex", labels), 0);
  EXPECT_EQ(value(families, "probe_http_duration_seconds", labels + ",phase=tls"), 0.003);
  EXPECT_EQ(value(families, "probe_ssl_earliest_cert_expiry", labels), 1'800'000'000);
  EXPECT_EQ(value(families, "sonde_probe_runs_total", labels + ",outcome=success"), 7);
  EXPECT_EQ(value(families, "sonde_probe_runs_total", labels + ",outcome=failure"), 2);
}

TEST(ProbeFamilies, of_dns_and_icmp_are_those_of_blackbox_exporter) {
  probe::ProbeState names = state_of("ns", probe::ProbeKind::kDns, "127.0.0.1:53");
  names.last.emplace();
  names.last->records = {.answer = 2, .authority = 1, .additional = 3};
  names.last->phases = {{"resolve", 1ms}, {"connect", 2ms}, {"request", 3ms}};
  probe::ProbeState host = state_of("host", probe::ProbeKind::kIcmp, "127.0.0.1");
  host.last.emplace();
  host.last->hop_limit = 64;
  host.last->phases = {{"resolve", 1ms}, {"setup", 2ms}, {"rtt", 3ms}};
  FamilyBuilder builder;
  append_probes(std::vector{names, host}, builder);
  const auto families = builder.take();
  const std::string dns = "instance=127.0.0.1:53,module=dns,probe=ns";
  EXPECT_EQ(value(families, "probe_dns_query_succeeded", dns), 1);
  EXPECT_EQ(value(families, "probe_dns_answer_rrs", dns), 2);
  EXPECT_EQ(value(families, "probe_dns_authority_rrs", dns), 1);
  EXPECT_EQ(value(families, "probe_dns_additional_rrs", dns), 3);
  EXPECT_EQ(value(families, "probe_dns_duration_seconds", "instance=127.0.0.1:53,module=dns,probe=ns,phase=request"),
            0.003);
  const std::string icmp = "instance=127.0.0.1,module=icmp,probe=host";
  EXPECT_EQ(value(families, "probe_icmp_reply_hop_limit", icmp), 64);
  EXPECT_EQ(value(families, "probe_icmp_duration_seconds", "instance=127.0.0.1,module=icmp,probe=host,phase=rtt"),
            0.003);
}

TEST(ProbeFamilies, tell_uptime_and_thresholds) {
  probe::ProbeState cache = state_of("cache", probe::ProbeKind::kRedis, "cache:6379");
  cache.last.emplace();
  cache.last->phases = {{"connect", 2ms}, {"dialogue", 3ms}};
  cache.up = true;
  cache.retries = 4;
  cache.windows[0] = {.successes = 3, .failures = 1};
  FamilyBuilder builder;
  append_probes(std::vector{cache}, builder);
  const auto families = builder.take();
  const std::string labels = "instance=cache:6379,module=redis,probe=cache";
  EXPECT_EQ(value(families, "probe_success", labels), 0);
  EXPECT_EQ(value(families, "sonde_probe_up", labels), 1);
  EXPECT_EQ(value(families, "sonde_probe_retries_total", labels), 4);
  EXPECT_EQ(value(families, "sonde_probe_uptime_ratio", labels + ",window=1h"), 0.75);
  EXPECT_EQ(value(families, "sonde_probe_uptime_ratio", labels + ",window=24h"), -1);
  EXPECT_EQ(value(families, "sonde_probe_phase_duration_seconds",
                  "instance=cache:6379,module=redis,probe=cache,phase=dialogue"),
            0.003);
}

TEST(ProbeFamilies, say_nothing_of_what_has_no_result_yet_and_nothing_of_http_for_tcp) {
  probe::ProbeState fresh = state_of("web", probe::ProbeKind::kHttp, "http://shop.example/");
  probe::ProbeState port = state_of("db", probe::ProbeKind::kTcp, "db:5432");
  port.last = probe::ProbeResult{};
  FamilyBuilder builder;
  append_probes(std::vector{fresh, port}, builder);
  const auto families = builder.take();
  EXPECT_EQ(value(families, "probe_success", "instance=http://shop.example/,module=http,probe=web"), -1);
  EXPECT_EQ(value(families, "probe_success", "instance=db:5432,module=tcp,probe=db"), 0);
  for (const Family& family : families) EXPECT_FALSE(family.name.starts_with("probe_http")) << family.name;
}

}  // namespace
}  // namespace sonde::measure
