#include "probe/failure.h"

#include <curl/curl.h>

#include <string>

#include "base/quantity.h"
#include "probe/socket_fault.h"

namespace sonde::probe {
namespace {

/// X509_V_ERR_*: OpenSSL's X509_STORE_CTX_get_error(3).
constexpr long kNotVerified = 1;  // what libcurl has before it asks, which it does after the name was compared
constexpr long kNotYetValid = 9;
constexpr long kExpired = 10;
constexpr long kSelfSigned = 18;
constexpr long kSelfSignedInChain = 19;
constexpr long kNoLocalIssuer = 20;
constexpr long kNoIssuer = 21;

std::string certificate_fault(const Failure& failure) {
  switch (failure.verify_result) {
    case 0:
    case kNotVerified:
      return "the certificate is not for " + failure.host;
    case kNotYetValid:
      return "the certificate is not valid yet";
    case kExpired:
      return "the certificate has expired";
    case kSelfSigned:
      return "the certificate is self-signed";
    case kSelfSignedInChain:
    case kNoLocalIssuer:
    case kNoIssuer:
      return "the certificate is of an issuer that this host does not trust";
    default:
      return "the certificate cannot be verified (X509_V_ERR " + std::to_string(failure.verify_result) + ")";
  }
}

std::string timeout_fault(const Failure& failure) {
  const std::string within = " within " + format_duration(failure.timeout);
  switch (failure.reached) {
    case Reached::kNothing:
      return "the name was not resolved" + within;
    case Reached::kResolved:
      return "no connection" + within;
    case Reached::kConnected:
      return "connected, and no answer" + within;
    case Reached::kSecured:
      return "no answer" + within;
    case Reached::kAnswered:
      return "the answer was not complete" + within;
  }
  return "timed out";
}

}  // namespace

std::string describe(const Failure& failure) {
  switch (static_cast<CURLcode>(failure.code)) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "the name " + failure.host + " is not known";
    case CURLE_COULDNT_CONNECT:
      return failure.os_error == 0 ? "cannot connect" : describe_socket_error(failure.os_error);
    case CURLE_OPERATION_TIMEDOUT:
      return timeout_fault(failure);
    case CURLE_PEER_FAILED_VERIFICATION:
      return certificate_fault(failure);
    case CURLE_SSL_CACERT_BADFILE:
      return "the file of trusted certificates cannot be read";
    case CURLE_SSL_CONNECT_ERROR:
      return "the TLS handshake failed";
    case CURLE_GOT_NOTHING:
      return "the connection was closed without an answer";
    case CURLE_PARTIAL_FILE:
      return "the connection was closed before the answer was complete";
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return "the connection broke";
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return "the answer is not HTTP";
    case CURLE_TOO_MANY_REDIRECTS:
      return "it redirects for ever";
    default:
      // The text of the code only: curl's longer one (CURLOPT_ERRORBUFFER) can quote the URL.
      return curl_easy_strerror(static_cast<CURLcode>(failure.code));
  }
}

}  // namespace sonde::probe
