#include "probe/transfer.h"

#include <curl/curl.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>
#include <string_view>
#include <utility>

#include "probe/failure.h"

namespace sonde::probe {
namespace {

using std::chrono::microseconds;

/// Nobody needs the rest: what is asked for is at the beginning, and a server may go on for ever.
constexpr std::size_t kMostBodyBytes = 1U << 20U;
constexpr long kMostRedirects = 10;

microseconds time_of(CURL* easy, CURLINFO what) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, what, &value);
  return microseconds{value};
}

long number_of(CURL* easy, CURLINFO what) {
  long value = 0;
  curl_easy_getinfo(easy, what, &value);
  return value;
}

std::string_view text_of(CURL* easy, CURLINFO what) {
  const char* value = nullptr;
  curl_easy_getinfo(easy, what, &value);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

/// Of a phase that ended at `end`; libcurl says 0 for what did not happen.
microseconds between(microseconds begin, microseconds end) { return std::max(end - begin, microseconds{0}); }

ProbePhases phases_of(CURL* easy) {
  const microseconds resolved = time_of(easy, CURLINFO_NAMELOOKUP_TIME_T);
  const microseconds connected = time_of(easy, CURLINFO_CONNECT_TIME_T);
  const microseconds secured = time_of(easy, CURLINFO_APPCONNECT_TIME_T);
  const microseconds answered = time_of(easy, CURLINFO_STARTTRANSFER_TIME_T);
  ProbePhases phases;
  phases.resolve = resolved;
  phases.connect = between(resolved, connected);
  phases.tls = between(connected, secured);
  phases.processing = between(std::max(connected, secured), answered);
  if (answered > microseconds{0}) phases.transfer = between(answered, time_of(easy, CURLINFO_TOTAL_TIME_T));
  return phases;
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

std::optional<WallTime> earliest_expiry(CURL* easy) {
  constexpr std::string_view kField = "Expire date:";
  curl_certinfo* chain = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == nullptr) return std::nullopt;
  std::optional<WallTime> earliest;
  for (int i = 0; i < chain->num_of_certs; ++i) {
    for (const curl_slist* field = chain->certinfo[i]; field != nullptr; field = field->next) {
      const std::string_view text(field->data);
      if (!text.starts_with(kField)) continue;
      const std::time_t at = curl_getdate(text.data() + kField.size(), nullptr);
      if (at < 0) continue;
      const WallTime expiry{std::chrono::seconds{at}};
      earliest = earliest ? std::min(*earliest, expiry) : expiry;
    }
  }
  return earliest;
}

Reached reached_by(CURL* easy) {
  constexpr microseconds kNever{0};
  if (time_of(easy, CURLINFO_STARTTRANSFER_TIME_T) > kNever) return Reached::kAnswered;
  if (time_of(easy, CURLINFO_APPCONNECT_TIME_T) > kNever) return Reached::kSecured;
  if (time_of(easy, CURLINFO_CONNECT_TIME_T) > kNever) return Reached::kConnected;
  return time_of(easy, CURLINFO_NAMELOOKUP_TIME_T) > kNever ? Reached::kResolved : Reached::kNothing;
}

/// The host of a URL or HOST:PORT, as it may be repeated.
std::string host_of(std::string_view address) {
  if (const std::size_t scheme = address.find("://"); scheme != std::string_view::npos) {
    address.remove_prefix(scheme + 3);
  }
  address = address.substr(0, address.find_first_of("/?#"));
  const std::size_t port = address.rfind(':');
  const bool has_port = port != std::string_view::npos && address.find(']', port) == std::string_view::npos;
  return std::string(has_port ? address.substr(0, port) : address);
}

}  // namespace

Transfer::Transfer(std::shared_ptr<const ProbeTarget> target, const re2::RE2* body_matches,
                   const std::string& user_agent)
    : target_(std::move(target)),
      body_matches_(body_matches),
      easy_(curl_easy_init()),
      url_(target_->kind == ProbeKind::kTcp ? "http://" + target_->address : target_->address) {
  if (easy_ == nullptr) return;
  const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(target_->timeout);
  curl_easy_setopt(easy_, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy_, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy_, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, std::max(1L, static_cast<long>(timeout.count())));
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, std::max(1L, static_cast<long>(timeout.count())));
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, user_agent.c_str());
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  if (target_->kind == ProbeKind::kHttp) {
    set_http_options();
  } else {
    curl_easy_setopt(easy_, CURLOPT_CONNECT_ONLY, 1L);
  }
}

Transfer::~Transfer() { curl_easy_cleanup(easy_); }

void Transfer::set_http_options() {
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, target_->verifies_tls ? 1L : 0L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, target_->verifies_tls ? 2L : 0L);
  if (!target_->ca_file.empty()) curl_easy_setopt(easy_, CURLOPT_CAINFO, target_->ca_file.c_str());
  curl_easy_setopt(easy_, CURLOPT_CERTINFO, 1L);
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, target_->follows_redirects ? 1L : 0L);
  curl_easy_setopt(easy_, CURLOPT_MAXREDIRS, kMostRedirects);
  curl_easy_setopt(easy_, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  if (target_->method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
  } else if (target_->method != "GET") {
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, target_->method.c_str());
  }
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Transfer::take);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
}

/// Shape given by CURLOPT_WRITEFUNCTION.
std::size_t Transfer::take(char* data, std::size_t size, std::size_t count, void* into) {
  auto& transfer = *static_cast<Transfer*>(into);
  const std::size_t bytes = size * count;
  transfer.read_bytes_ += bytes;
  if (transfer.body_matches_ != nullptr) {
    transfer.body_.append(data, std::min(bytes, kMostBodyBytes - transfer.body_.size()));
  }
  return transfer.read_bytes_ >= kMostBodyBytes ? 0 : bytes;
}

ProbeResult Transfer::result(int code) const {
  ProbeResult result;
  result.duration = time_of(easy_, CURLINFO_TOTAL_TIME_T);
  result.phases = phases_of(easy_);
  const std::string_view peer = text_of(easy_, CURLINFO_PRIMARY_IP);
  if (!peer.empty()) result.ip_protocol = peer.find(':') == std::string_view::npos ? 4 : 6;
  if (target_->kind == ProbeKind::kHttp) {
    result.status = static_cast<std::uint16_t>(number_of(easy_, CURLINFO_RESPONSE_CODE));
    result.http_version = version_of(number_of(easy_, CURLINFO_HTTP_VERSION));
    result.redirects = static_cast<unsigned>(number_of(easy_, CURLINFO_REDIRECT_COUNT));
    const std::string_view scheme = text_of(easy_, CURLINFO_SCHEME);
    result.used_tls = result.status != 0 && (scheme == "HTTPS" || scheme == "https");
    result.earliest_expiry = earliest_expiry(easy_);
  }
  const bool has_enough = code == CURLE_WRITE_ERROR && read_bytes_ >= kMostBodyBytes;
  if (code != CURLE_OK && !has_enough) {
    result.reason = failure(code);
  } else if (target_->kind == ProbeKind::kHttp) {
    judge(result);
  }
  result.success = result.reason.empty();
  return result;
}

void Transfer::judge(ProbeResult& result) const {
  result.reason = describe_status(*target_, result.status);
  if (body_matches_ == nullptr || re2::RE2::PartialMatch(body_, *body_matches_)) return;
  result.failed_by_body = true;
  if (result.reason.empty()) result.reason = "the body does not match " + target_->body_matches;
}

std::string Transfer::failure(int code) const {
  return describe({.code = code,
                   .reached = reached_by(easy_),
                   .os_error = static_cast<int>(number_of(easy_, CURLINFO_OS_ERRNO)),
                   .verify_result = number_of(easy_, CURLINFO_SSL_VERIFYRESULT),
                   .timeout = target_->timeout,
                   .host = host_of(target_->address)});
}

}  // namespace sonde::probe
