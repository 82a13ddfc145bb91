#include "probe/redis_reply.h"

#include <gtest/gtest.h>

#include <string>

namespace sonde::probe {
namespace {

ProbeTarget target(const std::string& user = "", const std::string& password = "", const std::string& database = "") {
  ProbeTarget target;
  target.kind = ProbeKind::kRedis;
  target.user = user;
  target.password = password;
  target.database.database = database;
  return target;
}

struct LineRow {
  const char* name;
  std::string bytes;
  RedisReply reply;
  std::size_t consumed_bytes;
};

class RedisLine : public testing::TestWithParam<LineRow> {};

TEST_P(RedisLine, is_told_by_its_first_words) {
  const RedisStep step = parse_redis_reply(GetParam().bytes);
  EXPECT_EQ(step.reply, GetParam().reply);
  EXPECT_EQ(step.consumed_bytes, GetParam().consumed_bytes);
}

INSTANTIATE_TEST_SUITE_P(
    Lines, RedisLine,
    testing::Values(LineRow{"nothing_yet", "", RedisReply::kIncomplete, 0},
                    LineRow{"half_a_line", "+PON", RedisReply::kIncomplete, 0},
                    LineRow{"no_line_feed_yet", "+PONG\r", RedisReply::kIncomplete, 0},
                    LineRow{"pong", "+PONG\r\n", RedisReply::kPong, 7},
                    LineRow{"more_behind_it", "+OK\r\n+PONG\r\n", RedisReply::kOk, 5},
                    LineRow{"other_status", "+FINE\r\n", RedisReply::kOther, 7},
                    LineRow{"login_needed", "-NOAUTH Authentication required.\r\n", RedisReply::kLoginNeeded, 34},
                    LineRow{"wrong_password", "-WRONGPASS invalid username-password pair or user is disabled.\r\n",
                            RedisReply::kLoginRefused, 64},
                    LineRow{"wrong_password_of_5", "-ERR invalid password\r\n", RedisReply::kLoginRefused, 23},
                    LineRow{"no_password_of_5", "-ERR Client sent AUTH, but no password is set\r\n",
                            RedisReply::kLoginUnknown, 47},
                    LineRow{"loading", "-LOADING Redis is loading the dataset in memory\r\n", RedisReply::kLoading, 49},
                    LineRow{"busy", "-BUSY x\r\n", RedisReply::kBusy, 9},
                    LineRow{"master", "-MASTERDOWN x\r\n", RedisReply::kMasterDown, 15},
                    LineRow{"disk", "-MISCONF x\r\n", RedisReply::kCannotSave, 12},
                    LineRow{"protected", "-DENIED x\r\n", RedisReply::kDenied, 11},
                    LineRow{"full", "-ERR max number of clients reached\r\n", RedisReply::kFull, 36},
                    LineRow{"permission", "-NOPERM x\r\n", RedisReply::kNotPermitted, 11},
                    LineRow{"database", "-ERR DB index is out of range\r\n", RedisReply::kNoDatabase, 31},
                    LineRow{"unknown_error", "-ERR so what\r\n", RedisReply::kOtherError, 14},
                    LineRow{"other_type", ":1\r\n", RedisReply::kOther, 0},
                    LineRow{"http", "HTTP/1.1 400 Bad Request\r\n", RedisReply::kOther, 0},
                    LineRow{"endless_line", "+" + std::string(5000, 'x'), RedisReply::kOther, 0}),
    [](const auto& row) { return row.param.name; });

TEST(RedisCommands, ask_for_no_more_than_the_target_says) {
  EXPECT_EQ(redis_commands(target()), "*1\r\n$4\r\nPING\r\n");
  EXPECT_EQ(redis_commands(target("", "a b")), "*2\r\n$4\r\nAUTH\r\n$3\r\na b\r\n*1\r\n$4\r\nPING\r\n");
  EXPECT_EQ(redis_commands(target("u", "p\r\n", "7")),
            "*3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$3\r\np\r\n\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n7\r\n*1\r\n$4\r\nPING\r\n");
}

struct VerdictRow {
  const char* name;
  ProbeTarget target;
  std::string received;
  bool is_over;
  const char* reason;  ///< empty if all is well
};

class RedisAnswer : public testing::TestWithParam<VerdictRow> {};

TEST_P(RedisAnswer, is_judged_by_what_was_asked) {
  const RedisVerdict verdict = judge_redis(GetParam().target, GetParam().received);
  EXPECT_EQ(verdict.is_over, GetParam().is_over);
  EXPECT_EQ(verdict.reason, GetParam().reason);
  EXPECT_EQ(verdict.success, GetParam().is_over && verdict.reason.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Answers, RedisAnswer,
    testing::Values(
        VerdictRow{"pong", target(), "+PONG\r\n", true, ""}, VerdictRow{"half_a_pong", target(), "+PO", false, ""},
        VerdictRow{"a_wish_for_a_login_where_there_is_none", target(), "-NOAUTH x\r\n", true, ""},
        VerdictRow{"a_login", target("", "p"), "+OK\r\n+PONG\r\n", true, ""},
        VerdictRow{"a_login_and_no_pong_yet", target("", "p"), "+OK\r\n", false, ""},
        VerdictRow{"a_login_and_a_database", target("u", "p", "3"), "+OK\r\n+OK\r\n+PONG\r\n", true, ""},
        VerdictRow{"a_pong_before_the_login", target("", "p"), "+PONG\r\n", true, "the answer is not that of Redis"},
        VerdictRow{"one_ok_too_many", target(), "+OK\r\n", true, "the answer is not that of Redis"},
        VerdictRow{"a_refusal", target("u", "p"), "-WRONGPASS x\r\n-NOAUTH x\r\n", true, "the login of u was refused"},
        VerdictRow{"a_refusal_without_a_user", target("", "p"), "-ERR invalid password\r\n", true,
                   "the login was refused"},
        VerdictRow{"a_password_for_nothing", target("", "p"), "-ERR Client sent AUTH, but no password is set\r\n", true,
                   "the server has no password, and the probe gives one"},
        VerdictRow{"a_login_that_forgets", target("", "p"), "+OK\r\n-NOAUTH x\r\n", true, "the login was not enough"},
        VerdictRow{"a_user_who_may_not_ping", target("u", "p"), "+OK\r\n-NOPERM x\r\n", true, ""},
        VerdictRow{"no_such_database", target("", "", "99"), "-ERR DB index is out of range\r\n+PONG\r\n", true,
                   "the database 99 does not exist"},
        VerdictRow{"loading", target(), "-LOADING x\r\n", true, "the server is loading its data"},
        VerdictRow{"busy", target(), "-BUSY x\r\n", true, "a script keeps the server busy"},
        VerdictRow{"lonely", target(), "-MASTERDOWN x\r\n", true, "the replica has lost its master"},
        VerdictRow{"disk", target(), "-MISCONF x\r\n", true, "the server cannot save its data to disk"},
        VerdictRow{"protected_mode", target(), "-DENIED x\r\n", true,
                   "the server lets in nobody but its own host (protected mode)"},
        VerdictRow{"full", target(), "-ERR max number of clients reached\r\n", true, "too many connections"},
        VerdictRow{"an_error_that_holds_a_secret", target(), "-ERR secret\r\n", true,
                   "the server answered with an error"},
        VerdictRow{"another_protocol", target(), "SSH-2.0-x\r\n", true, "the answer is not that of Redis"}),
    [](const auto& row) { return row.param.name; });

TEST(RedisAnswerBytes, are_the_same_however_it_arrives) {
  const ProbeTarget login = target("u", "p", "3");
  const std::string whole = "+OK\r\n+OK\r\n+PONG\r\n";
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    EXPECT_FALSE(judge_redis(login, whole.substr(0, bytes)).is_over) << bytes;
  }
  EXPECT_TRUE(judge_redis(login, whole).success);
}

}  // namespace
}  // namespace sonde::probe
