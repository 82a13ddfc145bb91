#include "app/forwarder.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "cli/http_client.h"
#include "notify/curl_handles.h"

namespace sonde::app {
namespace {

constexpr std::size_t kMostBytes = 64U << 20U;

/// Of the connection, or told anew by our own server.
constexpr std::array<std::string_view, 10> kNotPassedOn{
    "connection",       "content-length", "content-type", "date",   "transfer-encoding",
    "content-encoding", "keep-alive",     "vary",         "server", "upgrade"};

struct Received {
  std::string body;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& received = *static_cast<Received*>(into);
  if (received.body.size() + size * count > kMostBytes) return 0;
  received.body.append(bytes, size * count);
  return size * count;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& received = *static_cast<Received*>(into);
  const std::string_view line(bytes, size * count);
  const std::size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) received.headers.clear();  // 100 Continue came before
  if (colon == std::string_view::npos) return size * count;
  std::string name(line.substr(0, colon));
  const std::string value(trimmed(line.substr(colon + 1)));
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "content-type") received.content_type = value;
  if (std::ranges::find(kNotPassedOn, lower) == kNotPassedOn.end()) {
    received.headers.emplace_back(std::move(name), value);
  }
  return size * count;
}

/// What libcurl asks as it goes on: anything but 0 ends it.
int ends(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

notify::CurlList headers_of(const serve::HttpRequest& request) {
  notify::CurlList list;
  const auto add = [&list](const char* name, const std::string& value) {
    if (!value.empty()) notify::append(list, std::string(name) + ": " + value);
  };
  add("Host", request.host);
  add("Content-Type", request.content_type);
  add("Authorization", request.authorization);
  add("Origin", request.origin);
  add("If-Match", request.if_match);
  add("Idempotency-Key", request.idempotency_key);
  add("X-Slack-Signature", request.slack_signature);
  add("X-Slack-Request-Timestamp", request.slack_timestamp);
  add("X-PagerDuty-Signature", request.pagerduty_signature);
  notify::append(list, "Expect:");
  return list;
}

void set_body(CURL* easy, const serve::HttpRequest& request) {
  if (request.method == "GET") return;
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  const std::string& body = request.form.empty() ? request.body : request.form;
  if (body.empty() && request.method != "POST" && request.method != "PUT") return;
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, body.c_str());
}

std::string escaped_path(const std::string& path) {
  std::string escaped;
  for (const char c : path) escaped += c == '/' ? std::string(1, c) : cli::percent_encoded(std::string_view(&c, 1));
  return escaped;
}

}  // namespace

std::string forwarded_url(const std::string& url, const serve::HttpRequest& request) {
  std::string target = url + escaped_path(request.path);
  std::size_t of_form = request.form.empty() ? 0 : std::size_t{1} + std::ranges::count(request.form, '&');
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    if (of_form > 0) {
      --of_form;
      continue;
    }
    target += separator + cli::percent_encoded(name) + "=" + cli::percent_encoded(value);
    separator = '&';
  }
  return target;
}

Result<serve::HttpResponse> forward(const std::string& url, const serve::HttpRequest& request,
                                    std::chrono::milliseconds timeout, const std::stop_token& stop) {
  const notify::Easy easy(curl_easy_init());
  if (easy == nullptr) return Error{Code::kLimit, "no memory for a connection"};
  const std::string target = forwarded_url(url, request);
  const notify::CurlList headers = headers_of(request);
  Received received;
  curl_easy_setopt(easy.get(), CURLOPT_URL, target.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT_MS, 2'000L);
  curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &received);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERDATA, &received);
  curl_easy_setopt(easy.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy.get(), CURLOPT_XFERINFOFUNCTION, &ends);
  curl_easy_setopt(easy.get(), CURLOPT_XFERINFODATA, const_cast<std::stop_token*>(&stop));
  set_body(easy.get(), request);
  if (const CURLcode status = curl_easy_perform(easy.get()); status != CURLE_OK) {
    return Error{Code::kIo, stop.stop_requested() ? "this hub is about to decide itself" : curl_easy_strerror(status)};
  }
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  serve::HttpResponse response;
  response.status = static_cast<unsigned>(status);
  if (!received.content_type.empty()) response.content_type = std::move(received.content_type);
  response.body = std::make_shared<const std::string>(std::move(received.body));
  response.compressible = true;
  response.headers = std::move(received.headers);
  return response;
}

}  // namespace sonde::app
