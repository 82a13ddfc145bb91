#include <gtest/gtest.h>

#include <string>

#include "app/alert_language.h"
#include "config/load.h"
#include "support/fake_secrets.h"

namespace sonde::config {
namespace {

constexpr std::string_view kSecret = "T0SECRET/B0SECRET";

FakeSecrets secrets() {
  FakeSecrets given;
  given.files = {{"/empty", " \n"},
                 {"/relative", "hooks.example/T0SECRET/B0SECRET"},
                 {"/two_lines", "https://hooks.example/\nT0SECRET/B0SECRET\n"}};
  given.variables = {{"EMPTY", ""}, {"FTP", "ftp://hooks.example/T0SECRET/B0SECRET"}};
  return given;
}

struct SecretRow {
  const char* name;
  const char* yaml;
  const char* rendered;
};

class SecretFault : public testing::TestWithParam<SecretRow> {};

TEST_P(SecretFault, names_the_secret_and_never_repeats_it) {
  const auto config = load(GetParam().yaml, "f", {secrets(), app::alert_language()});
  ASSERT_FALSE(config);
  const std::string rendered = render_faults(config.error());
  EXPECT_EQ(rendered, GetParam().rendered);
  EXPECT_EQ(rendered.find(kSecret), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Missing, SecretFault,
    testing::Values(
        SecretRow{"file_that_is_not_there", "notify: {slack: [{name: a, url_file: /none}]}",
                  "f:1:38: notify.slack[0].url_file: the secret is missing: open '/none': No such file or directory; "
                  "write the URL into that file and let the daemon read it\n"},
        SecretRow{"file_that_is_empty", "notify: {slack: [{name: a, url_file: /empty}]}",
                  "f:1:38: notify.slack[0].url_file: the secret is missing: '/empty' is empty\n"},
        SecretRow{"variable_that_is_not_set", "notify: {webhook: [{name: a, url_env: NONE}]}",
                  "f:1:39: notify.webhook[0].url_env: the secret is missing: the environment variable NONE is not "
                  "set\n"},
        SecretRow{"variable_that_is_empty", "notify: {webhook: [{name: a, url_env: EMPTY}]}",
                  "f:1:39: notify.webhook[0].url_env: the secret is missing: the environment variable EMPTY is "
                  "empty\n"},
        SecretRow{"no_address_and_no_name", "notify: {slack: [{}]}",
                  "f:1:18: notify.slack[0]: needs the address to send to: one of url, url_file, url_env, or a bot's "
                  "token_file with its channel\n"
                  "f:1:18: notify.slack[0]: needs a name\n"},
        SecretRow{"two_addresses", "notify: {slack: [{name: a, url: 'https://h/T0SECRET/B0SECRET', url_env: X}]}",
                  "f:1:18: notify.slack[0]: has url and url_env: keep exactly one\n"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Wrong, SecretFault,
    testing::Values(
        SecretRow{"text_without_scheme", "notify: {slack: [{name: a, url: hooks.example/T0SECRET/B0SECRET}]}",
                  "f:1:33: notify.slack[0].url: must be a URL that starts with http:// or https://\n"},
        SecretRow{"text_without_host", "notify: {slack: [{name: a, url: 'https:///T0SECRET/B0SECRET'}]}",
                  "f:1:33: notify.slack[0].url: must be a URL with a host after ://\n"},
        SecretRow{"file_without_scheme", "notify: {slack: [{name: a, url_file: /relative}]}",
                  "f:1:38: notify.slack[0].url_file: the secret must be a URL that starts with http:// or https://\n"},
        SecretRow{"file_of_two_lines", "notify: {slack: [{name: a, url_file: /two_lines}]}",
                  "f:1:38: notify.slack[0].url_file: the secret must be a URL without spaces, control characters or "
                  "letters beyond ASCII: percent-encode them\n"},
        SecretRow{"variable_with_another_scheme", "notify: {slack: [{name: a, url_env: FTP}]}",
                  "f:1:37: notify.slack[0].url_env: the secret must be a URL that starts with http:// or https://\n"},
        SecretRow{"same_name_twice",
                  "notify:\n  slack: [{name: a, url: 'https://h/T0SECRET/B0SECRET'}]\n"
                  "  webhook: [{name: a, url: 'https://h/T0SECRET/B0SECRET'}]\n",
                  "f:3:20: notify.webhook[0].name: 'a' is also notify.slack[0].name: every channel needs its own "
                  "name\n"}),
    [](const auto& row) { return row.param.name; });

/// Places where a person may put an address by mistake.
class MisplacedSecret : public testing::TestWithParam<const char*> {};

TEST_P(MisplacedSecret, is_not_repeated_either) {
  std::string yaml = GetParam();
  const std::string url = "https://hooks.example/T0SECRET/B0SECRET";
  for (std::size_t at = yaml.find("URL"); at != std::string::npos; at = yaml.find("URL")) yaml.replace(at, 3, url);
  const auto config = load(yaml, "f", {secrets(), app::alert_language()});
  ASSERT_FALSE(config);
  EXPECT_EQ(render_faults(config.error()).find("SECRET"), std::string::npos) << render_faults(config.error());
}

INSTANTIATE_TEST_SUITE_P(
    Places, MisplacedSecret,
    testing::Values("URL", "notify: URL", "notify: {URL: a}", "notify: {slack: URL}", "notify: {slack: [URL]}",
                    "notify: {slack: {URL: URL}}", "notify: {slack: [{URL: URL}]}", "notify: {timeout: URL}",
                    "notify: {slack: [{\"URL\": 1, \"URL\": 2}]}", "notify: {slack: [{T0SECRET: 1, T0SECRET: 2}]}",
                    "notify: {slack: [{name: URL, url: URL}]}", "notify: {slack: [{name: a, url_file: URL}]}",
                    "notify: {slack: [{name: a, url_env: URL}]}", "notify: {slack: [{name: a, url: [URL]}]}",
                    "notify: {slack: [{name: a, url: {URL: b}}]}", "notify: {slack: [{name: a, url: *URL}]}",
                    "notify: {slack: [{name: a, url: !URL x}]}", "notify: {slack: [{name: a, url: \"URL}]}",
                    "notify:\n  slack:\n    - name: a\n      url:URL\n", "log: {level: URL}", "server: {listen: URL}",
                    "http: {routes: [URL]}", "targets: {only: [URL]}", "capture: {ring_size: URL}",
                    "services: [{name: a, match: {cgroup: URL, container: URL}}]", "%YAML URL\n---\n",
                    "%TAG ! URL URL\n---\n"));

}  // namespace
}  // namespace sonde::config
