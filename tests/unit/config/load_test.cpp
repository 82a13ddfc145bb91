#include "config/load.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/alert_language.h"
#include "support/fake_secrets.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;

Config loaded(std::string_view text, const FakeSecrets& secrets = {}) {
  const auto config = load(text, "sonde.yaml", {secrets, app::alert_language()});
  EXPECT_TRUE(config) << render_faults(config.error());
  return config ? *config : Config{};
}

TEST(Load, gives_the_defaults_for_a_file_that_says_nothing) {
  for (const char* text :
       {"", "\n\n", "# only a comment\n", "---\n", "{}", "server:\nservices:\nrules:\n  services:\n"}) {
    const Config config = loaded(text);
    EXPECT_EQ(config.server.listen, "127.0.0.1:10977") << text;
    EXPECT_TRUE(config.inventory.rules.empty()) << text;
    EXPECT_EQ(config.store.keep, 15min) << text;
  }
}

TEST(Load, puts_server_capture_and_log_where_they_belong) {
  const Config config = loaded(R"(
server: {listen: "[::1]:0", max_connections: 12, idle_timeout: 1m30s}
targets:
  only: ["port:8080", "pid:123", "cgroup:/sys/fs/cgroup/a.slice", "process:nginx", "port:8080"]
capture: {ring_size: 16MiB, event_ring_size: 4MiB}
log: {level: debug, format: json}
)");
  EXPECT_EQ(config.server.listen, "[::1]:0");
  EXPECT_EQ(config.server.max_connections, 12u);
  EXPECT_EQ(config.server.idle_timeout, 90s);
  EXPECT_EQ(config.capture.targets.ports, std::vector<std::uint16_t>{8080});
  EXPECT_EQ(config.capture.targets.pids, std::vector<std::int32_t>{123});
  EXPECT_EQ(config.capture.targets.cgroup_paths, std::vector<std::string>{"/sys/fs/cgroup/a.slice"});
  EXPECT_EQ(config.capture.targets.process_names, std::vector<std::string>{"nginx"});
  EXPECT_EQ(config.capture.ring_bytes, 16U << 20U);
  EXPECT_EQ(config.capture.event_ring_bytes, 4U << 20U);
  EXPECT_EQ(config.log.level, LogLevel::kDebug);
  EXPECT_EQ(config.log.format, LogFormat::kJson);
}

TEST(Load, looks_for_rule_files_beside_the_file) {
  std::string directory = (std::filesystem::temp_directory_path() / "sonde_config_XXXXXX").string();
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  const std::string path = directory + "/sonde.yaml";
  std::ofstream(path) << "rules: {files: [rules.d/*.yml, /etc/other.yml]}\n";
  const auto config = load_file(path, {FakeSecrets{}, app::alert_language()});
  std::filesystem::remove_all(directory);
  ASSERT_TRUE(config) << render_faults(config.error());
  EXPECT_EQ(config->rules.files, (std::vector<std::string>{directory + "/rules.d/*.yml", "/etc/other.yml"}));
}

TEST(Load, puts_slis_where_they_belong) {
  const Config config = loaded(R"(
slis:
  payments:
    service: [checkout, billing]
    route: /pay/{id}
    method: POST
    good_status: [2xx, 402, 300-303]
    ignored_status: 401
    good_within: 2s
    objective: 99.95%
  everything: {}
)");
  ASSERT_EQ(config.measure.slis.size(), 2U);
  const measure::SliDefinition& payments = config.measure.slis[1];
  EXPECT_EQ(payments.name, "payments");
  EXPECT_EQ(payments.services, (std::vector<std::string>{"checkout", "billing"}));
  EXPECT_EQ(payments.routes, std::vector<std::string>{"/pay/{id}"});
  EXPECT_EQ(payments.methods, std::vector<std::string>{"POST"});
  const auto text = [](const std::vector<StatusRange>& ranges) {
    std::string all;
    for (const auto& range : ranges) all += std::to_string(range.first) + "-" + std::to_string(range.last) + " ";
    return all;
  };
  EXPECT_EQ(text(payments.good_statuses), "200-299 402-402 300-303 ");
  EXPECT_EQ(text(payments.ignored_statuses), "401-401 ");
  EXPECT_EQ(payments.good_within, 2s);
  EXPECT_EQ(payments.objective, 0.9995);
  const measure::SliDefinition& everything = config.measure.slis[0];
  EXPECT_TRUE(everything.services.empty() && everything.routes.empty() && everything.methods.empty());
  EXPECT_EQ(text(everything.good_statuses), "100-499 ");
  EXPECT_FALSE(everything.good_within);
  EXPECT_EQ(everything.objective, 0.999);
}

TEST(Load, puts_store_and_query_where_they_belong) {
  const Config config = loaded(R"(
store:
  interval: 15s
  sample:
    - {metric: "http_*_seconds", interval: 1s}
    - {metric: up, interval: 5s}
  retention: 1d
  long_interval: 5m
  long_retention: 30d
  long_metrics: [node_load1, up]
  max_size: 64MiB
  directory: /srv/sonde
  checkpoint_interval: 30s
query: {timeout: 10s, lookback: 2m, max_samples: 5000, max_concurrent: 3, fine_buckets: false}
)");
  EXPECT_EQ(config.store.interval, 15s);
  ASSERT_EQ(config.store.demands.size(), 2u);
  const store::Matcher pattern{"__name__", store::MatchOperator::kRegex, "http_.*_seconds"};
  EXPECT_EQ(config.store.demands[0].matchers, std::vector{pattern});
  EXPECT_EQ(config.store.demands[0].interval, 1s);
  EXPECT_EQ(config.store.demands[1].interval, 5s);
  EXPECT_EQ(config.store.retention, 24h);
  EXPECT_EQ(config.store.long_interval, 5min);
  EXPECT_EQ(config.store.long_retention, 30 * 24h);
  EXPECT_EQ(config.store.long_metrics, (std::vector<std::string>{"node_load1", "up"}));
  EXPECT_EQ(config.store.max_bytes, std::size_t{64} << 20U);
  EXPECT_EQ(config.store_directory, "/srv/sonde");
  EXPECT_EQ(config.store.checkpoint_interval, 30s);
  EXPECT_EQ(config.query.engine.timeout, 10s);
  EXPECT_EQ(config.query.engine.lookback, 2min);
  EXPECT_EQ(config.query.engine.max_samples, 5'000u);
  EXPECT_EQ(config.query.max_concurrent, 3u);
  EXPECT_FALSE(config.query.fine_buckets);
}

TEST(Load, keeps_service_rules_in_the_order_of_the_file) {
  const Config config = loaded(R"(
services:
  - name: payments
    match: {executable: /opt/payments/*, process: pay*, cgroup: /system.slice/*, container: 0123456789ab, port: 9443}
  - match:
      port: 65535
    name: edge
)");
  ASSERT_EQ(config.inventory.rules.size(), 2u);
  const inventory::ServiceRule& payments = config.inventory.rules[0];
  EXPECT_EQ(payments.name, "payments");
  EXPECT_EQ(payments.executable, "/opt/payments/*");
  EXPECT_EQ(payments.process, "pay*");
  EXPECT_EQ(payments.cgroup, "/system.slice/*");
  EXPECT_EQ(payments.container, "0123456789ab");
  EXPECT_EQ(payments.port, 9443);
  EXPECT_EQ(config.inventory.rules[1].name, "edge");
  EXPECT_EQ(config.inventory.rules[1].port, 65535);
  EXPECT_FALSE(config.inventory.rules[1].executable);
}

TEST(Load, reads_what_is_measured_and_kept) {
  const Config config = loaded(R"(
http:
  routes: [/, "/users/{id}/orders", /static/app.js]
  max_routes_per_service: 7
measure: {max_series: 500}
store: {tick: 200ms, keep: 1h}
alerts: {blind_after: 1m, release_wait: 0}
)");
  EXPECT_EQ(config.measure.routes, (std::vector<std::string>{"/", "/users/{id}/orders", "/static/app.js"}));
  EXPECT_EQ(config.measure.max_routes_per_service, 7u);
  EXPECT_EQ(config.measure.max_series, 500u);
  EXPECT_EQ(config.store.tick, 200ms);
  EXPECT_EQ(config.store.keep, 1h);
  EXPECT_EQ(config.alerts.blind_after, 1min);
  EXPECT_EQ(config.alerts.release_wait, 0s);
}

TEST(Load, reads_how_the_host_is_watched) {
  const Config config = loaded(R"(
resources:
  interval: 30s
  max_services: 20
  mount_points_exclude: "/(mnt|media)/.*"
  filesystem_types_exclude: ''
  disks_exclude: loop\d+
tcp: {max_destinations_per_service: 5}
events: {keep: 50, crash_loop: {exits: 5, within: 2m}}
)");
  EXPECT_EQ(config.host.interval, 30s);
  EXPECT_EQ(config.host.max_services, 20u);
  EXPECT_EQ(config.host.mount_points_exclude, "/(mnt|media)/.*");
  EXPECT_EQ(config.host.filesystem_types_exclude, "");
  EXPECT_EQ(config.host.disks_exclude, "loop\\d+");
  EXPECT_EQ(config.host.keep_events, 50u);
  EXPECT_EQ(config.host.crash_loop_exits, 5u);
  EXPECT_EQ(config.host.crash_loop_within, 2min);
  EXPECT_EQ(config.tcp.max_destinations, 5u);
}

std::string show(const std::vector<rules::ParameterValue>& values) {
  std::string text;
  for (const rules::ParameterValue& value : values) {
    text += (text.empty() ? "" : " ") + value.name + "=" + value.text + "@" + std::to_string(value.line) + ":" +
            std::to_string(value.column);
  }
  return text;
}

TEST(Load, takes_the_parameters_of_rules_as_they_are_written) {
  const Config config = loaded(R"(
rules:
  services:
    checkout:
      response_time_p95: {warning: 200ms}
      for: 0
    idle:
  defaults:
    window: 2m
    min_requests: 5
    response_time_p95: {critical: 3s}
    error_ratio: {warning: 0.02, critical: 10%}
)");
  EXPECT_EQ(show(config.rules.defaults),
            "error_ratio.critical=10%@12:44 error_ratio.warning=0.02@12:28 min_requests=5@10:19 "
            "response_time_p95.critical=3s@11:35 window=2m@9:13");
  ASSERT_EQ(config.rules.scopes.size(), 2u);
  EXPECT_EQ(config.rules.scopes[0].service, "checkout");
  EXPECT_EQ(show(config.rules.scopes[0].values), "for=0@6:12 response_time_p95.warning=200ms@5:36");
  EXPECT_EQ(config.rules.scopes[1].service, "idle");
  EXPECT_TRUE(config.rules.scopes[1].values.empty());
}

TEST(Load, takes_rule_files_and_what_routes_have_of_their_own) {
  const Config config = loaded(R"(
rules:
  files: [/etc/sonde/rules.d/*.yml]
  built_in: false
  disable: [HostClockSkew]
  routes:
    "checkout /pay": {response_time_p95: {warning: 300ms}}
)");
  EXPECT_EQ(config.rules.files, std::vector<std::string>{"/etc/sonde/rules.d/*.yml"});
  EXPECT_FALSE(config.rules.built_in);
  EXPECT_EQ(config.rules.disabled, std::vector<std::string>{"HostClockSkew"});
  ASSERT_EQ(config.rules.scopes.size(), 1u);
  EXPECT_EQ(config.rules.scopes[0].service, "checkout");
  EXPECT_EQ(config.rules.scopes[0].route, "/pay");
}

TEST(Load, fetches_the_addresses_of_channels_from_file_variable_and_text) {
  FakeSecrets secrets;
  secrets.files["/etc/sonde/slack"] = "https://hooks.example/from-file\n";
  secrets.variables["HOOK"] = "http://127.0.0.1:9/from-env";
  const Config config = loaded(R"(
notify:
  slack:
    - {name: file, url_file: /etc/sonde/slack}
    - {name: env, url_env: HOOK}
  webhook:
    - name: text
      url: https://user:password@hooks.example/text?a=b
  timeout: 1s
  first_retry: 10ms
  longest_retry: 20ms
  give_up_after: 2m
  max_queued: 3
)",
                               secrets);
  ASSERT_EQ(config.notify.channels.size(), 3u);
  EXPECT_EQ(std::get<notify::SlackWebhook>(config.notify.channels[0].to).url, "https://hooks.example/from-file");
  EXPECT_EQ(std::get<notify::SlackWebhook>(config.notify.channels[1].to).url, "http://127.0.0.1:9/from-env");
  EXPECT_EQ(std::get<notify::Webhook>(config.notify.channels[2].to).url,
            "https://user:password@hooks.example/text?a=b");
  EXPECT_EQ(config.notify.channels[2].name, "text");
  EXPECT_EQ(config.notify.timeout, 1s);
  EXPECT_EQ(config.notify.first_retry, 10ms);
  EXPECT_EQ(config.notify.longest_retry, 20ms);
  EXPECT_EQ(config.notify.give_up_after, 2min);
  EXPECT_EQ(config.notify.max_queued, 3u);
}

TEST(Load, follows_anchors_and_aliases) {
  const Config config = loaded(R"(
rules:
  services:
    a: &strict {window: 1m, error_ratio: {warning: 0.1%}}
    b: *strict
)");
  ASSERT_EQ(config.rules.scopes.size(), 2u);
  EXPECT_EQ(config.rules.scopes[1].service, "b");
  ASSERT_EQ(config.rules.scopes[1].values.size(), 2u);
  EXPECT_EQ(config.rules.scopes[1].values[0].text, "0.1%");
}

TEST(Load, reads_files_from_windows_too) {
  EXPECT_EQ(loaded("\xEF\xBB\xBFserver:\r\n  listen: :80\r\n").server.listen, ":80");
}

class LoadFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde_config_XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name) << text;
    return (directory_ / name).string();
  }

  std::filesystem::path directory_;
};

TEST_F(LoadFile, reads_the_file_and_the_secret_beside_it) {
  const std::string secret = write("slack", "https://hooks.example/x\n");
  const std::string path = write("sonde.yaml", "notify: {slack: [{name: ops, url_file: " + secret + "}]}\n");
  const auto config = load_file(path, {SystemSecrets(), app::alert_language()});
  ASSERT_TRUE(config) << render_faults(config.error());
  EXPECT_EQ(std::get<notify::SlackWebhook>(config->notify.channels.at(0).to).url, "https://hooks.example/x");
}

TEST_F(LoadFile, names_a_file_that_is_not_there) {
  const std::string path = (directory_ / "none.yaml").string();
  const auto config = load_file(path, {SystemSecrets(), app::alert_language()});
  ASSERT_FALSE(config);
  EXPECT_EQ(render_faults(config.error()), path + ": cannot be read: open '" + path + "': No such file or directory\n");
}

TEST_F(LoadFile, refuses_a_file_of_more_than_a_mebibyte) {
  const auto config =
      load_file(write("big.yaml", std::string((1U << 20U) + 1, '#')), {SystemSecrets(), app::alert_language()});
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().size(), 1u);
  EXPECT_EQ(config.error().front().line, 0);
}

TEST(SystemSecrets, tells_a_variable_that_is_set_from_one_that_is_not) {
  EXPECT_TRUE(SystemSecrets().variable("PATH"));
  EXPECT_FALSE(SystemSecrets().variable("SONDE_TEST_NEVER_SET"));
}

}  // namespace
}  // namespace sonde::config
