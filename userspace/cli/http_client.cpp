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

/// Asks `url` of the daemon; posts `form` if there is one, encoded.
Result<HttpAnswer> perform(const DaemonAddress& address, const std::string& path_and_query, const std::string* form,
                           const HttpLimits& limits) {
  const Easy easy(curl_is_ready() ? curl_easy_init() : nullptr);
  if (!easy) return Error{Code::kIo, "libcurl cannot be initialised: is memory short?"};
  const std::string where = to_text(address);
  Body body{"", limits.body_bytes};
  set_options(easy.get(), "http://" + where + path_and_query, limits, body);
  if (form != nullptr) {
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(form->size()));
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, form->c_str());
  }
  const CURLcode done = curl_easy_perform(easy.get());
  if (done != CURLE_OK) return transfer_error(done, where, body);
  HttpAnswer answer;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  answer.body = std::move(body.text);
  return answer;
}

}  // namespace

Result<std::string> http_get(const DaemonAddress& address, const std::string& path_and_query,
                             const HttpLimits& limits) {
  HttpAnswer answer = SONDE_TRY(perform(address, path_and_query, nullptr, limits));
  if (answer.status != 200) return refusal(address, path_and_query, answer);
  return std::move(answer.body);
}

Result<HttpAnswer> http_post_form(const DaemonAddress& address, const std::string& path,
                                  std::span<const FormField> fields, const HttpLimits& limits) {
  std::string form;
  for (const FormField& field : fields) {
    form += (form.empty() ? "" : "&") + percent_encoded(field.name) + "=" + percent_encoded(field.value);
  }
  return perform(address, path, &form, limits);
}

Error refusal(const DaemonAddress& address, const std::string& path_and_query, const HttpAnswer& answer) {
  constexpr std::size_t kShown = 200;
  std::string what = "http://" + to_text(address) + path_and_query + " answered " + std::to_string(answer.status);
  const std::string line = cut_end(sanitise_utf8(answer.body.substr(0, answer.body.find_first_of("\r\n"))), kShown);
  if (!line.empty()) what += ": " + line;
  if (answer.status != 404) return Error{Code::kBadInput, what};
  return Error{Code::kNotFound, what + "; is it a Sonde of another version?"};
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') ||
                          std::string_view("-._~").find(letter) != std::string_view::npos;
    if (is_plain) {
      encoded += letter;
    } else {
      encoded += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
    }
  }
  return encoded;
}

}  // namespace sonde::cli
