#include <gtest/gtest.h>

#include <string>

#include "app/alert_language.h"
#include "config/load.h"
#include "support/fake_secrets.h"

namespace sonde::config {
namespace {

std::string faults_of(std::string_view text) {
  const auto config = load(text, "f", {FakeSecrets{}, app::alert_language()});
  return config ? "no fault" : render_faults(config.error());
}

struct FaultRow {
  const char* name;
  const char* yaml;
  const char* rendered;
};

class Fault : public testing::TestWithParam<FaultRow> {};

TEST_P(Fault, says_what_where_and_how_to_mend_it) { EXPECT_EQ(faults_of(GetParam().yaml), GetParam().rendered); }

INSTANTIATE_TEST_SUITE_P(
    Keys, Fault,
    testing::Values(
        FaultRow{"misspelt_section", "sever: {}\n", "f:1:1: sever: unknown key 'sever', did you mean 'server'?\n"},
        FaultRow{"misspelt_key_deep_down", "services:\n  - name: a\n    match: {prot: 80}\n",
                 "f:3:13: services[0].match.prot: unknown key 'prot', did you mean 'port'?\n"},
        FaultRow{"password_in_the_store", "hub: {store: 'postgresql://sonde:hunter2@db/sonde'}\n",
                 "f:1:14: hub.store: has a password in it, which everybody would see: put it into password_file\n"},
        FaultRow{"no_store", "hub: {store: here}\n",
                 "f:1:14: hub.store: must be a connection string of PostgreSQL, such as "
                 "postgresql://sonde@db.example/sonde\n"},
        FaultRow{"nothing_to_share", "hub: {url: 'http://a'}\n",
                 "f:1:6: hub: names no store to share: add `store`, such as postgresql://sonde@db.example/sonde\n"},
        FaultRow{"key_like_none", "log: {colour: red}\n",
                 "f:1:7: log.colour: unknown key 'colour': known here are level, format\n"},
        FaultRow{"key_with_odd_letters", "log: {\"a b\\u001B[2J\": 1}\n",
                 "f:1:7: log: unknown key: known here are level, format\n"},
        FaultRow{"key_given_twice", "log:\n  level: info\n  level: warn\n",
                 "f:3:3: log.level: this key is already at line 2: keep one of them\n"},
        FaultRow{"section_given_twice", "log: {}\nstore: {}\nlog: {}\n",
                 "f:3:1: log: this key is already at line 1: keep one of them\n"},
        FaultRow{"service_policy_given_twice", "rules:\n  services:\n    a: {}\n    a: {}\n",
                 "f:4:5: rules.services.a: this key is already at line 3: keep one of them\n"},
        FaultRow{"merge_key", "rules:\n  defaults: &d {window: 2m}\n  services:\n    a:\n      <<: *d\n",
                 "f:5:7: rules.services.a: merge keys (<<) are not supported: write the keys out, or alias a whole "
                 "value with *NAME\n"},
        FaultRow{"list_as_key", "? [a]\n: 1\n", "f:1:3: a key must be one plain word\n"},
        FaultRow{"tag_on_a_value", "server: {max_connections: !!int 5}\n",
                 "f:1:27: server.max_connections: YAML tags are not supported: remove the tag, the key knows its "
                 "type\n"},
        FaultRow{"tag_on_a_section", "server: !x {}\n", "f:1:9: server: YAML tags are not supported: remove the tag\n"},
        FaultRow{"text_for_the_whole_file", "hello\n",
                 "f:1:1: takes a mapping of server, targets, capture, services, http, tcp, slis, probes, measure, "
                 "resources, "
                 "events, "
                 "store, query, rules, alerts, incidents, oncall, notify, heartbeats, remediation, hub, log\n"},
        FaultRow{"list_for_a_section", "log: [level]\n", "f:1:6: log: takes a mapping of level, format\n"},
        FaultRow{"mapping_for_a_list", "services: {name: a}\n",
                 "f:1:11: services: takes a list: write each item on a line of its own that starts with '- '\n"},
        FaultRow{"text_for_a_list", "http: {routes: /a}\n",
                 "f:1:16: http.routes: takes a list: write each item on a line of its own that starts with '- '\n"},
        FaultRow{"empty_item", "services:\n  -\n", "f:2:3: services[0]: this item is empty: fill or remove it\n"},
        FaultRow{"text_for_an_item", "services:\n  - payments\n",
                 "f:2:5: services[0]: takes a mapping of name, match\n"},
        FaultRow{"no_value", "log:\n  level:\nstore: {}\n",
                 "f:2:3: log.level: has no value: give one, or remove the key for the default\n"},
        FaultRow{"list_for_a_value", "log: {level: [info]}\n", "f:1:14: log.level: takes one value, not a list\n"},
        FaultRow{"mapping_for_a_value", "log: {level: {a: b}}\n",
                 "f:1:14: log.level: takes one value, not a mapping\n"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Remediation, Fault,
    testing::Values(
        FaultRow{"program_that_is_not_allowed",
                 "remediation:\n  rules:\n    - {name: a, matchers: [b=c], command: [/bin/rm, -rf]}\n",
                 "f:3:43: remediation.rules[0].command: the program '/bin/rm' is not among "
                 "remediation.allowed_programs: add it there, if it may be run\n"},
        FaultRow{"program_like_one_that_is_allowed",
                 "remediation:\n  rules: [{name: a, matchers: [b=c], command: [/bin/fre]}]\n  allowed_programs: "
                 "[/bin/free]\n",
                 "f:2:47: remediation.rules[0].command: the program '/bin/fre' is not among "
                 "remediation.allowed_programs, did you mean '/bin/free'?\n"},
        FaultRow{"rule_for_every_alert",
                 "remediation: {allowed_programs: [/bin/a], rules: [{name: a, matchers: [], command: [/bin/a]}]}\n",
                 "f:1:71: remediation.rules[0].matchers: is empty: name the alerts it is for, such as "
                 "alertname=\"WorkerStuck\"\n"},
        FaultRow{"rule_without_anything", "remediation: {rules: [{dry_run: false}]}\n",
                 "f:1:23: remediation.rules[0]: needs a name, by which the timeline knows it\n"
                 "f:1:23: remediation.rules[0]: needs matchers: the alerts it is for, such as "
                 "[alertname=\"WorkerStuck\"]\n"
                 "f:1:23: remediation.rules[0]: needs a command: the absolute path of a program and its arguments\n"},
        FaultRow{"remedies_of_one_name",
                 "remediation:\n  allowed_programs: [/bin/a]\n  rules:\n"
                 "    - {name: a, matchers: [b=c], command: [/bin/a]}\n"
                 "    - {name: a, matchers: [b=d], command: [/bin/a]}\n",
                 "f:5:14: remediation.rules[1].name: remediation.rules[0] has this name already: the timeline could "
                 "not tell the two apart\n"},
        FaultRow{"relative_program", "remediation: {allowed_programs: [a/b]}\n",
                 "f:1:33: remediation.allowed_programs: 'a/b' must be the absolute path of one program, without '.', "
                 "'..' and '//'\n"},
        FaultRow{
            "program_behind_dots", "remediation: {allowed_programs: [/opt/a/../../bin/sh]}\n",
            "f:1:33: remediation.allowed_programs: '/opt/a/../../bin/sh' must be the absolute path of one program, "
            "without '.', '..' and '//'\n"},
        FaultRow{"command_for_a_shell",
                 "remediation: {allowed_programs: [/bin/a], rules: [{name: a, matchers: [b=c], command: 'a | b'}]}\n",
                 "f:1:87: remediation.rules[0].command: must be a list: the absolute path of a program, and its "
                 "arguments; there is no shell\n"},
        FaultRow{"matcher_that_is_none",
                 "remediation: {allowed_programs: [/bin/a], rules: [{name: a, matchers: ['b=~\"(\"'], command: "
                 "[/bin/a]}]}\n",
                 "f:1:72: remediation.rules[0].matchers[0]: the regular expression of 'b' cannot be read (RE2): "
                 "missing ): (\n"},
        FaultRow{"remedy_that_never_ends",
                 "remediation: {allowed_programs: [/bin/a], rules: [{name: a, matchers: [b=c], command: [/bin/a], "
                 "timeout: 2h}]}\n",
                 "f:1:106: remediation.rules[0].timeout: '2h' is out of range: write a duration from 1s to 1h\n"},
        FaultRow{"remedy_of_an_unknown_severity",
                 "remediation: {allowed_programs: [/bin/a], rules: [{name: a, matchers: [b=c], command: [/bin/a], "
                 "severity: high}]}\n",
                 "f:1:107: remediation.rules[0].severity: 'high' is none of info, warning, critical\n"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Values, Fault,
    testing::Values(
        FaultRow{"duration_without_unit", "store: {tick: 5}\n",
                 "f:1:15: store.tick: '5' is not a duration; write it like 30s, 5m, 1h30m or 250ms\n"},
        FaultRow{
            "sli_without_a_budget", "slis: {pay: {objective: 100%}}\n",
            "f:1:25: slis.pay.objective: must be above 0 % and below 100 %: without an error budget nothing can be "
            "spent\n"},
        FaultRow{"sli_with_a_status_that_is_none", "slis: {pay: {good_status: [200, 2x]}}\n",
                 "f:1:27: slis.pay.good_status: '2x' is no HTTP status from 100 to 599: write `2xx`, `404` or "
                 "`200-299`\n"},
        FaultRow{"sli_with_statuses_the_wrong_way_round", "slis: {pay: {ignored_status: 299-200}}\n",
                 "f:1:30: slis.pay.ignored_status: '299-200' is no HTTP status from 100 to 599: write `2xx`, `404` or "
                 "`200-299`\n"},
        FaultRow{"sli_with_a_method_that_is_none", "slis: {pay: {method: post}}\n",
                 "f:1:22: slis.pay.method: 'post' is no method: write GET, POST and so on in capitals, _OTHER for "
                 "whatever is not one of HTTP's\n"},
        FaultRow{"sli_with_an_odd_name", "slis: {'a b': {}}\n",
                 "f:1:8: slis['a b']: must have a name of at most 64 letters, digits, '_', '-' and '.'\n"},
        FaultRow{"probe_of_nothing", "probes: {web: {}}\n",
                 "f:1:10: probes.web: needs exactly one of http, tcp, icmp, dns, postgresql, mysql, "
                 "redis, command\n"},
        FaultRow{
            "probe_with_a_password", "probes: {web: {http: 'https://me:pw@shop.example/'}}\n",
            "f:1:22: probes.web.http: must be a URL without a user or a password, which everybody would see: there "
            "are the keys user and password_file\n"},
        FaultRow{"probe_without_a_port", "probes: {db: {tcp: db.example}}\n",
                 "f:1:20: probes.db.tcp: 'db.example' must be a host and a port, such as db.example:5432 or "
                 "[::1]:5432\n"},
        FaultRow{"probe_of_tcp_with_a_status", "probes: {db: {tcp: 'db:5432', status: 2xx}}\n",
                 "f:1:39: probes.db.status: is for http only: remove it\n"},
        FaultRow{"probe_with_several_faults",
                 "probes: {db: {tcp: 'db:5432', timeout: 61s, method: GET, status: 2xx}}\n",
                 "f:1:10: probes.db: must not have a timeout longer than its interval\n"
                 "f:1:53: probes.db.method: is for http only: remove it\n"
                 "f:1:66: probes.db.status: is for http only: remove it\n"},
        FaultRow{
            "probe_of_two_kinds", "probes: {db: {tcp: 'db:5432', icmp: db}}\n",
            "f:1:10: probes.db: needs exactly one of http, tcp, icmp, dns, postgresql, mysql, redis, command; it has "
            "tcp and icmp\n"},
        FaultRow{
            "probe_with_too_many_retries", "probes: {db: {tcp: 'db:5432', interval: 10s, timeout: 4s, retries: 2}}\n",
            "f:1:10: probes.db: must not have a timeout longer than its interval has room for with 2 retries and a "
            "pause before each: 3s\n"},
        FaultRow{"probe_of_a_host_with_a_port", "probes: {db: {icmp: 'db:5432'}}\n",
                 "f:1:21: probes.db.icmp: 'db:5432' must be a host without a port, such as db.example or [::1]\n"},
        FaultRow{"probe_of_a_bare_ipv6_address", "probes: {db: {redis: '::1'}}\n",
                 "f:1:22: probes.db.redis: '::1' must be a host and a port, such as db.example:5432 or [::1]:5432\n"},
        FaultRow{"probe_of_a_name_server_without_a_question", "probes: {ns: {dns: '127.0.0.1'}}\n",
                 "f:1:10: probes.ns: needs query, the name to ask for\n"},
        FaultRow{
            "probe_by_a_shell", "probes: {x: {command: 'true'}}\n",
            "f:1:23: probes.x.command: must be a list: the absolute path of a program, and its arguments; there is "
            "no shell\n"},
        FaultRow{"probe_with_a_header_that_is_none",
                 "probes: {web: {http: 'http://a', headers: {'a b': x, c: \"d\\ne\"}}}\n",
                 "f:1:51: probes.web.headers['a b']: is no name of a header (RFC 9110): letters, digits and '-'\n"
                 "f:1:57: probes.web.headers.c: must be one line without control characters\n"},
        FaultRow{"probe_with_a_json_pointer_that_is_none",
                 "probes: {web: {http: 'http://a', json: {status: ok, /a: '('}}}\n",
                 "f:1:49: probes.web.json.status: must be a JSON pointer (RFC 6901), such as /checks/0/state\n"
                 "f:1:57: probes.web.json['/a']: is no regular expression (RE2): missing ): (\n"},
        FaultRow{
            "probe_with_a_password_and_no_user", "probes: {db: {mysql: db, password_env: DB_PASSWORD}}\n",
            "f:1:10: probes.db: has a password without a user\n"
            "f:1:40: probes.db.password_env: the secret is missing: the environment variable DB_PASSWORD is not set\n"},
        FaultRow{"probe_that_never_ends", "probes: {web: {http: 'http://a', interval: 5s, timeout: 6s}}\n",
                 "f:1:10: probes.web: must not have a timeout longer than its interval\n"},
        FaultRow{"probe_with_a_pattern_that_is_none", "probes: {web: {http: 'http://a', body_matches: '('}}\n",
                 "f:1:48: probes.web.body_matches: '(' is no regular expression (RE2): missing ): (\n"},
        FaultRow{"store_too_small", "store: {max_size: 1MiB}\n",
                 "f:1:19: store.max_size: must be at least 4MiB, such as 48MiB\n"},
        FaultRow{"relative_directory", "store: {directory: var/sonde}\n",
                 "f:1:20: store.directory: 'var/sonde' must be an absolute path, or `none` to keep the past in memory "
                 "only\n"},
        FaultRow{"metric_that_is_none", "store: {long_metrics: [node_load1, 'rate(x)']}\n",
                 "f:1:36: store.long_metrics[1]: 'rate(x)' is no metric's name, such as node_load1\n"},
        FaultRow{"sample_of_nothing", "store: {sample: [{interval: 1s}]}\n",
                 "f:1:18: store.sample[0]: names no `metric`, such as http_server_*\n"},
        FaultRow{"sample_without_interval", "store: {sample: [{metric: node_*}]}\n",
                 "f:1:18: store.sample[0]: gives no `interval`, such as 1s\n"},
        FaultRow{"switch_that_is_none", "query: {fine_buckets: maybe}\n",
                 "f:1:23: query.fine_buckets: 'maybe' is none of false, true\n"},
        FaultRow{"duration_out_of_range", "store: {tick: 1us}\n",
                 "f:1:15: store.tick: '1us' is out of range: write a duration from 10ms to 1h\n"},
        FaultRow{"negative_number", "measure: {max_series: -1}\n",
                 "f:1:23: measure.max_series: '-1' does not fit: write a whole number from 1 to 10000000\n"},
        FaultRow{"port_out_of_range", "services: [{name: a, match: {port: 65536}}]\n",
                 "f:1:36: services[0].match.port: '65536' does not fit: write a whole number from 1 to 65535\n"},
        FaultRow{"size_with_unknown_unit", "capture: {ring_size: 8MB}\n",
                 "f:1:22: capture.ring_size: '8MB' is no size; write it like 8MiB or 512KiB\n"},
        FaultRow{"size_that_is_no_power_of_two", "capture: {ring_size: 3MiB}\n",
                 "f:1:22: capture.ring_size: must be a power of two from 64KiB to 1GiB, such as 8MiB\n"},
        FaultRow{"event_ring_beyond_a_gibibyte", "capture: {event_ring_size: 2GiB}\n",
                 "f:1:28: capture.event_ring_size: must be a power of two from 64KiB to 1GiB, such as 8MiB\n"},
        FaultRow{"pattern_with_an_open_bracket", "resources: {disks_exclude: '(loop|ram'}\n",
                 "f:1:28: resources.disks_exclude: '(loop|ram' is no regular expression: Mismatched '(' and ')' in "
                 "regular expression\n"},
        FaultRow{"crash_loop_of_one_exit", "events: {crash_loop: {exits: 1}}\n",
                 "f:1:30: events.crash_loop.exits: '1' does not fit: write a whole number from 2 to 1000\n"},
        FaultRow{"choice_misspelt", "log: {level: warning}\n",
                 "f:1:14: log.level: 'warning' is none of debug, info, warn, error\n"},
        FaultRow{"choice_nearly_right", "log: {format: jsno}\n",
                 "f:1:15: log.format: 'jsno' is none of text, json; did you mean 'json'?\n"},
        FaultRow{"control_character", "services: [{name: \"a\\nb\", match: {port: 1}}]\n",
                 "f:1:19: services[0].name: must be one line without control characters\n"},
        FaultRow{"empty_text", "services: [{name: '', match: {port: 1}}]\n",
                 "f:1:19: services[0].name: must not be empty\n"},
        FaultRow{"listen_without_port", "server: {listen: localhost}\n",
                 "f:1:18: server.listen: 'localhost' has no port from 0 to 65535; write HOST:PORT such as "
                 "127.0.0.1:10977, [::1]:10977 or :10977\n"},
        FaultRow{"target_of_unknown_kind", "targets:\n  only:\n    - port:80\n    - prot:80\n",
                 "f:4:7: targets.only[1]: 'prot:80' is no target, did you mean 'port:'?; write port:8080, pid:123, "
                 "cgroup:/sys/fs/cgroup/DIRECTORY or process:nginx\n"},
        FaultRow{"route_with_a_query", "http: {routes: [/a, '/b?c=d']}\n",
                 "f:1:21: http.routes[1]: '/b?c=d' must be a path without query, fragment or spaces; write it like "
                 "/users/{id}/orders\n"},
        FaultRow{"process_that_never_matches", "services: [{name: a, match: {process: sixteen_letters_}}]\n",
                 "f:1:39: services[0].match.process: never matches: the kernel keeps the first 15 bytes of a process "
                 "name, write those\n"},
        FaultRow{"relative_cgroup", "services: [{name: a, match: {cgroup: nginx.service}}]\n",
                 "f:1:38: services[0].match.cgroup: 'nginx.service' must start with '/' or '*', such as "
                 "/system.slice/nginx.service\n"},
        FaultRow{"short_container", "services: [{name: a, match: {container: 0123}}]\n",
                 "f:1:41: services[0].match.container: '0123' is no container id: write its first 12 to 64 "
                 "hexadecimal digits, in lower case\n"},
        FaultRow{"service_without_name", "services: [{match: {port: 1}}]\n",
                 "f:1:12: services[0]: needs a name: the service_name of everything that matches\n"},
        FaultRow{"service_without_match", "services:\n- name: a\n- name: b\n  match: {}\n",
                 "f:2:3: services[0]: needs a match with at least one of executable, process, cgroup, container, port\n"
                 "f:3:3: services[1]: needs a match with at least one of executable, process, cgroup, container, "
                 "port\n"}),
    [](const auto& row) { return row.param.name; });

TEST(Faults, come_all_at_once_in_the_order_of_the_file) {
  EXPECT_EQ(faults_of("log: {level: loud}\nstore:\n  tikc: 1s\n  keep: soon\nserver: {listen: nowhere:x}\n"),
            "f:1:14: log.level: 'loud' is none of debug, info, warn, error\n"
            "f:3:3: store.tikc: unknown key 'tikc', did you mean 'tick'?\n"
            "f:4:9: store.keep: 'soon' is not a duration; write it like 30s, 5m, 1h30m or 250ms\n"
            "f:5:18: server.listen: 'nowhere:x' has no port from 0 to 65535; write HOST:PORT such as 127.0.0.1:10977, "
            "[::1]:10977 or :10977\n");
}

TEST(Faults, are_listed_up_to_a_thousand_and_counted_beyond) {
  std::string yaml = "http:\n  routes:\n";
  for (int i = 0; i < 1500; ++i) yaml += "    - relative\n";
  const auto config = load(yaml, "f", {FakeSecrets{}, app::alert_language()});
  ASSERT_FALSE(config);
  ASSERT_EQ(config.error().size(), 1001u);
  EXPECT_EQ(config.error().back().what, "and 500 more faults: mend these first");
}

TEST(Faults, show_long_and_strange_values_cut_and_cleaned) {
  const std::string rendered = faults_of("log: {level: \"\\e[31m" + std::string(5000, 'x') + "\"}\n");
  EXPECT_LT(rendered.size(), 200u);
  EXPECT_EQ(rendered.find('\x1B'), std::string::npos);
  EXPECT_NE(rendered.find("...'"), std::string::npos);
}

TEST(Pattern, is_refused_if_it_is_too_long_to_be_read_safely) {
  EXPECT_EQ(faults_of("resources: {disks_exclude: '" + std::string(1'024, '(') + "'}\n").substr(0, 32),
            "f:1:28: resources.disks_exclude:");
  EXPECT_EQ(faults_of("resources: {disks_exclude: '" + std::string(1'025, 'a') + "'}\n"),
            "f:1:28: resources.disks_exclude: must be at most 1024 bytes long\n");
}

}  // namespace
}  // namespace sonde::config
