#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/types.h"

namespace sonde::cli {

struct HttpLimits {
  std::chrono::milliseconds timeout{5000};  ///< from name lookup to the last byte
  std::size_t body_bytes = 16U << 20U;
};

/// Asks the daemon, without proxies or redirects, and waits for the whole answer. Shows it the token of the address.
/// errors: of the token's file; kIo if nothing or something else answers, kNotFound for 404, kBadInput for other
/// refusals, kLimit. threads: any.
Result<std::string> http_get(const DaemonAddress& address, const std::string& path_and_query,
                             const HttpLimits& limits = {});

/// One field of a form, unencoded.
struct FormField {
  std::string name;
  std::string value;
};

/// What was answered, whatever the status.
struct HttpAnswer {
  long status = 0;
  std::string body;
};

/// Posts a form (application/x-www-form-urlencoded) as http_get asks, but every status is an answer.
/// errors: kIo if nothing or something else answers, kLimit.  threads: any.
Result<HttpAnswer> http_post_form(const DaemonAddress& address, const std::string& path,
                                  std::span<const FormField> fields, const HttpLimits& limits = {});

/// A question with a method and headers of its own.
struct HttpQuestion {
  std::string method;  ///< GET, POST or DELETE
  std::string path_and_query;
  std::string json{};             ///< the body of a POST
  std::string if_match{};         ///< headers; empty: not sent
  std::string idempotency_key{};  ///< likewise
};

/// Asks as http_get does, but every status is an answer.
/// errors: kIo if nothing or something else answers, kLimit.  threads: any.
Result<HttpAnswer> http_ask(const DaemonAddress& address, const HttpQuestion& question, const HttpLimits& limits = {});

/// What an answer that is not wanted means: kNotFound for 404, kPermission for 401 and 403, kConflict for 409, kStale
/// for 412, else kBadInput; in a Sonde's own words, if its body has any; else with the body's first line.
Error refusal(const DaemonAddress& address, const std::string& path_and_query, const HttpAnswer& answer);

/// RFC 3986, section 2: what is not unreserved becomes %XX.
std::string percent_encoded(std::string_view text);

}  // namespace sonde::cli
