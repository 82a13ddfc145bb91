#include "probe/transfer.h"

#include <curl/curl.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "probe/failure.h"
#include "probe/target_address.h"

namespace sonde::probe {
namespace {

using std::chrono::nanoseconds;

Reached reached_by(const Transfer& transfer) {
  constexpr nanoseconds kNever{0};
  if (transfer.time(CURLINFO_STARTTRANSFER_TIME_T) > kNever) return Reached::kAnswered;
  if (transfer.time(CURLINFO_APPCONNECT_TIME_T) > kNever) return Reached::kSecured;
  if (transfer.time(CURLINFO_CONNECT_TIME_T) > kNever) return Reached::kConnected;
  return transfer.time(CURLINFO_NAMELOOKUP_TIME_T) > kNever ? Reached::kResolved : Reached::kNothing;
}

long resolve_option(int ip_protocol) {
  if (ip_protocol == 4) return CURL_IPRESOLVE_V4;
  return ip_protocol == 6 ? CURL_IPRESOLVE_V6 : CURL_IPRESOLVE_WHATEVER;
}

}  // namespace

Transfer::Transfer(const ProbeTarget& target, std::string url, EventLoop& loop)
    : target_(target), url_(std::move(url)), loop_(loop), easy_(curl_easy_init()) {
  if (easy_ == nullptr) return;
  const long timeout =
      std::max(1L, static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(target.timeout).count()));
  curl_easy_setopt(easy_, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy_, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  curl_easy_setopt(easy_, CURLOPT_IPRESOLVE, resolve_option(target.ip_protocol));
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, timeout);
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, timeout);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, target.verifies_tls ? 1L : 0L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, target.verifies_tls ? 2L : 0L);
  if (!target.ca_file.empty()) curl_easy_setopt(easy_, CURLOPT_CAINFO, target.ca_file.c_str());
  curl_easy_setopt(easy_, CURLOPT_CERTINFO, 1L);
}

Transfer::~Transfer() {
  if (added_) loop_.remove(easy_);
  curl_easy_cleanup(easy_);
}

void Transfer::begin(std::size_t token) {
  added_ = easy_ != nullptr && loop_.add(easy_, token);
  refused_ = !added_;
}

std::optional<int> Transfer::ended() const {
  if (refused_) return CURLE_OUT_OF_MEMORY;
  return loop_.ended(easy_);
}

nanoseconds Transfer::time(int info) const {
  curl_off_t value = 0;
  curl_easy_getinfo(easy_, static_cast<CURLINFO>(info), &value);
  return std::chrono::microseconds{value};
}

long Transfer::number(int info) const {
  long value = 0;
  curl_easy_getinfo(easy_, static_cast<CURLINFO>(info), &value);
  return value;
}

std::string_view Transfer::text(int info) const {
  const char* value = nullptr;
  curl_easy_getinfo(easy_, static_cast<CURLINFO>(info), &value);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

int Transfer::ip_protocol() const {
  const std::string_view peer = text(CURLINFO_PRIMARY_IP);
  if (peer.empty()) return 0;
  return peer.find(':') == std::string_view::npos ? 4 : 6;
}

std::optional<WallTime> Transfer::earliest_expiry() const {
  constexpr std::string_view kField = "Expire date:";
  curl_certinfo* chain = nullptr;
  if (curl_easy_getinfo(easy_, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == nullptr) return std::nullopt;
  std::optional<WallTime> earliest;
  for (int i = 0; i < chain->num_of_certs; ++i) {
    for (const curl_slist* field = chain->certinfo[i]; field != nullptr; field = field->next) {
      const std::string_view said(field->data);
      if (!said.starts_with(kField)) continue;
      const std::time_t at = curl_getdate(said.data() + kField.size(), nullptr);
      if (at < 0) continue;
      const WallTime expiry{std::chrono::seconds{at}};
      earliest = earliest ? std::min(*earliest, expiry) : expiry;
    }
  }
  return earliest;
}

std::string Transfer::failure(int code) const {
  return describe({.code = code,
                   .reached = reached_by(*this),
                   .os_error = static_cast<int>(number(CURLINFO_OS_ERRNO)),
                   .verify_result = number(CURLINFO_SSL_VERIFYRESULT),
                   .timeout = target_.timeout,
                   .host = shown_host(target_.address)});
}

}  // namespace sonde::probe
