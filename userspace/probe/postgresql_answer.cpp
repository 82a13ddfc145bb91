#include "probe/postgresql_answer.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "probe/database_peer.h"
#include "probe/target_address.h"

namespace sonde::probe {
namespace {

/// What libpq says in its own words (it translates them only for programs that call setlocale(3)), and what it means.
struct Phrase {
  std::string_view says;
  std::string_view reason;
};
constexpr std::array kPhrases{
    Phrase{"server does not support SSL", "the server does not speak TLS"},
    Phrase{"error response during SSL exchange", "the server refused the TLS handshake"},
    Phrase{"root certificate file", "the file of trusted certificates cannot be read"},
    Phrase{"could not read root certificate", "the file of trusted certificates cannot be read"},
    Phrase{"certificate verify failed", "the certificate is not one that this host trusts, or not valid now"},
    Phrase{"SSL error", "the TLS handshake failed"},
    Phrase{"SSL SYSCALL error", "the connection broke in the TLS handshake"},
    Phrase{"received invalid response to SSL", "the answer is not PostgreSQL's"},
    Phrase{"unencrypted data after SSL response", "the answer is not PostgreSQL's"},
};

/// So does libpq speak of a login that it cannot do: the server has asked for one all the same.
constexpr std::array<std::string_view, 5> kLoginPhrases{"authentication method", "host name must be specified",
                                                        "GSSAPI", "SASL", "Kerberos"};

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Errors (Appendix A of PostgreSQL's manual) by which a server tells everybody to stay away, login or not.
std::string_view not_now(std::string_view sqlstate) {
  if (sqlstate == "57P03") return "the server is starting up, shutting down or recovering";
  if (sqlstate == "57P01" || sqlstate == "57P02") return "the server is shutting down";
  if (sqlstate == "53300") return "too many connections";
  if (sqlstate.starts_with("53")) return "the server is short of memory or disk space";
  return "";
}

std::string login_fault(const ProbeTarget& target, std::string_view sqlstate) {
  if (sqlstate.starts_with("28")) return "the login of " + target.user + " was refused";
  if (sqlstate == "3D000") return "the database " + target.database.database + " does not exist";
  if (sqlstate == "42501") return target.user + " may not use the database " + target.database.database;
  return "the server refused the session with SQLSTATE " + std::string(sqlstate);
}

std::string libpq_fault(const ProbeTarget& target, const PostgresqlFailure& failure) {
  constexpr std::array kConnectErrors{ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT};
  const std::string_view message = failure.message;
  Failure words{0, failure.reached, 0, 0, {}, question_of(target).host};
  if (failure.reached < Reached::kConnected) {
    const auto* error = std::ranges::find_if(kConnectErrors, [&](int e) { return holds(message, std::strerror(e)); });
    words.code = CURLE_COULDNT_CONNECT;
    words.os_error = error == kConnectErrors.end() ? 0 : *error;
    return describe(words);
  }
  if (holds(message, "does not match host name")) return "the certificate is not for " + words.host;
  const auto* phrase = std::ranges::find_if(kPhrases, [&](const Phrase& each) { return holds(message, each.says); });
  if (phrase != kPhrases.end()) return std::string(phrase->reason);
  if (holds(message, "closed the connection") || holds(message, "could not receive data")) {
    words.code = failure.reached == Reached::kAnswered ? CURLE_PARTIAL_FILE : CURLE_GOT_NOTHING;
    return describe(words);
  }
  return "the answer is not PostgreSQL's";
}

}  // namespace

std::string_view sqlstate_of(std::string_view message) {
  constexpr std::size_t kLength = 5;
  constexpr std::string_view kBefore = ":  ";
  if (message.ends_with('\n')) message.remove_suffix(1);
  if (message.size() < kBefore.size() + kLength) return "";
  const std::string_view state = message.substr(message.size() - kLength);
  const std::string_view before = message.substr(0, message.size() - kLength);
  const bool is_plain =
      std::ranges::all_of(state, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
  return is_plain && before.ends_with(kBefore) ? state : std::string_view();
}

std::string describe_postgresql(const ProbeTarget& target, const PostgresqlFailure& failure) {
  const std::string_view sqlstate = sqlstate_of(failure.message);
  if (!sqlstate.empty()) {
    const std::string_view stay_away = not_now(sqlstate);
    if (!stay_away.empty() || target.user.empty()) return std::string(stay_away);
    return login_fault(target, sqlstate);
  }
  const bool asks_for_more =
      std::ranges::any_of(kLoginPhrases, [&](auto each) { return holds(failure.message, each); });
  if (!failure.needs_password && !asks_for_more) return libpq_fault(target, failure);
  if (target.user.empty()) return "";
  if (failure.needs_password) return "the server wants a password of " + target.user;
  return "the server wants a login that the probe cannot do";
}

}  // namespace sonde::probe
