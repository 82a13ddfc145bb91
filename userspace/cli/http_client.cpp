#include "cli/http_client.h"

#include <curl/curl.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/file.h"
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

/// Lines of a request's head, which libcurl does not copy.
class HeaderLines {
 public:
  void add(const std::string& name, const std::string& value) {
    if (value.empty()) return;
    curl_slist* const longer = curl_slist_append(lines_.get(), (name + ": " + value).c_str());
    if (longer == nullptr) return;
    static_cast<void>(lines_.release());
    lines_.reset(longer);
  }

  [[nodiscard]] curl_slist* get() const { return lines_.get(); }

 private:
  struct Free {
    void operator()(curl_slist* lines) const noexcept { curl_slist_free_all(lines); }
  };
  std::unique_ptr<curl_slist, Free> lines_;
};

/// The value of the header that shows a token; empty without one.
Result<std::string> authorization_of(const DaemonAddress& address) {
  if (address.token_file.empty()) return std::string();
  auto token = read_file(address.token_file);
  if (!token) return std::move(token).error().with("the token of " + to_text(address));
  const std::size_t end = token->find_last_not_of(" \t\r\n");
  const std::string line = token->substr(0, end == std::string::npos ? 0 : end + 1);
  if (line.empty() || line.find_first_of("\r\n") != std::string::npos) {
    return Error{Code::kBadInput, "the token file " + address.token_file + " must hold one line, the token"};
  }
  return "Bearer " + line;
}

/// What is sent besides the address: a body of some type, and headers.
struct Sent {
  const char* method = nullptr;  // nullptr: GET, or POST if there is a body
  const std::string* body = nullptr;
  std::vector<std::pair<std::string, std::string>> headers{};
};

void set_body(CURL* easy, const Sent& sent) {
  if (sent.body != nullptr) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(sent.body->size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, sent.body->c_str());
  }
  if (sent.method != nullptr) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, sent.method);
}

/// Asks `path_and_query` of the daemon.
Result<HttpAnswer> perform(const DaemonAddress& address, const std::string& path_and_query, const Sent& sent,
                           const HttpLimits& limits) {
  const Easy easy(curl_is_ready() ? curl_easy_init() : nullptr);
  if (!easy) return Error{Code::kIo, "libcurl cannot be initialised: is memory short?"};
  const std::string where = to_text(address);
  Body body{"", limits.body_bytes};
  set_options(easy.get(), "http://" + where + path_and_query, limits, body);
  set_body(easy.get(), sent);
  HeaderLines headers;
  for (const auto& [name, value] : sent.headers) headers.add(name, value);
  headers.add("Authorization", SONDE_TRY(authorization_of(address)));
  if (headers.get() != nullptr) curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  const CURLcode done = curl_easy_perform(easy.get());
  if (done != CURLE_OK) return transfer_error(done, where, body);
  HttpAnswer answer;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  answer.body = std::move(body.text);
  return answer;
}

/// What a Sonde says is wrong: the `error` of a body, or the text that it is; empty where it says nothing of the kind.
std::string complaint_of(const std::string& body) {
  constexpr std::size_t kShown = 400;
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (parsed.is_string()) return cut_end(sanitise_utf8(parsed.get<std::string>()), kShown);
  if (!parsed.is_object() || !parsed.contains("error") || !parsed["error"].is_string()) return "";
  return cut_end(sanitise_utf8(parsed["error"].get<std::string>()), kShown);
}

std::string first_line_of(const std::string& body) {
  constexpr std::size_t kShown = 200;
  return cut_end(sanitise_utf8(body.substr(0, body.find_first_of("\r\n"))), kShown);
}

Code code_of(long status) {
  switch (status) {
    case 401:
    case 403:
      return Code::kPermission;
    case 404:
      return Code::kNotFound;
    case 409:
      return Code::kConflict;
    case 412:
      return Code::kStale;
    default:
      return Code::kBadInput;
  }
}

}  // namespace

Result<std::string> http_get(const DaemonAddress& address, const std::string& path_and_query,
                             const HttpLimits& limits) {
  HttpAnswer answer = SONDE_TRY(perform(address, path_and_query, {}, limits));
  if (answer.status != 200) return refusal(address, path_and_query, answer);
  return std::move(answer.body);
}

Result<HttpAnswer> http_post_form(const DaemonAddress& address, const std::string& path,
                                  std::span<const FormField> fields, const HttpLimits& limits) {
  std::string form;
  for (const FormField& field : fields) {
    form += (form.empty() ? "" : "&") + percent_encoded(field.name) + "=" + percent_encoded(field.value);
  }
  return perform(address, path, {.body = &form}, limits);
}

Result<HttpAnswer> http_ask(const DaemonAddress& address, const HttpQuestion& question, const HttpLimits& limits) {
  Sent sent{.method = question.method.c_str()};
  if (question.method == "POST") {
    sent.body = &question.json;
    sent.headers.emplace_back("Content-Type", "application/json");
  }
  sent.headers.emplace_back("If-Match", question.if_match);
  sent.headers.emplace_back("Idempotency-Key", question.idempotency_key);
  return perform(address, question.path_and_query, sent, limits);
}

Error refusal(const DaemonAddress& address, const std::string& path_and_query, const HttpAnswer& answer) {
  const Code code = code_of(answer.status);
  std::string complaint = complaint_of(answer.body);
  if (!complaint.empty()) return Error{code, std::move(complaint)};
  std::string what = "http://" + to_text(address) + path_and_query + " answered " + std::to_string(answer.status);
  const std::string line = first_line_of(answer.body);
  if (!line.empty()) what += ": " + line;
  if (code == Code::kNotFound) what += "; is it a Sonde of another version?";
  return Error{code, std::move(what)};
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
