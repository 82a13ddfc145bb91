#include "cli/http_client.h"

#include <curl/curl.h>

#include <memory>

#include "base/utf8.h"
#include "cli/daemon_address.h"
#include "cli/human.h"

namespace sonde::cli {
namespace {

struct EasyDelete {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyDelete>;

struct Body {
  std::string text;
  std::size_t limit_bytes = 0;
  bool too_long = false;
};

std::size_t append_body(char* bytes, std::size_t size, std::size_t count, void* user) noexcept {
  auto& body = *static_cast<Body*>(user);
  body.too_long = size * count > body.limit_bytes - body.text.size();
  if (body.too_long) return 0;
  try {
    body.text.append(bytes, size * count);
  } catch (const std::bad_alloc&) {
    return 0;
  }
  return size * count;
}

/// Not every libcurl may be initialised by two threads at once; a static runs it once.
bool curl_is_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

Error transfer_error(CURLcode code, const std::string& where, const Body& body) {
  if (body.too_long) {
    return Error{Code::kLimit,
                 "the answer of " + where + " is longer than " + std::to_string(body.limit_bytes) + " bytes"};
  }
  if (code == CURLE_COULDNT_CONNECT) {
    return Error{Code::kIo, "no Sonde answers at " + where +
                                ": is it running? start it with `sudo sonde run`, or name another with --address"};
  }
  if (code == CURLE_COULDNT_RESOLVE_HOST) {
    return Error{Code::kIo, "the host of " + where + " has no address: is its name spelt right? see --address"};
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return Error{Code::kIo, where + " did not answer in time: is it a Sonde, and is the host overloaded?"};
  }
  return Error{Code::kIo, "what answers at " + where + " is no Sonde: " + curl_easy_strerror(code) +
                              "; name another with --address"};
}

Error refusal(long status, const std::string& url, const std::string& body) {
  constexpr std::size_t kShown = 200;
  const Code code = status == 404 ? Code::kNotFound : Code::kBadInput;
  std::string what = url + " answered " + std::to_string(status);
  const std::string line = cut_end(sanitise_utf8(body.substr(0, body.find_first_of("\r\n"))), kShown);
  if (!line.empty()) what += ": " + line;
  if (status == 404) what += "; is it a Sonde of another version?";
  return Error{code, what};
}

void set_options(CURL* easy, const std::string& url, const HttpLimits& limits, Body& body) {
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
  // An http_proxy in the environment is for the world outside; the daemon is on this host or network.
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "sonde");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &append_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
}

}  // namespace

Result<std::string> http_get(const DaemonAddress& address, const std::string& path_and_query,
                             const HttpLimits& limits) {
  const Easy easy(curl_is_ready() ? curl_easy_init() : nullptr);
  if (!easy) return Error{Code::kIo, "libcurl cannot be initialised: is memory short?"};
  const std::string where = to_text(address);
  const std::string url = "http://" + where + path_and_query;
  Body body{"", limits.body_bytes};
  set_options(easy.get(), url, limits, body);
  const CURLcode done = curl_easy_perform(easy.get());
  if (done != CURLE_OK) return transfer_error(done, where, body);
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return refusal(status, url, body.text);
  return std::move(body.text);
}

}  // namespace sonde::cli
