#include "notify/curl_http_client.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "notify/curl_handles.h"
#include "notify/curl_options.h"

namespace sonde::notify {
namespace {

constexpr std::size_t kBodyReadBytes = 64U << 10U;

/// Shape given by CURLOPT_WRITEFUNCTION. Nobody needs to read an endless answer to its end: stopping is no failure, for
/// the status is already there.
std::size_t keep_body(char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  const std::size_t bytes = size * count;
  const std::size_t kept = std::min(bytes, kBodyReadBytes - body.size());
  body.append(data, kept);
  return kept;
}

/// Null without memory.
CurlList headers_of(const HttpPost& request, const Address& address) {
  CurlList headers;
  bool complete = append(headers, "Content-Type: " + request.content_type);
  // Without this curl asks first for larger bodies and waits a second for servers that do not answer the question.
  complete = complete && append(headers, "Expect:");
  if (!address.host.empty()) complete = complete && append(headers, "Host: " + address.host);
  if (!request.http.authorization.empty()) {
    complete = complete && append(headers, "Authorization: " + request.http.authorization);
  }
  for (const HttpHeader& header : request.headers) {
    complete = complete && append(headers, header.name + ": " + header.value);
  }
  return complete ? std::move(headers) : nullptr;
}

void set_login(CURL* easy, const HttpOptions& options) {
  if (options.user.empty()) return;
  curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  curl_easy_setopt(easy, CURLOPT_USERNAME, options.user.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, options.password.c_str());
}

/// A proxy that the channel names is used whatever the environment says.
void set_proxy(CURL* easy, const HttpOptions& options) {
  if (options.proxy_url.empty()) return;
  curl_easy_setopt(easy, CURLOPT_PROXY, options.proxy_url.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
}

/// What moved is posted again where it is now, which browsers, and so curl, would ask for with GET. After 303 the
/// message has arrived, and something else is to be fetched (RFC 9110, 15.4). curl hands no login on to another host.
void set_redirects(CURL* easy, const HttpPost& request) {
  constexpr long kMostRedirects = 10;
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, request.http.follows_redirects ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, kMostRedirects);
  curl_easy_setopt(easy, CURLOPT_POSTREDIR, static_cast<long>(CURL_REDIR_POST_301 | CURL_REDIR_POST_302));
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, request.url.starts_with("https:") ? "https" : "http,https");
}

void set_options(CURL* easy, const HttpPost& request, const std::string& user_agent) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set_tls(easy, request.http.tls);
  set_login(easy, request.http);
  set_proxy(easy, request.http);
  set_redirects(easy, request);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms(request.timeout));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &keep_body);
}

HttpFailure failure(CURLcode code, bool body_sent) {
  const bool bad_url = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_NOT_BUILT_IN;
  // To curl, what does not begin like HTTP is HTTP/0.9, a protocol that it does not support.
  if (bad_url && body_sent) return {Error{Code::kIo, "what answered is no HTTP server"}, body_sent};
  // The text of the code only: curl's longer one (CURLOPT_ERRORBUFFER) can quote the URL.
  std::string text = curl_easy_strerror(code);
  if (bad_url) return {Error{Code::kBadConfig, text + "; give the channel a complete http:// or https:// URL"}};
  return {Error{Code::kIo, std::move(text)}, body_sent};
}

/// A final status is the receiver's answer, even if the rest of the response never came: asking again would deliver
/// twice. That of a redirect that was followed is not the last word.
bool is_final(long status, const HttpPost& request) {
  const bool is_redirect = status >= 300 && status < 400;
  return status >= 200 && !(is_redirect && request.http.follows_redirects);
}

/// Whether the server may have it all: what has been handed to the kernel may have left.
bool has_sent_all(CURL* easy, const HttpPost& request) {
  curl_off_t sent_bytes = 0;
  curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent_bytes);
  return sent_bytes > 0 && static_cast<std::size_t>(sent_bytes) >= request.body.size();
}

}  // namespace

CurlHttpClient::CurlHttpClient(std::string user_agent) : user_agent_(std::move(user_agent)) {}

Result<std::unique_ptr<CurlHttpClient>> CurlHttpClient::create(std::string user_agent) {
  SONDE_TRY(start_curl());
  return std::unique_ptr<CurlHttpClient>(new CurlHttpClient(std::move(user_agent)));
}

HttpOutcome CurlHttpClient::post(const HttpPost& request) {
  const Easy easy(curl_easy_init());
  const Address address = address_of(request.url, request.http.tls);
  const CurlList headers = headers_of(request, address);
  if (!easy || !headers) return HttpFailure{Error{Code::kIo, "no memory for an HTTP request"}};
  std::string body;
  set_options(easy.get(), request, user_agent_);
  set_address(easy.get(), address);
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
  const CURLcode done = curl_easy_perform(easy.get());

  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (done != CURLE_OK && !is_final(status, request)) return failure(done, has_sent_all(easy.get(), request));
  HttpReply reply{static_cast<int>(status), std::move(body), std::nullopt};
  curl_header* retry_after = nullptr;
  if (curl_easy_header(easy.get(), "Retry-After", 0, CURLH_HEADER, -1, &retry_after) == CURLHE_OK) {
    reply.retry_after = retry_after->value;
  }
  return reply;
}

}  // namespace sonde::notify
