#include "probe/http_attempt.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <vector>

#include "probe/http_verdict.h"

namespace sonde::probe {
namespace {

using std::chrono::nanoseconds;

/// Nobody needs the rest: what is asked for is at the beginning, and a server may go on for ever.
constexpr std::size_t kMostBodyBytes = 1U << 20U;
constexpr long kMostRedirects = 10;

/// Of a phase that ended at `end`; libcurl says 0 for what did not happen.
nanoseconds between(nanoseconds begin, nanoseconds end) { return std::max(end - begin, nanoseconds{0}); }

std::vector<ProbePhase> phases_of(const Transfer& transfer) {
  const nanoseconds resolved = transfer.time(CURLINFO_NAMELOOKUP_TIME_T);
  const nanoseconds connected = transfer.time(CURLINFO_CONNECT_TIME_T);
  const nanoseconds secured = transfer.time(CURLINFO_APPCONNECT_TIME_T);
  const nanoseconds answered = transfer.time(CURLINFO_STARTTRANSFER_TIME_T);
  const nanoseconds ended = answered > nanoseconds{0} ? transfer.time(CURLINFO_TOTAL_TIME_T) : answered;
  return {{"resolve", resolved},
          {"connect", between(resolved, connected)},
          {"tls", between(connected, secured)},
          {"processing", between(std::max(connected, secured), answered)},
          {"transfer", between(answered, ended)}};
}

double version_of(long http_version) {
  switch (http_version) {
    case CURL_HTTP_VERSION_1_0:
      return 1;
    case CURL_HTTP_VERSION_1_1:
      return 1.1;
    case CURL_HTTP_VERSION_2_0:
      return 2;
    case CURL_HTTP_VERSION_3:
      return 3;
    default:
      return 0;
  }
}

}  // namespace

void HttpAttempt::ListDelete::operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }

HttpAttempt::HttpAttempt(const ProbeTarget& target, const Patterns& patterns, const std::string& user_agent,
                         EventLoop& loop, std::size_t token)
    : target_(target), patterns_(patterns), transfer_(target, target.address, loop) {
  if (transfer_.handle() != nullptr) {
    curl_easy_setopt(transfer_.handle(), CURLOPT_USERAGENT, user_agent.c_str());
    set_request();
  }
  transfer_.begin(token);
}

void HttpAttempt::set_request() {
  CURL* easy = transfer_.handle();
  const HttpProbe& http = target_.http;
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, http.follows_redirects ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, kMostRedirects);
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  if (!target_.user.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_USERNAME, target_.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, target_.password.c_str());
  }
  if (!http.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(http.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, http.body.c_str());
    // Neither what libcurl takes a body for, nor a round trip to ask whether it is welcome.
    add_header("Content-Type:");
    add_header("Expect:");
  }
  if (http.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (http.method != "GET" || !http.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, http.method.c_str());
  }
  for (const auto& [name, value] : http.headers) add_header(value.empty() ? name + ";" : name + ": " + value);
  if (headers_) curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &HttpAttempt::take);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
}

void HttpAttempt::add_header(const std::string& line) {
  curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
  if (longer == nullptr) return;
  static_cast<void>(headers_.release());
  headers_.reset(longer);
}

bool HttpAttempt::wants_body() const { return patterns_.answer() != nullptr || !target_.http.json.empty(); }

/// Shape given by CURLOPT_WRITEFUNCTION.
std::size_t HttpAttempt::take(char* data, std::size_t size, std::size_t count, void* into) {
  auto& attempt = *static_cast<HttpAttempt*>(into);
  const std::size_t bytes = size * count;
  attempt.read_bytes_ += bytes;
  if (attempt.wants_body()) attempt.body_.append(data, std::min(bytes, kMostBodyBytes - attempt.body_.size()));
  return attempt.read_bytes_ >= kMostBodyBytes ? 0 : bytes;
}

ProbeResult HttpAttempt::result() const {
  ProbeResult result;
  const int code = transfer_.ended().value_or(CURLE_OPERATION_TIMEDOUT);
  if (transfer_.handle() == nullptr) {
    result.reason = "there is no memory left to ask";
    return result;
  }
  result.phases = phases_of(transfer_);
  result.ip_protocol = transfer_.ip_protocol();
  result.status = static_cast<std::uint16_t>(transfer_.number(CURLINFO_RESPONSE_CODE));
  result.http_version = version_of(transfer_.number(CURLINFO_HTTP_VERSION));
  result.redirects = static_cast<unsigned>(transfer_.number(CURLINFO_REDIRECT_COUNT));
  curl_off_t length = -1;
  curl_easy_getinfo(transfer_.handle(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  result.content_length = length;
  result.body_bytes = read_bytes_;
  const std::string_view scheme = transfer_.text(CURLINFO_SCHEME);
  result.used_tls = result.status != 0 && (scheme == "HTTPS" || scheme == "https");
  result.earliest_expiry = transfer_.earliest_expiry();
  const bool has_enough = code == CURLE_WRITE_ERROR && read_bytes_ >= kMostBodyBytes;
  if (code != CURLE_OK && !has_enough) {
    result.reason = transfer_.failure(code);
  } else {
    judge(result);
  }
  result.success = result.reason.empty();
  return result;
}

void HttpAttempt::judge(ProbeResult& result) const {
  result.reason = describe_status(target_.http, result.status);
  const std::string fault = describe_body(target_.http, patterns_, body_);
  result.failed_by_body = !fault.empty();
  if (result.reason.empty()) result.reason = fault;
}

}  // namespace sonde::probe
