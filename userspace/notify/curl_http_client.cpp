#include "notify/curl_http_client.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "notify/curl_handles.h"

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
CurlList headers_of(const HttpPost& request) {
  CurlList headers;
  bool complete = append(headers, "Content-Type: " + request.content_type);
  // Without this curl asks first for larger bodies and waits a second for servers that do not answer the question.
  complete = complete && append(headers, "Expect:");
  for (const HttpHeader& header : request.headers) {
    complete = complete && append(headers, header.name + ": " + header.value);
  }
  return complete ? std::move(headers) : nullptr;
}

void set_trust(CURL* easy, const HttpPost& request) {
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!request.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, request.ca_file.c_str());
  if (request.user.empty()) return;
  curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  curl_easy_setopt(easy, CURLOPT_USERNAME, request.user.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, request.password.c_str());
}

void set_options(CURL* easy, const HttpPost& request, const std::string& user_agent) {
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set_trust(easy, request);
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
  const CurlList headers = headers_of(request);
  if (!easy || !headers) return HttpFailure{Error{Code::kIo, "no memory for an HTTP request"}};
  std::string body;
  set_options(easy.get(), request, user_agent_);
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
  const CURLcode done = curl_easy_perform(easy.get());

  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  // A final status is the receiver's answer, even if the rest of the response never came: asking again would deliver
  // twice.
  if (done != CURLE_OK && status < 200) return failure(done, has_sent_all(easy.get(), request));
  HttpReply reply{static_cast<int>(status), std::move(body), std::nullopt};
  curl_header* retry_after = nullptr;
  if (curl_easy_header(easy.get(), "Retry-After", 0, CURLH_HEADER, -1, &retry_after) == CURLHE_OK) {
    reply.retry_after = retry_after->value;
  }
  return reply;
}

}  // namespace sonde::notify
