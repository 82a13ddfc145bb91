// Sessions with servers that play a part. Real servers are met by the end-to-end tests.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "base/clock.h"
#include "probe/kinds.h"
#include "support/conversation_driver.h"
#include "support/loopback_peer.h"
#include "support/scripted_server.h"

namespace sonde::probe {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using test::finish;
using test::ScriptedServer;

ProbeTarget target(const std::string& user = "") {
  ProbeTarget target;
  target.kind = ProbeKind::kPostgresql;
  target.address = "db.example:5432";
  target.timeout = 5s;
  target.user = user;
  target.password = user.empty() ? "" : "it's a \\secret";
  return target;
}

ProbeResult probed(const ProbeTarget& target, const Peer& peer) {
  const SystemClock clock;
  const auto conversation = talk_postgresql(target, peer, clock);
  EXPECT_TRUE(finish(*conversation));
  return conversation->result();
}

std::string message(char type, const std::string& body) {
  const auto bytes = static_cast<unsigned>(body.size() + 4);
  return std::string(1, type) + '\0' + '\0' + static_cast<char>(bytes >> 8U) + static_cast<char>(bytes) + body;
}

std::string error(const std::string& sqlstate) {
  return message('E', "SFATAL\0VFATAL\0C"s + sqlstate + "\0Msecret words\0\0"s);
}

const std::string kWelcome = message('R', "\0\0\0\0"s) + message('S', "server_version\0"s + "15.1\0"s) +
                             message('N', "SNOTICE\0C00000\0Msecret words\0\0"s) + message('K', "\0\0\0\1\0\0\0\2"s) +
                             message('Z', "I");
const std::string kPassword = message('R', "\0\0\0\3"s);
const std::string kKerberos = message('R', "\0\0\0\7"s);

/// Hears what a session begins with, says `text`, and waits for the other side to go.
ScriptedServer::Part says(const std::string& text, bool bytewise = false) {
  return [=](ScriptedServer& server) {
    server.hear();
    if (bytewise ? server.say_bytewise(text) : server.say(text)) server.hear_out();
  };
}

struct AnswerRow {
  const char* name;
  const char* user;
  std::string says;
  const char* reason;  ///< empty: a good answer
};

class PostgresqlSession : public testing::TestWithParam<AnswerRow> {};

TEST_P(PostgresqlSession, is_told_by_what_the_server_says) {
  const ScriptedServer server(says(GetParam().says));
  const ProbeResult result = probed(target(GetParam().user), server.peer());
  EXPECT_EQ(result.reason, GetParam().reason);
  EXPECT_EQ(result.success, result.reason.empty());
  EXPECT_EQ(result.ip_protocol, 4);
  ASSERT_EQ(result.phases.size(), 1U);
  EXPECT_EQ(result.phases[0].name, "connect");
  EXPECT_GT(result.phases[0].took, 0ns);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, PostgresqlSession,
    testing::Values(
        AnswerRow{"welcome", "", kWelcome, ""}, AnswerRow{"welcome_of_a_user", "u", kWelcome, ""},
        AnswerRow{"password", "", kPassword, ""}, AnswerRow{"kerberos", "", kKerberos, ""},
        AnswerRow{"kerberos_of_a_user", "u", kKerberos, "the server wants a login that the probe cannot do"},
        AnswerRow{"starting", "", error("57P03"), "the server is starting up, shutting down or recovering"},
        AnswerRow{"full", "", error("53300"), "too many connections"}, AnswerRow{"no_role", "", error("28000"), ""},
        AnswerRow{"no_database", "", error("3D000"), ""},
        AnswerRow{"refused", "u", error("28P01"), "the login of u was refused"},
        AnswerRow{"refused_after_the_password", "u", kPassword + error("28P01"), "the login of u was refused"},
        AnswerRow{"full_after_the_login", "u", message('R', "\0\0\0\0"s) + error("53300"), "too many connections"},
        AnswerRow{"error_without_a_state", "", message('E', "SFATAL\0Msecret\0\0"s), "the answer is not PostgreSQL's"},
        AnswerRow{"http", "", "HTTP/1.1 400 Bad Request\r\n\r\n", "the answer is not PostgreSQL's"},
        AnswerRow{"giant", "", "R\x7f\xff\xff\xff"s, "the answer is not PostgreSQL's"}),
    [](const auto& row) { return row.param.name; });

TEST(Postgresql, comes_through_a_network_that_brings_single_bytes_and_over_ipv6) {
  const ScriptedServer slow(says(kWelcome, true));
  EXPECT_EQ(probed(target("u"), slow.peer()).reason, "");
  const ScriptedServer six(says(kWelcome), AF_INET6);
  const ProbeResult result = probed(target("u"), six.peer());
  EXPECT_EQ(result.reason, "");
  EXPECT_EQ(result.ip_protocol, 6);
}

TEST(Postgresql, says_farewell) {
  std::string heard;
  {
    const ScriptedServer server([&](ScriptedServer& self) {
      self.hear();
      self.say(kWelcome);
      heard = self.hear();
    });
    EXPECT_TRUE(probed(target("u"), server.peer()).success);
  }
  EXPECT_EQ(heard, "X\0\0\0\4"s);
}

TEST(Postgresql, tells_a_connection_that_is_refused_or_closed) {
  const test::UnheardPort nobody;
  EXPECT_EQ(probed(target(), nobody.peer()).reason, "connection refused: nobody listens there");
  const ScriptedServer mute([](ScriptedServer& server) { server.hear(); });
  EXPECT_EQ(probed(target(), mute.peer()).reason, "the connection was closed without an answer");
  const ScriptedServer half([](ScriptedServer& server) {
    server.hear();
    server.say("R\0\0"s);
  });
  EXPECT_EQ(probed(target(), half.peer()).reason, "the connection was closed before the answer was complete");
}

TEST(Postgresql, tells_how_far_it_came_in_its_time) {
  const SystemClock clock;
  const std::size_t before = test::open_descriptors();
  {
    const ScriptedServer silent(says(""));
    const ProbeTarget shop = target();
    const auto conversation = talk_postgresql(shop, silent.peer(), clock);
    ASSERT_FALSE(finish(*conversation, [&] { return conversation->wait().read; }));
    EXPECT_EQ(conversation->result().reason, "connected, and no answer within 5s");
    EXPECT_FALSE(conversation->result().success);
  }
  {
    const ScriptedServer half(says("R\0\0"s));
    const ProbeTarget shop = target();
    const auto conversation = talk_postgresql(shop, half.peer(), clock);
    const std::string reason = "the answer was not complete within 5s";
    EXPECT_FALSE(finish(*conversation, [&] { return conversation->result().reason == reason; }));
    EXPECT_EQ(conversation->result().reason, reason);
  }
  EXPECT_EQ(test::open_descriptors(), before);
}

TEST(Postgresql, wants_tls_where_it_is_told_to) {
  ProbeTarget shop = target("u");
  shop.database.uses_tls = true;
  const ScriptedServer without(says("N"));
  for (const bool verifies : {true, false}) {
    shop.verifies_tls = verifies;
    EXPECT_EQ(probed(shop, without.peer()).reason, "the server does not speak TLS");
  }
  const ScriptedServer broken([](ScriptedServer& server) {
    server.hear();
    server.say("S");
    server.hear();
    if (server.say("nonsense that is long enough to be a record of TLS")) server.hear_out();
  });
  EXPECT_EQ(probed(shop, broken.peer()).reason, "the TLS handshake failed");
  const ScriptedServer willing(says("S"));
  shop.verifies_tls = true;
  shop.ca_file = "/dev/null/none";
  EXPECT_EQ(probed(shop, willing.peer()).reason, "the file of trusted certificates cannot be read");
}

TEST(Postgresql, does_not_listen_for_ever) {
  const ScriptedServer server([](ScriptedServer& self) {
    self.hear();
    std::string notices = message('R', "\0\0\0\0"s);
    for (int i = 0; i < 100; ++i) notices += message('N', "SNOTICE\0C00000\0M"s + std::string(500, 'x') + "\0\0"s);
    while (self.say(notices)) continue;
  });
  EXPECT_EQ(probed(target(), server.peer()).reason, "the answer is not PostgreSQL's");
}

TEST(Postgresql, takes_nothing_from_the_environment) {
  constexpr const char* kVariables[] = {"PGHOST",
                                        "PGHOSTADDR",
                                        "PGPORT",
                                        "PGDATABASE",
                                        "PGUSER",
                                        "PGPASSWORD",
                                        "PGPASSFILE",
                                        "PGSERVICE",
                                        "PGSERVICEFILE",
                                        "PGOPTIONS",
                                        "PGAPPNAME",
                                        "PGSSLMODE",
                                        "PGREQUIRESSL",
                                        "PGSSLCERT",
                                        "PGSSLKEY",
                                        "PGSSLROOTCERT",
                                        "PGSSLCRL",
                                        "PGREQUIREPEER",
                                        "PGGSSENCMODE",
                                        "PGKRBSRVNAME",
                                        "PGCONNECT_TIMEOUT",
                                        "PGCLIENTENCODING",
                                        "PGTARGETSESSIONATTRS",
                                        "PGCHANNELBINDING",
                                        "PGDATESTYLE",
                                        "PGTZ",
                                        "PGGEQO",
                                        "PGSSLMINPROTOCOLVERSION",
                                        "PGSSLMAXPROTOCOLVERSION"};
  for (const char* name : kVariables) ::setenv(name, "nonsense", 1);
  prepare_postgresql();
  std::string heard;
  ProbeResult result;
  {
    const ScriptedServer server([&](ScriptedServer& self) {
      heard = self.hear();
      if (self.say(kPassword)) self.hear_out();
    });
    result = probed(target(), server.peer());
  }
  for (const char* name : kVariables) ::unsetenv(name);
  EXPECT_EQ(result.reason, "");
  EXPECT_EQ(heard.find("nonsense"), std::string::npos);
  EXPECT_NE(heard.find("application_name\0sonde-probe\0"s), std::string::npos);
  EXPECT_NE(heard.find("user\0sonde_probe\0database\0postgres\0"s), std::string::npos);
}

}  // namespace
}  // namespace sonde::probe
