#include "probe/postgresql_answer.h"

#include <gtest/gtest.h>

#include <string>

namespace sonde::probe {
namespace {

const std::string kBefore = "connection to server at \"127.0.0.1\", port 5432 failed: ";

TEST(Sqlstate, stands_at_the_end_of_libpqs_message) {
  EXPECT_EQ(sqlstate_of(kBefore + "FATAL:  28P01\n"), "28P01");
  EXPECT_EQ(sqlstate_of(kBefore + "FATAL:  57P03"), "57P03");
  EXPECT_EQ(sqlstate_of(kBefore + "fe_sendauth: no password supplied\n"), "");
  EXPECT_EQ(sqlstate_of(kBefore + "FATAL:  28p01\n"), "");
  EXPECT_EQ(sqlstate_of(kBefore + "something else 28P01\n"), "");
  EXPECT_EQ(sqlstate_of("28P01"), "");
  EXPECT_EQ(sqlstate_of(""), "");
}

struct AnswerRow {
  const char* name;
  const char* user;
  std::string message;
  const char* reason;  ///< empty: a good answer
  Reached reached = Reached::kAnswered;
  bool needs_password = false;
};

class PostgresqlAnswer : public testing::TestWithParam<AnswerRow> {};

TEST_P(PostgresqlAnswer, is_told_in_words_of_our_own) {
  ProbeTarget target;
  target.address = "db.example:5432";
  target.user = GetParam().user;
  target.database.database = "shop";
  const PostgresqlFailure failure{GetParam().message, GetParam().needs_password, GetParam().reached};
  EXPECT_EQ(describe_postgresql(target, failure), GetParam().reason);
}

TEST(PostgresqlAnswerOverIpv6, names_the_host_without_brackets_and_with_or_without_a_port) {
  for (const char* address : {"[::1]", "[::1]:5432"}) {
    ProbeTarget target;
    target.kind = ProbeKind::kPostgresql;
    target.address = address;
    const std::string message = kBefore + "server certificate for \"a\" does not match host name \"::1\"";
    const PostgresqlFailure failure{message, false, Reached::kConnected};
    EXPECT_EQ(describe_postgresql(target, failure), "the certificate is not for ::1") << address;
  }
}

AnswerRow error(const char* name, const char* user, const std::string& sqlstate, const char* reason) {
  return {name, user, kBefore + "FATAL:  " + sqlstate + "\n", reason};
}

AnswerRow words(const char* name, const std::string& message, const char* reason,
                Reached reached = Reached::kConnected) {
  return {name, "", kBefore + message + "\n", reason, reached};
}

INSTANTIATE_TEST_SUITE_P(
    Errors, PostgresqlAnswer,
    testing::Values(
        error("starting", "", "57P03", "the server is starting up, shutting down or recovering"),
        error("starting_with_a_login", "u", "57P03", "the server is starting up, shutting down or recovering"),
        error("shut_down", "", "57P01", "the server is shutting down"),
        error("crashed", "", "57P02", "the server is shutting down"),
        error("full", "", "53300", "too many connections"),
        error("full_with_a_login", "u", "53300", "too many connections"),
        error("memory", "", "53200", "the server is short of memory or disk space"), error("no_role", "", "28000", ""),
        error("no_password", "", "28P01", ""), error("no_database", "", "3D000", ""),
        error("of_a_pooler", "", "08P01", ""), error("refused", "u", "28P01", "the login of u was refused"),
        error("refused_host", "u", "28000", "the login of u was refused"),
        error("missing_database", "u", "3D000", "the database shop does not exist"),
        error("forbidden_database", "u", "42501", "u may not use the database shop"),
        error("anything_else", "u", "XX000", "the server refused the session with SQLSTATE XX000"),
        AnswerRow{"asks_for_a_password", "", kBefore + "fe_sendauth: no password supplied\n", "", Reached::kAnswered,
                  true},
        AnswerRow{"asks_for_a_password_of_a_user", "u", kBefore + "fe_sendauth: no password supplied\n",
                  "the server wants a password of u", Reached::kAnswered, true},
        AnswerRow{"asks_for_kerberos", "", kBefore + "host name must be specified\n", ""},
        AnswerRow{"asks_for_kerberos_of_a_user", "u", kBefore + "GSSAPI continuation error: x\n",
                  "the server wants a login that the probe cannot do"},
        words("http", "expected authentication request from server, but received H", "the answer is not PostgreSQL's"),
        words("text_of_the_server", "secret", "the answer is not PostgreSQL's", Reached::kAnswered),
        words("no_tls", "server does not support SSL, but SSL was required", "the server does not speak TLS"),
        words("other_name", "server certificate for \"x\" does not match host name \"db.example\"",
              "the certificate is not for db.example"),
        words("not_trusted", "SSL error: certificate verify failed",
              "the certificate is not one that this host trusts, or not valid now"),
        words("no_ca_file", "root certificate file \"/nowhere\" does not exist",
              "the file of trusted certificates cannot be read"),
        words("broken_tls", "SSL error: wrong version number", "the TLS handshake failed"),
        words("closed", "server closed the connection unexpectedly\n\tThis probably means",
              "the connection was closed without an answer"),
        words("closed_halfway", "server closed the connection unexpectedly\n\tThis probably means",
              "the connection was closed before the answer was complete", Reached::kAnswered),
        words("unreachable", "Network is unreachable\n\tIs the server running", "the network cannot be reached",
              Reached::kResolved),
        words("no_socket", "could not create socket: Too many open files", "cannot connect", Reached::kResolved)),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::probe
