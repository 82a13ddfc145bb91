#include "notify/curl_http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace sonde::notify {
namespace {

constexpr std::size_t kBodyKeptBytes = 4096;
constexpr std::size_t kBodyReadBytes = 1U << 20U;

struct EasyDelete {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyDelete>;

struct ListDelete {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDelete>;

struct Body {
  std::string kept;
  std::size_t read_bytes = 0;
};

/// Shape given by CURLOPT_WRITEFUNCTION. Nobody needs to read an endless answer to its end: stopping is no failure, for
/// the status is already there.
std::size_t keep_body(char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<Body*>(into);
  const std::size_t bytes = size * count;
  body.read_bytes += bytes;
  body.kept.append(data, std::min(bytes, kBodyKeptBytes - body.kept.size()));
  return body.read_bytes > kBodyReadBytes ? 0 : bytes;
}

HeaderList headers_of(const HttpPost& request) {
  HeaderList headers(curl_slist_append(nullptr, ("Content-Type: " + request.content_type).c_str()));
  // Without this curl asks first for larger bodies and waits a second for servers that do not answer the question.
  if (headers && !curl_slist_append(headers.get(), "Expect:")) headers.reset();
  return headers;
}

void set_options(CURL* easy, const HttpPost& request, const std::string& user_agent) {
  const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(request.timeout);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, std::max(1L, static_cast<long>(timeout.count())));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &keep_body);
}

Error failure(CURLcode code) {
  const bool bad_url = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_NOT_BUILT_IN;
  // The text of the code only: curl's longer one (CURLOPT_ERRORBUFFER) can quote the URL.
  std::string text = curl_easy_strerror(code);
  if (bad_url) return Error{Code::kBadConfig, text + "; give the channel a complete http:// or https:// URL"};
  return Error{Code::kIo, std::move(text)};
}

}  // namespace

CurlHttpClient::CurlHttpClient(std::string user_agent) : user_agent_(std::move(user_agent)) {}

Result<std::unique_ptr<CurlHttpClient>> CurlHttpClient::create(std::string user_agent) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) {
    return Error{Code::kUnsupported, std::string("start libcurl: ") + curl_easy_strerror(started)};
  }
  return std::unique_ptr<CurlHttpClient>(new CurlHttpClient(std::move(user_agent)));
}

Result<HttpReply> CurlHttpClient::post(const HttpPost& request) {
  const Easy easy(curl_easy_init());
  const HeaderList headers = headers_of(request);
  if (!easy || !headers) return Error{Code::kIo, "no memory for an HTTP request"};
  Body body;
  set_options(easy.get(), request, user_agent_);
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
  const CURLcode done = curl_easy_perform(easy.get());

  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  // A final status is the receiver's answer, even if the rest of the response never came: asking again would deliver
  // twice.
  if (done != CURLE_OK && status < 200) return failure(done);
  HttpReply reply{static_cast<int>(status), std::move(body.kept), std::nullopt};
  curl_header* retry_after = nullptr;
  if (curl_easy_header(easy.get(), "Retry-After", 0, CURLH_HEADER, -1, &retry_after) == CURLHE_OK) {
    reply.retry_after = retry_after->value;
  }
  return reply;
}

}  // namespace sonde::notify
