#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "app/alert_language.h"
#include "base/file.h"
#include "config/load.h"
#include "config/schema.h"
#include "support/fake_secrets.h"

namespace sonde::config {
namespace {

const std::string kReference = SONDE_TESTS_DIR "/../docs/configuration.md";
const std::string kExample = SONDE_TESTS_DIR "/../infrastructure/sonde.example.yaml";

std::string text_of(const std::string& path) {
  const auto text = read_file(path);
  EXPECT_TRUE(text) << text.error().what;
  return text ? *text : "";
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char letter : text) {
    if (letter == at) {
      parts.emplace_back();
    } else {
      parts.back() += letter;
    }
  }
  return parts;
}

std::string between_backticks(const std::string& cell) {
  const std::vector<std::string> parts = split(cell, '`');
  return parts.size() == 3 ? parts[1] : "";
}

/// The default of each key, in the order of the tables; empty where a row says in words that there is none.
std::vector<std::pair<std::string, std::string>> documented_keys() {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const std::string& line : split(text_of(kReference), '\n')) {
    const std::vector<std::string> cells = split(line, '|');
    if (cells.size() < 5 || between_backticks(cells[1]).empty()) continue;
    rows.emplace_back(between_backticks(cells[1]), between_backticks(cells[3]));
  }
  return rows;
}

FakeSecrets secrets() {
  FakeSecrets given;
  given.files["/etc/sonde/slack_url"] = "https://hooks.example/1";
  for (const char* name : {"slack_token", "mail_password", "pagerduty_key", "webhook_secret"}) {
    given.files[std::string("/etc/sonde/") + name] = "secret";
  }
  given.variables["SONDE_WEBHOOK_URL"] = "https://hooks.example/2";
  return given;
}

TEST(Reference, lists_every_key_of_the_schema_and_no_other_in_the_same_order) {
  std::vector<std::string> documented;
  for (const auto& [key, value] : documented_keys()) documented.push_back(key);
  EXPECT_EQ(documented, schema_keys());
}

/// The probe that a key makes sense for.
std::string probe_for(const std::string& key) {
  if (!key.starts_with("probes.")) return "";
  for (const char* of_dns : {".type", ".rcode", ".transport"}) {
    if (key.ends_with(of_dns)) return ", dns: \"127.0.0.1\", query: shop.example";
  }
  return key.ends_with(".tls") ? ", tcp: \"127.0.0.1:1\"" : ", http: \"http://shop.example\"";
}

/// Sets one key to a value in a file of its own, with what it cannot be without.
std::string file_with(const std::string& key, const std::string& value) {
  if (const std::string lists = "[]."; key.find(lists) != std::string::npos) {
    return "remediation: {allowed_programs: [/bin/a], rules: [{name: a, matchers: [b=c], command: [/bin/a], " +
           key.substr(key.find(lists) + lists.size()) + ": \"" + value + "\"}]}\n";
  }
  std::string yaml;
  std::string closing;
  for (const std::string& part : split(key, '.')) {
    yaml += (yaml.empty() ? "" : "{") + part + ": ";
    closing += closing.empty() && yaml == part + ": " ? "" : "}";
  }
  return yaml + "\"" + value + "\"" + probe_for(key) + closing + "\n";
}

/// Every value of a probe that a default can be given for.
std::map<std::string, std::string> values_of(const probe::ProbeTarget& probe) {
  const auto ns = [](std::chrono::nanoseconds value) { return std::to_string(value.count()); };
  const auto& fine = probe.http.statuses.front();
  return {{"probes.NAME.interval", ns(probe.interval)},
          {"probes.NAME.timeout", ns(probe.timeout)},
          {"probes.NAME.retries", std::to_string(probe.retries)},
          {"probes.NAME.failure_threshold", std::to_string(probe.failure_threshold)},
          {"probes.NAME.success_threshold", std::to_string(probe.success_threshold)},
          {"probes.NAME.tls", probe.tcp.uses_tls ? "1" : "0"},
          {"probes.NAME.type", probe.dns.type},
          {"probes.NAME.rcode", probe.dns.rcode},
          {"probes.NAME.transport", probe.dns.transport == probe::DnsTransport::kUdp ? "udp" : "tcp"},
          {"probes.NAME.method", probe.http.method},
          {"probes.NAME.status", std::to_string(fine.first) + "-" + std::to_string(fine.last)},
          {"probes.NAME.verify_tls", probe.verifies_tls ? "1" : "0"},
          {"probes.NAME.follow_redirects", probe.http.follows_redirects ? "1" : "0"}};
}

/// Every value of a rule that runs programs.
std::map<std::string, std::string> values_of(const alerts::RemedyRule& rule) {
  const std::string prefix = "remediation.rules[].";
  return {{prefix + "after", std::to_string(rule.after.count())},
          {prefix + "timeout", std::to_string(rule.timeout.count())},
          {prefix + "max_per_hour", std::to_string(rule.max_per_hour)},
          {prefix + "dry_run", rule.dry_run ? "1" : "0"},
          {prefix + "severity", std::string(rules::name_of(rule.at_least))}};
}

/// Every value of a whole configuration that a default can be given for.
std::map<std::string, std::string> values_of(const Config& config) {
  const auto ns = [](std::chrono::nanoseconds value) { return std::to_string(value.count()); };
  const notify::NotifyOptions& notify = config.notify;
  const auto& slis = config.measure.slis;
  const measure::SliDefinition sli = slis.empty() ? measure::SliDefinition{} : slis.front();
  const auto& good = sli.good_statuses.front();
  auto values = values_of(config.probes.empty() ? probe::ProbeTarget{} : config.probes.front());
  const auto& remedies = config.remediation.rules;
  values.merge(values_of(remedies.empty() ? alerts::RemedyRule{} : remedies.front()));
  values.merge(std::map<std::string, std::string>{
      {"server.listen", config.server.listen},
      {"server.max_connections", std::to_string(config.server.max_connections)},
      {"server.idle_timeout", ns(config.server.idle_timeout)},
      {"server.max_body_size", std::to_string(config.server.max_body_bytes)},
      {"capture.ring_size", std::to_string(config.capture.ring_bytes)},
      {"capture.event_ring_size", std::to_string(config.capture.event_ring_bytes)},
      {"http.max_routes_per_service", std::to_string(config.measure.max_routes_per_service)},
      {"tcp.max_destinations_per_service", std::to_string(config.tcp.max_destinations)},
      {"resources.interval", ns(config.host.interval)},
      {"resources.max_services", std::to_string(config.host.max_services)},
      {"events.keep", std::to_string(config.host.keep_events)},
      {"events.crash_loop.exits", std::to_string(config.host.crash_loop_exits)},
      {"events.crash_loop.within", ns(config.host.crash_loop_within)},
      {"slis.NAME.good_status", std::to_string(good.first) + "-" + std::to_string(good.last)},
      {"slis.NAME.objective", std::to_string(sli.objective)},
      {"measure.max_series", std::to_string(config.measure.max_series)},
      {"store.tick", ns(config.store.tick)},
      {"store.keep", ns(config.store.keep)},
      {"store.interval", ns(config.store.interval)},
      {"store.retention", ns(config.store.retention)},
      {"store.long_interval", ns(config.store.long_interval)},
      {"store.long_retention", ns(config.store.long_retention)},
      {"store.max_size", std::to_string(config.store.max_bytes)},
      {"store.checkpoint_interval", ns(config.store.checkpoint_interval)},
      {"query.timeout", ns(config.query.engine.timeout)},
      {"query.lookback", ns(config.query.engine.lookback)},
      {"query.max_samples", std::to_string(config.query.engine.max_samples)},
      {"query.max_concurrent", std::to_string(config.query.max_concurrent)},
      {"query.fine_buckets", config.query.fine_buckets ? "1" : "0"},
      {"rules.built_in", config.rules.built_in ? "1" : "0"},
      {"alerts.blind_after", ns(config.alerts.blind_after)},
      {"alerts.release_wait", ns(config.alerts.release_wait)},
      {"alerts.start_delay", ns(config.alerts.start_delay)},
      {"incidents.acknowledge_timeout", ns(config.incidents.acknowledge_timeout)},
      {"incidents.acknowledge_timeout_critical", ns(config.incidents.acknowledge_timeout_critical)},
      {"incidents.reopen_window", ns(config.incidents.reopen_window)},
      {"incidents.manual_resolve_grace", ns(config.incidents.manual_resolve_grace)},
      {"incidents.verify_after", ns(config.incidents.verify_after)},
      {"notify.link_lifetime", ns(notify.link_lifetime)},
      {"notify.max_per_hour", std::to_string(notify.max_per_hour)},
      {"notify.timeout", ns(notify.timeout)},
      {"notify.first_retry", ns(notify.first_retry)},
      {"notify.longest_retry", ns(notify.longest_retry)},
      {"notify.give_up_after", ns(notify.give_up_after)},
      {"notify.max_queued", std::to_string(notify.max_queued)},
      {"log.level", std::to_string(static_cast<int>(config.log.level))},
      {"log.format", std::to_string(static_cast<int>(config.log.format))}});
  return values;
}

TEST(Reference, gives_the_defaults_that_apply_without_a_file) {
  std::size_t checked = 0;
  const auto without = values_of(Config{});
  for (const auto& [key, value] : documented_keys()) {
    if (value.empty()) continue;
    ++checked;
    const auto config = load(file_with(key, value), key, {FakeSecrets{}, app::alert_language()});
    ASSERT_TRUE(config) << render_faults(config.error());
    EXPECT_EQ(values_of(*config).at(key), without.at(key)) << key;
  }
  EXPECT_EQ(checked, without.size());
}

/// The examples between fences.
std::vector<std::string> documented_examples() {
  const std::vector<std::string> lines = split(text_of(kReference), '\n');
  std::vector<std::string> examples;
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    if (*line != "```yaml") continue;
    std::string yaml;
    for (++line; line != lines.end() && *line != "```"; ++line) yaml += *line + "\n";
    EXPECT_NE(line, lines.end()) << "an example is not closed";
    examples.push_back(yaml);
    if (line == lines.end()) break;
  }
  return examples;
}

TEST(Reference, has_examples_that_load) {
  const std::vector<std::string> examples = documented_examples();
  for (const std::string& yaml : examples) {
    const auto config = load(yaml, kReference, {secrets(), app::alert_language()});
    EXPECT_TRUE(config) << yaml << render_faults(config.error());
  }
  EXPECT_GE(examples.size(), 3u);
}

TEST(Reference, shows_the_patterns_that_apply_without_a_file) {
  const std::vector<std::string> examples = documented_examples();
  const auto patterns = std::find_if(examples.begin(), examples.end(),
                                     [](const std::string& yaml) { return yaml.starts_with("resources:"); });
  ASSERT_NE(patterns, examples.end());
  const auto config = load(*patterns, kReference, {FakeSecrets{}, app::alert_language()});
  ASSERT_TRUE(config) << render_faults(config.error());
  EXPECT_EQ(config->host.mount_points_exclude, host::HostOptions{}.mount_points_exclude);
  EXPECT_EQ(config->host.filesystem_types_exclude, host::HostOptions{}.filesystem_types_exclude);
  EXPECT_EQ(config->host.disks_exclude, host::HostOptions{}.disks_exclude);
}

TEST(Reference, shows_what_is_kept_for_long_without_a_file) {
  const std::vector<std::string> examples = documented_examples();
  const auto names = std::find_if(examples.begin(), examples.end(),
                                  [](const std::string& yaml) { return yaml.starts_with("store:"); });
  ASSERT_NE(names, examples.end());
  const auto config = load(*names, kReference, {FakeSecrets{}, app::alert_language()});
  ASSERT_TRUE(config) << render_faults(config.error());
  EXPECT_EQ(config->store.long_metrics, store::StoreOptions{}.long_metrics);
}

TEST(Example, loads_without_a_secret) {
  const auto config = load(text_of(kExample), kExample, {FakeSecrets{}, app::alert_language()});
  EXPECT_TRUE(config) << render_faults(config.error());
}

TEST(Example, loads_with_all_that_is_commented_out) {
  std::string yaml;
  for (const std::string& line : split(text_of(kExample), '\n')) {
    yaml += (line.starts_with("#|") ? "  " + line.substr(2) : line) + "\n";
  }
  const auto config = load(yaml, kExample, {secrets(), app::alert_language()});
  ASSERT_TRUE(config) << render_faults(config.error());
  EXPECT_EQ(config->notify.channels.size(), 6u);
}

}  // namespace
}  // namespace sonde::config
