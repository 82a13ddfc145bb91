#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "app/alert_language.h"
#include "config/load.h"
#include "support/fake_secrets.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;

std::vector<probe::ProbeTarget> probes_of(const std::string& yaml) {
  FakeSecrets secrets;
  secrets.files["/etc/sonde/token"] = "Bearer abc\n";
  secrets.variables["DB_PASSWORD"] = "pw";
  auto config = load(yaml, "f", {secrets, app::alert_language()});
  EXPECT_TRUE(config) << render_faults(config.error());
  return config ? std::move(config->probes) : std::vector<probe::ProbeTarget>{};
}

TEST(LoadProbes, of_http_and_tcp) {
  const std::vector<probe::ProbeTarget> probes = probes_of(R"(
probes:
  db: {tcp: "[::1]:5432", interval: 5s, timeout: 1s}
  web:
    http: https://shop.example/health?full=1
    service: shop
    interval: 30s
    timeout: 3s
    method: HEAD
    status: [204, 3xx]
    body_matches: ok
    verify_tls: false
    ca_file: /etc/ssl/own.pem
    follow_redirects: false
)");
  ASSERT_EQ(probes.size(), 2U);
  const probe::ProbeTarget& db = probes[0];
  EXPECT_EQ(db.kind, probe::ProbeKind::kTcp);
  EXPECT_EQ(db.address, "[::1]:5432");
  EXPECT_EQ(db.interval, 5s);
  const probe::ProbeTarget& web = probes[1];
  EXPECT_EQ(web.name, "web");
  EXPECT_EQ(web.kind, probe::ProbeKind::kHttp);
  EXPECT_EQ(web.address, "https://shop.example/health?full=1");
  EXPECT_EQ(web.service, "shop");
  EXPECT_EQ(web.timeout, 3s);
  EXPECT_EQ(web.http.method, "HEAD");
  EXPECT_TRUE(holds(web.http.statuses, 204) && holds(web.http.statuses, 302) && !holds(web.http.statuses, 200));
  EXPECT_EQ(web.http.body_matches, "ok");
  EXPECT_EQ(web.ca_file, "/etc/ssl/own.pem");
  EXPECT_FALSE(web.verifies_tls || web.http.follows_redirects);
}

TEST(LoadProbes, of_http_with_a_request_of_its_own) {
  const std::vector<probe::ProbeTarget> probes = probes_of(R"(
probes:
  a-api:
    http: https://shop.example/pay
    method: POST
    headers: {Accept: application/json}
    header_files: {Authorization: /etc/sonde/token}
    body: '{"amount": 1}'
    json: {/state: ok|degraded}
    retries: 2
    failure_threshold: 3
    success_threshold: 2
)");
  ASSERT_EQ(probes.size(), 1U);
  const probe::HttpProbe& api = probes[0].http;
  EXPECT_EQ(api.method, "POST");
  using Headers = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(api.headers, (Headers{{"Accept", "application/json"}, {"Authorization", "Bearer abc"}}));
  EXPECT_EQ(api.body, R"({"amount": 1})");
  ASSERT_EQ(api.json.size(), 1U);
  EXPECT_EQ(api.json[0].pointer + " " + api.json[0].matches, "/state ok|degraded");
  EXPECT_EQ(probes[0].retries, 2U);
  EXPECT_EQ(probes[0].failure_threshold, 3U);
  EXPECT_EQ(probes[0].success_threshold, 2U);
  EXPECT_EQ(probes[0].timeout, 10s);
}

TEST(LoadProbes, of_every_other_kind) {
  const std::vector<probe::ProbeTarget> probes = probes_of(R"(
probes:
  b-mail: {tcp: "mail.example:25", send: "HELO x\r\n", expect: "^220 ", tls: true, ip_protocol: 6}
  c-host: {icmp: "[::1]"}
  d-names: {dns: 127.0.0.1, query: shop.example, type: MX, rcode: NXDOMAIN, transport: tcp, answer_matches: mail}
  e-orders: {postgresql: "db.example", user: me, password_env: DB_PASSWORD, database: shop, tls: true}
  f-stock: {mysql: "db.example:3307", user: me, password_env: DB_PASSWORD, database: stock}
  g-cache: {redis: "[::1]", password_env: DB_PASSWORD}
  h-check: {command: [/usr/bin/test, -e, /etc/passwd], interval: 5s}
)");
  ASSERT_EQ(probes.size(), 7U);
  EXPECT_EQ(probes[0].tcp.send, "HELO x\r\n");
  EXPECT_EQ(probes[0].tcp.expect, "^220 ");
  EXPECT_TRUE(probes[0].tcp.uses_tls);
  EXPECT_EQ(probes[0].ip_protocol, 6);
  EXPECT_EQ(probes[1].kind, probe::ProbeKind::kIcmp);
  EXPECT_EQ(probes[1].address, "[::1]");
  const probe::DnsProbe& names = probes[2].dns;
  EXPECT_EQ(names.query + " " + names.type + " " + names.rcode + " " + names.answer_matches,
            "shop.example MX NXDOMAIN mail");
  EXPECT_EQ(names.transport, probe::DnsTransport::kTcp);
  EXPECT_EQ(probes[3].kind, probe::ProbeKind::kPostgresql);
  EXPECT_EQ(probes[3].user + " " + probes[3].password + " " + probes[3].database.database, "me pw shop");
  EXPECT_TRUE(probes[3].database.uses_tls);
  EXPECT_EQ(probes[4].kind, probe::ProbeKind::kMysql);
  EXPECT_EQ(probes[4].address, "db.example:3307");
  EXPECT_EQ(probes[5].kind, probe::ProbeKind::kRedis);
  EXPECT_EQ(probes[5].password, "pw");
  EXPECT_EQ(probes[6].kind, probe::ProbeKind::kCommand);
  EXPECT_EQ(probes[6].address, "/usr/bin/test");
  EXPECT_EQ(probes[6].command.size(), 3U);
  EXPECT_EQ(probes[6].timeout, 5s);  // none is given, and ten seconds do not fit
}

}  // namespace
}  // namespace sonde::config
