// Sessions with servers that play a part. Real servers are met by the end-to-end tests.
#include <gtest/gtest.h>

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
  target.kind = ProbeKind::kMysql;
  target.address = "db.example:3306";
  target.timeout = 5s;
  target.user = user;
  target.password = user.empty() ? "" : "it's a \\secret";
  target.database.database = "shop";
  return target;
}

ProbeResult probed(const ProbeTarget& target, const Peer& peer) {
  const SystemClock clock;
  const auto conversation = talk_mysql(target, peer, clock);
  EXPECT_TRUE(finish(*conversation));
  return conversation->result();
}

std::string packet(char number, const std::string& payload) {
  const auto bytes = static_cast<unsigned>(payload.size());
  return std::string(1, static_cast<char>(bytes)) + static_cast<char>(bytes >> 8U) + '\0' + number + payload;
}

std::string error(char number, unsigned code) {
  return packet(
      number, '\xff' + std::string(1, static_cast<char>(code)) + static_cast<char>(code >> 8U) + "#HY000secret words");
}

/// HandshakeV10: 41, secure connection, plugin authentication, and with TLS or without.
std::string greeting(bool offers_tls = false) {
  const std::string low = offers_tls ? "\x09\xaa"s : "\x09\xa2"s;
  return packet(0, "\x0a"s + "8.0.1\0"s + "\1\0\0\0"s + "12345678\0"s + low + "\x21\2\0\x08\0\x15"s +
                       std::string(10, '\0') + "123456789012\0mysql_native_password\0"s);
}

const std::string kOk = packet(2, "\0\0\0\2\0\0\0"s);

/// Greets, hears the login and says `text` to it.
ScriptedServer::Part answers(const std::string& text, bool bytewise = false, bool offers_tls = false) {
  return [=](ScriptedServer& server) {
    const std::string first = greeting(offers_tls);
    if (bytewise ? !server.say_bytewise(first) : !server.say(first)) return;
    server.hear();
    if (bytewise ? server.say_bytewise(text) : server.say(text)) server.hear_out();
  };
}

ScriptedServer::Part says(const std::string& text) {
  return [=](ScriptedServer& server) {
    if (server.say(text)) server.hear_out();
  };
}

struct AnswerRow {
  const char* name;
  const char* user;
  std::string says;
  const char* reason;  ///< empty: a good answer
};

class MysqlSession : public testing::TestWithParam<AnswerRow> {};

TEST_P(MysqlSession, is_told_by_the_answer_to_the_login) {
  const ScriptedServer server(answers(GetParam().says));
  const ProbeResult result = probed(target(GetParam().user), server.peer());
  EXPECT_EQ(result.reason, GetParam().reason);
  EXPECT_EQ(result.success, result.reason.empty());
  EXPECT_EQ(result.ip_protocol, 4);
  ASSERT_EQ(result.phases.size(), 1U);
  EXPECT_EQ(result.phases[0].name, "connect");
  EXPECT_GT(result.phases[0].took, 0ns);
}

std::string switch_to(const std::string& plugin) {
  return packet(2, "\xfe"s + plugin + '\0' + "12345678901234567890\0"s);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, MysqlSession,
    testing::Values(AnswerRow{"ok", "", kOk, ""}, AnswerRow{"ok_of_a_user", "u", kOk, ""},
                    AnswerRow{"denied", "", error(2, 1045), ""},
                    AnswerRow{"denied_to_a_user", "u", error(2, 1045), "the login of u was refused"},
                    AnswerRow{"no_database", "", error(2, 1049), ""},
                    AnswerRow{"no_database_of_a_user", "u", error(2, 1049), "the database shop does not exist"},
                    AnswerRow{"full", "", error(2, 1040), "too many connections"},
                    AnswerRow{"plugin_that_asks_at_the_terminal", "u", switch_to("dialog"),
                              "the server wants a login that the probe cannot do"},
                    AnswerRow{"plugin_that_tells_the_password", "u", switch_to("mysql_clear_password"),
                              "the server wants a login that the probe cannot do"},
                    AnswerRow{"plugin_from_elsewhere", "", switch_to("../../../../tmp/evil"), ""},
                    AnswerRow{"error_of_the_library", "", error(2, 2013), "the answer is not MySQL's"},
                    AnswerRow{"nonsense", "", packet(2, "\x77nonsense"), "the answer is not MySQL's"}),
    [](const auto& row) { return row.param.name; });

struct GreetingRow {
  const char* name;
  std::string says;
  const char* reason;
};

class MysqlGreeting : public testing::TestWithParam<GreetingRow> {};

TEST_P(MysqlGreeting, is_told_too) {
  const ScriptedServer server(says(GetParam().says));
  EXPECT_EQ(probed(target(), server.peer()).reason, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Greetings, MysqlGreeting,
    testing::Values(GreetingRow{"full", error(0, 1040), "too many connections"},
                    GreetingRow{"blocked", error(0, 1129),
                                "the server has blocked this host: FLUSH HOSTS there lets it in again"},
                    GreetingRow{"not_for_this_host", error(0, 1130), ""},
                    GreetingRow{"http", "HTTP/1.1 400 Bad Request\r\n\r\n", "the answer is not MySQL's"},
                    GreetingRow{"old_protocol", packet(0, "\x09"s + "3.20\0"s), "the answer is not MySQL's"}),
    [](const auto& row) { return row.param.name; });

TEST(Mysql, comes_through_a_network_that_brings_single_bytes_and_over_ipv6) {
  const ScriptedServer slow(answers(kOk, true));
  EXPECT_EQ(probed(target("u"), slow.peer()).reason, "");
  const ScriptedServer six(answers(kOk), AF_INET6);
  const ProbeResult result = probed(target("u"), six.peer());
  EXPECT_EQ(result.reason, "");
  EXPECT_EQ(result.ip_protocol, 6);
}

TEST(Mysql, tells_who_it_is_and_says_farewell) {
  std::string login;
  std::string farewell;
  {
    const ScriptedServer server([&](ScriptedServer& self) {
      self.say(greeting());
      login = self.hear();
      self.say(kOk);
      farewell = self.hear();
    });
    EXPECT_TRUE(probed(target(), server.peer()).success);
  }
  EXPECT_NE(login.find("sonde_probe\0"s), std::string::npos);
  EXPECT_EQ(farewell, "\1\0\0\0\1"s);
}

TEST(Mysql, tells_a_connection_that_is_refused_or_closed) {
  const test::UnheardPort nobody;
  EXPECT_EQ(probed(target(), nobody.peer()).reason, "connection refused: nobody listens there");
  const ScriptedServer mute([](ScriptedServer&) {});
  EXPECT_EQ(probed(target(), mute.peer()).reason, "the connection was closed without an answer");
  const ScriptedServer half([](ScriptedServer& server) { server.say(greeting().substr(0, 20)); });
  EXPECT_EQ(probed(target(), half.peer()).reason, "the connection was closed before the answer was complete");
}

TEST(Mysql, tells_how_far_it_came_in_its_time_and_can_be_broken_off) {
  const SystemClock clock;
  const ProbeTarget shop = target();
  EXPECT_FALSE(talk_mysql(shop, test::loopback(4, 1), clock)->result().success);
  const std::size_t before = test::open_descriptors();
  {
    const ScriptedServer silent(says(""));
    const auto conversation = talk_mysql(shop, silent.peer(), clock);
    ASSERT_FALSE(finish(*conversation, [&] { return conversation->wait().read; }));
    EXPECT_EQ(conversation->result().reason, "connected, and no answer within 5s");
  }
  {
    const ScriptedServer half(says(greeting().substr(0, 20)));
    const auto conversation = talk_mysql(shop, half.peer(), clock);
    const std::string reason = "the answer was not complete within 5s";
    EXPECT_FALSE(finish(*conversation, [&] { return conversation->result().reason == reason; }));
    EXPECT_EQ(conversation->result().reason, reason);
  }
  EXPECT_EQ(test::open_descriptors(), before);
}

TEST(Mysql, wants_tls_where_it_is_told_to) {
  ProbeTarget shop = target("u");
  shop.database.uses_tls = true;
  const ScriptedServer without(answers(kOk));
  for (const bool verifies : {true, false}) {
    shop.verifies_tls = verifies;
    EXPECT_EQ(probed(shop, without.peer()).reason, "the server does not speak TLS");
  }
  const ScriptedServer broken(answers("nonsense that is long enough to be a record of TLS", false, true));
  EXPECT_EQ(probed(shop, broken.peer()).reason, "the TLS handshake failed");
  const ScriptedServer full(says(error(0, 1040)));
  EXPECT_EQ(probed(shop, full.peer()).reason, "too many connections");
}

TEST(Mysql, does_not_wait_inside_a_handshake) {
  ProbeTarget shop = target("u");
  shop.database.uses_tls = true;
  shop.verifies_tls = false;
  const SystemClock clock;
  const ScriptedServer stuck(says(greeting(true)));
  const auto conversation = talk_mysql(shop, stuck.peer(), clock);
  const std::string reason = "the answer was not complete within 5s";
  EXPECT_FALSE(finish(*conversation, [&] { return conversation->result().reason == reason; }));
}

/// What MariaDB tells of the progress of a long statement; the library reads on after each.
const std::string kProgress = packet(0, "\xff\xff\xff\1\1\1\0\0\0\1x"s);

TEST(Mysql, does_not_listen_for_ever) {
  const ScriptedServer server([](ScriptedServer& self) {
    self.say(greeting());
    self.hear();
    std::string many;
    for (int i = 0; i < 1000; ++i) many += kProgress;
    while (self.say(many)) continue;
  });
  EXPECT_EQ(probed(target(), server.peer()).reason, "the answer is not MySQL's");
}

TEST(Mysql, survives_progress_in_place_of_a_greeting) {
  const ScriptedServer whole(says(kProgress));
  EXPECT_EQ(probed(target(), whole.peer()).reason, "the answer is not MySQL's");
  const ScriptedServer bytewise([](ScriptedServer& self) {
    if (self.say_bytewise(kProgress)) self.hear_out();
  });
  EXPECT_EQ(probed(target(), bytewise.peer()).reason, "the answer is not MySQL's");
}

}  // namespace
}  // namespace sonde::probe
