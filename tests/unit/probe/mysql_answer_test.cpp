#include "probe/mysql_answer.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace sonde::probe {
namespace {

struct AnswerRow {
  const char* name;
  const char* user;
  MysqlFailure failure;
  const char* reason;  ///< empty: a good answer
};

class MysqlAnswer : public testing::TestWithParam<AnswerRow> {};

TEST_P(MysqlAnswer, is_told_in_words_of_our_own) {
  ProbeTarget target;
  target.address = "db.example:3306";
  target.user = GetParam().user;
  target.database.database = "shop";
  EXPECT_EQ(describe_mysql(target, GetParam().failure), GetParam().reason);
}

AnswerRow error(const char* name, const char* user, unsigned number, const char* reason) {
  return {name, user, {number, "secret", Reached::kAnswered}, reason};
}

AnswerRow words(const char* name, unsigned number, const char* message, const char* reason,
                Reached reached = Reached::kAnswered) {
  return {name, "", {.error = number, .message = message, .reached = reached, .is_closed = true}, reason};
}

INSTANTIATE_TEST_SUITE_P(
    Errors, MysqlAnswer,
    testing::Values(
        error("full", "", 1040, "too many connections"), error("full_with_a_login", "u", 1040, "too many connections"),
        error("blocked", "", 1129, "the server has blocked this host: FLUSH HOSTS there lets it in again"),
        error("shut_down", "u", 1053, "the server is shutting down"),
        error("threads", "", 1135, "the server cannot start another thread"), error("denied", "", 1045, ""),
        error("denied_host", "", 1130, ""), error("no_database", "", 1049, ""), error("wants_tls", "", 3159, ""),
        error("refused", "u", 1045, "the login of u was refused"),
        error("refused_socket_login", "u", 1698, "the login of u was refused"),
        error("refused_host", "u", 1130, "the login of u was refused"),
        error("missing_database", "u", 1049, "the database shop does not exist"),
        error("forbidden_database", "u", 1044, "u may not use the database shop"),
        error("too_many_of_a_user", "u", 1203, "too many connections of u"),
        error("expired", "u", 1862, "the password of u has expired"),
        error("locked", "u", 4151, "the account of u is locked"), error("tls_only", "u", 3159, "the server wants TLS"),
        error("anything_else", "u", 1234, "the server refused the session with error 1234"),
        error("no_number", "", 0, "the answer is not MySQL's"),
        error("too_large", "", 2020, "the answer is not MySQL's"),
        error("malformed", "", 2027, "the answer is not MySQL's"), error("login_that_is_not_spoken", "", 2059, ""),
        error("login_that_is_not_spoken_of_a_user", "u", 2059, "the server wants a login that the probe cannot do")),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Words, MysqlAnswer,
    testing::Values(
        words("full_before_tls", 2002,
              "Received error packet before completion of TLS handshake. The authenticity of the following error "
              "cannot be "
              "verified: 1040 - secret",
              "too many connections"),
        words("of_the_library_before_tls", 2002, "x cannot be verified: 2013 - secret",
              "the connection was closed before the answer was complete"),
        words("closed", 2013, "Lost connection", "the connection was closed without an answer", Reached::kConnected),
        words("closed_halfway", 2013, "Lost connection", "the connection was closed before the answer was complete"),
        words("unreachable", 2002, "Can't connect to server on '192.0.2.1' (101)", "the network cannot be reached",
              Reached::kResolved),
        AnswerRow{"refused_connection",
                  "",
                  {2002, "Can't connect (115)", Reached::kResolved, ECONNREFUSED},
                  "connection refused: nobody listens there"},
        words("expired", 2026, "TLS/SSL error: certificate has expired", "the certificate has expired"),
        words("early", 2026, "TLS/SSL error: certificate is not yet valid", "the certificate is not valid yet"),
        words("self_signed", 2026, "TLS/SSL error: self-signed certificate", "the certificate is self-signed"),
        words("self_signed_chain", 2026, "TLS/SSL error: self-signed certificate in certificate chain",
              "the certificate is of an issuer that this host does not trust"),
        words("issuer", 2026, "TLS/SSL error: unable to get local issuer certificate",
              "the certificate is of an issuer that this host does not trust"),
        words("name", 2026, "TLS/SSL error: Validation of SSL server certificate failed",
              "the certificate is not for db.example"),
        words("no_tls", 2026, "TLS/SSL error: SSL is required, but the server does not support it",
              "the server does not speak TLS"),
        words("broken_tls", 2026, "TLS/SSL error: wrong version number", "the TLS handshake failed"),
        AnswerRow{"nonsense", "", {.error = 2013, .reached = Reached::kAnswered}, "the answer is not MySQL's"},
        AnswerRow{"no_plugin",
                  "u",
                  {.error = 2013, .lacks_login = true},
                  "the server wants a login that the probe cannot do"},
        AnswerRow{"offers_no_tls", "", {.error = 2013, .lacks_tls = true}, "the server does not speak TLS"},
        AnswerRow{"endless", "", {.error = 2013, .is_nonsense = true}, "the answer is not MySQL's"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::probe
