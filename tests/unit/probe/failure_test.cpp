#include "probe/failure.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace sonde::probe {
namespace {

using namespace std::chrono_literals;

struct FailureRow {
  const char* name;
  Failure failure;
  const char* words;
};

class FailureWords : public testing::TestWithParam<FailureRow> {};

TEST_P(FailureWords, say_what_is_wrong) {
  Failure failure = GetParam().failure;
  failure.host = "shop.example";
  failure.timeout = 10s;
  EXPECT_EQ(describe(failure), GetParam().words);
}

constexpr int kTimedOut = CURLE_OPERATION_TIMEDOUT;
constexpr int kCertificate = CURLE_PEER_FAILED_VERIFICATION;

Failure at(int code, Reached reached, int os_error = 0, long verify_result = 0) {
  return {code, reached, os_error, verify_result, {}, {}};
}

INSTANTIATE_TEST_SUITE_P(
    Codes, FailureWords,
    testing::Values(
        FailureRow{"name", at(CURLE_COULDNT_RESOLVE_HOST, Reached::kNothing), "the name shop.example is not known"},
        FailureRow{"refused", at(CURLE_COULDNT_CONNECT, Reached::kResolved, ECONNREFUSED),
                   "connection refused: nobody listens there"},
        FailureRow{"unreachable", at(CURLE_COULDNT_CONNECT, Reached::kResolved, EHOSTUNREACH), "no route to the host"},
        FailureRow{"slow_name", at(kTimedOut, Reached::kNothing), "the name was not resolved within 10s"},
        FailureRow{"slow_connect", at(kTimedOut, Reached::kResolved), "no connection within 10s"},
        FailureRow{"slow_answer", at(kTimedOut, Reached::kConnected), "connected, and no answer within 10s"},
        FailureRow{"slow_tls_answer", at(kTimedOut, Reached::kSecured), "no answer within 10s"},
        FailureRow{"slow_body", at(kTimedOut, Reached::kAnswered), "the answer was not complete within 10s"},
        FailureRow{"wrong_name", at(kCertificate, Reached::kConnected), "the certificate is not for shop.example"},
        FailureRow{"wrong_name_of_libcurl", at(kCertificate, Reached::kConnected, 0, 1),
                   "the certificate is not for shop.example"},
        FailureRow{"expired", at(kCertificate, Reached::kConnected, 0, 10), "the certificate has expired"},
        FailureRow{"self_signed", at(kCertificate, Reached::kConnected, 0, 18), "the certificate is self-signed"},
        FailureRow{"unknown_issuer", at(kCertificate, Reached::kConnected, 0, 20),
                   "the certificate is of an issuer that this host does not trust"},
        FailureRow{"closed", at(CURLE_GOT_NOTHING, Reached::kConnected), "the connection was closed without an answer"},
        FailureRow{"redirects", at(CURLE_TOO_MANY_REDIRECTS, Reached::kAnswered), "it redirects for ever"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::probe
