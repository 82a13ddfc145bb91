#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "app/alert_language.h"
#include "config/load.h"
#include "support/fake_secrets.h"

namespace sonde::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

FakeSecrets secrets() {
  FakeSecrets given;
  given.files["/etc/sonde/token"] = "t0ken\n";
  given.variables["PAGER_PASSWORD"] = "pass word";
  return given;
}

std::string faults_of(const std::string& yaml) {
  const auto config = load(yaml, "sonde.yaml", {secrets(), app::alert_language()});
  EXPECT_FALSE(config) << yaml;
  return config ? "" : render_faults(config.error());
}

TEST(Access, takes_users_with_their_roles_and_secrets) {
  const auto config = load(
      "server:\n"
      "  max_body_size: 2MiB\n"
      "  auth:\n"
      "    - {name: ann, token_file: /etc/sonde/token}\n"
      "    - {name: ben, role: operate, password_env: PAGER_PASSWORD}\n"
      "    - {name: cleo, role: admin, token_file: /etc/sonde/token, password_env: PAGER_PASSWORD}\n",
      "sonde.yaml", {secrets(), app::alert_language()});
  ASSERT_TRUE(config) << render_faults(config.error());
  const auto& users = config->server.users;
  ASSERT_EQ(users.size(), 3u);
  EXPECT_EQ(users[0].name, "ann");
  EXPECT_EQ(users[0].role, serve::Role::kRead);
  EXPECT_EQ(users[0].token, "t0ken");
  EXPECT_EQ(users[0].password, "");
  EXPECT_EQ(users[1].role, serve::Role::kOperate);
  EXPECT_EQ(users[1].password, "pass word");
  EXPECT_EQ(users[2].role, serve::Role::kAdmin);
  EXPECT_EQ(config->server.max_body_bytes, 2u << 20U);
  EXPECT_THAT(config->shown_text, AllOf(Not(HasSubstr("t0ken")), Not(HasSubstr("pass word"))));
}

struct FaultRow {
  const char* name;
  const char* yaml;
  const char* says;
};

class AccessFault : public testing::TestWithParam<FaultRow> {};

TEST_P(AccessFault, is_told) { EXPECT_THAT(faults_of(GetParam().yaml), HasSubstr(GetParam().says)); }

INSTANTIATE_TEST_SUITE_P(
    Faults, AccessFault,
    testing::Values(
        FaultRow{"no_name", "server: {auth: [{token_file: /etc/sonde/token}]}\n", "needs a name"},
        FaultRow{"no_secret", "server: {auth: [{name: ann}]}\n", "needs a secret: token_file"},
        FaultRow{"unknown_role", "server: {auth: [{name: ann, role: root}]}\n", "root"},
        FaultRow{"colon", "server: {auth: [{name: \"a:b\"}]}\n", "must not have a colon"},
        FaultRow{"twice",
                 "server: {auth: [{name: a, token_file: /etc/sonde/token}, "
                 "{name: a, token_file: /etc/sonde/token}]}\n",
                 "another user 'a' already"},
        FaultRow{"missing_file", "server: {auth: [{name: a, token_file: /nowhere}]}\n", "the secret is missing"},
        FaultRow{"secret_in_the_file", "server: {auth: [{name: a, token: s3cret}]}\n", "unknown key 'token'"},
        FaultRow{"small_body", "server: {max_body_size: 1KiB}\n", "64KiB to 64MiB"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::config
