#include "probe/mysql_answer.h"

#include <curl/curl.h>
#include <errmsg.h>
#include <mysqld_error.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "probe/database_peer.h"
#include "probe/target_address.h"

namespace sonde::probe {
namespace {

constexpr unsigned kSecureTransportRequired = 3159;  // of MySQL; MariaDB has the number and not the name

struct ServerError {
  unsigned number;
  std::string_view reason;
};

/// By these a server tells everybody to stay away, login or not.
constexpr std::array kNotNow{
    ServerError{ER_CON_COUNT_ERROR, "too many connections"},
    ServerError{ER_SERVER_SHUTDOWN, "the server is shutting down"},
    ServerError{ER_NORMAL_SHUTDOWN, "the server is shutting down"},
    ServerError{ER_OUTOFMEMORY, "the server is short of memory"},
    ServerError{ER_OUT_OF_SORTMEMORY, "the server is short of memory"},
    ServerError{ER_OUT_OF_RESOURCES, "the server is short of memory"},
    ServerError{ER_CANT_CREATE_THREAD, "the server cannot start another thread"},
    // After max_connect_errors handshakes that were broken off. Whoever else is on this host is locked out, too.
    ServerError{ER_HOST_IS_BLOCKED, "the server has blocked this host: FLUSH HOSTS there lets it in again"},
};

/// OpenSSL's X509_verify_cert_error_string(3), and the number it stands for.
struct CertificateFault {
  std::string_view says;
  long number;
};
constexpr std::array kCertificateFaults{
    CertificateFault{"certificate is not yet valid", 9},
    CertificateFault{"certificate has expired", 10},
    CertificateFault{"certificate in certificate chain", 19},  // before the next: both are self-signed
    CertificateFault{"self-signed certificate", 18},
    CertificateFault{"self signed certificate", 18},
    CertificateFault{"unable to get local issuer certificate", 20},
    CertificateFault{"unable to verify the first certificate", 21},
    CertificateFault{"Validation of SSL server certificate failed", 0},
};

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

bool is_of_library(unsigned error) {
  return (error >= CR_MIN_ERROR && error <= CR_MAX_ERROR) || (error >= CER_MIN_ERROR && error <= CER_MAX_ERROR);
}

/// Where TLS is wanted libmariadb wraps what a server says before it, such as that it is full.
unsigned wrapped_error(std::string_view message) {
  constexpr std::string_view kBefore = "cannot be verified: ";
  const std::size_t found = message.find(kBefore);
  if (found == std::string_view::npos) return 0;
  const std::string_view number = message.substr(found + kBefore.size());
  unsigned error = 0;
  std::from_chars(number.data(), number.data() + number.size(), error);
  return is_of_library(error) ? 0 : error;
}

/// The errno in brackets at the end of libmariadb's message; 0: none.
int errno_of(std::string_view message) {
  const std::size_t bracket = message.rfind('(');
  int error = 0;
  if (bracket == std::string_view::npos) return 0;
  std::from_chars(message.data() + bracket + 1, message.data() + message.size(), error);
  return error;
}

std::string login_fault(const ProbeTarget& target, unsigned error) {
  switch (error) {
    case ER_ACCESS_DENIED_ERROR:
    case ER_ACCESS_DENIED_NO_PASSWORD_ERROR:
    case ER_ACCESS_DENIED_CHANGE_USER_ERROR:
    case ER_HOST_NOT_PRIVILEGED:
      return "the login of " + target.user + " was refused";
    case ER_BAD_DB_ERROR:
      return "the database " + target.database.database + " does not exist";
    case ER_DBACCESS_DENIED_ERROR:
      return target.user + " may not use the database " + target.database.database;
    case ER_TOO_MANY_USER_CONNECTIONS:
    case ER_USER_LIMIT_REACHED:
      return "too many connections of " + target.user;
    case ER_MUST_CHANGE_PASSWORD:
    case ER_MUST_CHANGE_PASSWORD_LOGIN:
      return "the password of " + target.user + " has expired";
    case ER_USER_IS_BLOCKED:
    case ER_ACCOUNT_HAS_BEEN_LOCKED:
      return "the account of " + target.user + " is locked";
    case kSecureTransportRequired:
      return "the server wants TLS";
    default:
      return "the server refused the session with error " + std::to_string(error);
  }
}

std::string server_fault(const ProbeTarget& target, unsigned error) {
  const auto* found = std::ranges::find(kNotNow, error, &ServerError::number);
  if (found != kNotNow.end()) return std::string(found->reason);
  return target.user.empty() ? std::string() : login_fault(target, error);
}

/// The server has asked for a login, of a kind that libmariadb cannot do here.
std::string unknown_login(const ProbeTarget& target) {
  return target.user.empty() ? "" : "the server wants a login that the probe cannot do";
}

std::string tls_fault(const MysqlFailure& failure, Failure words) {
  const auto* found =
      std::ranges::find_if(kCertificateFaults, [&](const auto& each) { return holds(failure.message, each.says); });
  if (found != kCertificateFaults.end()) {
    words.code = CURLE_PEER_FAILED_VERIFICATION;
    words.verify_result = found->number;
    return describe(words);
  }
  if (holds(failure.message, "server does not support it")) return "the server does not speak TLS";
  if (holds(failure.message, "No such file") || holds(failure.message, "no such file")) {
    words.code = CURLE_SSL_CACERT_BADFILE;
    return describe(words);
  }
  words.code = CURLE_SSL_CONNECT_ERROR;
  return describe(words);
}

std::string connection_fault(const MysqlFailure& failure, Failure words) {
  if (failure.reached < Reached::kConnected) {
    words.code = CURLE_COULDNT_CONNECT;
    words.os_error = failure.os_error != 0 ? failure.os_error : errno_of(failure.message);
  } else if (!failure.is_closed && failure.reached == Reached::kAnswered) {
    return "the answer is not MySQL's";  // the library gave up, and not the server
  } else {
    words.code = failure.reached == Reached::kAnswered ? CURLE_PARTIAL_FILE : CURLE_GOT_NOTHING;
  }
  return describe(words);
}

}  // namespace

std::string describe_mysql(const ProbeTarget& target, const MysqlFailure& failure) {
  if (failure.is_nonsense) return "the answer is not MySQL's";
  if (failure.lacks_tls) return "the server does not speak TLS";
  if (failure.lacks_login) return unknown_login(target);
  if (failure.error == 0) return "the answer is not MySQL's";  // libmariadb has no name for every nonsense
  if (!is_of_library(failure.error)) return server_fault(target, failure.error);
  if (const unsigned wrapped = wrapped_error(failure.message); wrapped != 0) return server_fault(target, wrapped);

  const Failure words{0, failure.reached, 0, 0, {}, question_of(target).host};
  switch (failure.error) {
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR:
    case CR_IPSOCK_ERROR:
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_LOST:
    case CR_ERR_NET_READ:
    case CR_ERR_NET_WRITE:
      return connection_fault(failure, words);
    case CR_SSL_CONNECTION_ERROR:
      return tls_fault(failure, words);
    case CR_OUT_OF_MEMORY:
      return "not enough memory";
    case CR_AUTH_PLUGIN_CANNOT_LOAD:
    case CR_AUTH_PLUGIN_ERR:
    case CR_SECURE_AUTH:
      return unknown_login(target);
    default:
      return "the answer is not MySQL's";
  }
}

}  // namespace sonde::probe
