#include "config/redaction.h"

#include <gtest/gtest.h>

namespace sonde::config {
namespace {

struct Row {
  const char* name;
  const char* text;
  const char* shown;
};

class Redaction : public testing::TestWithParam<Row> {};

TEST_P(Redaction, shows_all_but_secrets) { EXPECT_EQ(redact(GetParam().text), GetParam().shown); }

INSTANTIATE_TEST_SUITE_P(
    Rows, Redaction,
    testing::Values(
        Row{"empty", "", ""}, Row{"no_yaml", "a: [", ""}, Row{"a_word", "word", ""},
        Row{"nothing_secret", "log: {level: info}\n", "log: {level: info}\n"},
        Row{"an_address", "notify:\n  slack:\n    - name: ops\n      url: https://hooks.example/T0/B0/xyz\n",
            "notify:\n  slack:\n    - name: ops\n      url: <secret>\n"},
        Row{"an_address_in_flow_style", "notify: {webhook: [{url: 'https://hooks.example/k', name: a}]}\n",
            "notify: {webhook: [{url: <secret>, name: a}]}\n"},
        Row{"where_an_address_is_found", "notify: {slack: [{name: a, url_file: /etc/sonde/url}]}\n",
            "notify: {slack: [{name: a, url_file: /etc/sonde/url}]}\n"},
        Row{"what_signs_answers",
            "notify: {slack: [{name: a, signing_secret: k}], pagerduty: [{name: b, webhook_secret: k}]}\n",
            "notify: {slack: [{name: a, signing_secret: <secret>}], pagerduty: [{name: b, webhook_secret: "
            "<secret>}]}\n"},
        Row{"what_probes_say",
            "probes: {a: {http: 'https://x/p?token=1', headers: {K: v}, body: b}, b: {tcp: 'x:1', send: s}}\n",
            "probes: {a: {http: \"https://x/p?<secret>\", headers: {K: <secret>}, body: <secret>}, b: {tcp: "
            "x:1, send: <secret>}}\n"},
        Row{"arguments_of_a_probe", "probes: {a: {command: [/bin/check, -p, pw]}}\n",
            "probes: {a: {command: [/bin/check, <secret>, <secret>]}}\n"},
        Row{"arguments_of_a_command", "notify: {command: [{name: a, run: [/bin/page, --token, k]}]}\n",
            "notify: {command: [{name: a, run: [/bin/page, <secret>, <secret>]}]}\n"},
        Row{"arguments_of_a_remedy", "remediation: {rules: [{name: a, command: [/bin/heal, --token, k]}]}\n",
            "remediation: {rules: [{name: a, command: [/bin/heal, <secret>, <secret>]}]}\n"},
        Row{"where_other_secrets_are_found", "notify: {pagerduty: [{name: a, routing_key_file: /etc/sonde/key}]}\n",
            "notify: {pagerduty: [{name: a, routing_key_file: /etc/sonde/key}]}\n"},
        Row{"what_receivers_keep_to_themselves",
            "notify: {receivers: [{name: a, channels: [b], slack_configs: [{api_url: 'https://h/x', channel: c}], "
            "pagerduty_configs: [{routing_key: k, routing_key_file: /k, details: {d: e}}], opsgenie_configs: "
            "[{api_key: "
            "o}], webhook_configs: [{url: 'http://h', http_config: {basic_auth: {username: u, password: p}}}]}], "
            "global: "
            "{smtp_auth_password: s, smtp_from: f}}\n",
            "notify: {receivers: [{name: a, channels: [b], slack_configs: [{api_url: <secret>, channel: c}], "
            "pagerduty_configs: [{routing_key: <secret>, routing_key_file: /k, details: {d: <secret>}}], "
            "opsgenie_configs: "
            "[{api_key: <secret>}], webhook_configs: [{url: <secret>, http_config: {basic_auth: {username: u, "
            "password: "
            "<secret>}}}]}], global: {smtp_auth_password: <secret>, smtp_from: f}}\n"},
        Row{"an_address_by_alias", "notify: {slack: [&a {name: a, url: 'https://hooks.example/k'}], webhook: [*a]}\n",
            "notify: {slack: [&1 {name: a, url: <secret>}], webhook: [*1]}\n"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::config
