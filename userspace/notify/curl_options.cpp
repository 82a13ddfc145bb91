#include "notify/curl_options.h"

#include <memory>

namespace sonde::notify {
namespace {

struct UrlDelete {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlDelete>;

struct TextDelete {
  void operator()(char* text) const noexcept { curl_free(text); }
};

/// Empty if there is none.
std::string part_of(const Url& url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, TextDelete> owner(text);
  return text;
}

}  // namespace

void set_tls(CURL* easy, const TlsOptions& options) {
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, options.verifies ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, options.verifies ? 2L : 0L);
  if (!options.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.cert_file.empty()) curl_easy_setopt(easy, CURLOPT_SSLCERT, options.cert_file.c_str());
  if (!options.key_file.empty()) curl_easy_setopt(easy, CURLOPT_SSLKEY, options.key_file.c_str());
}

Address address_of(const std::string& url, const TlsOptions& options) {
  Address address{.url = url};
  const Url parts(curl_url());
  if (options.server_name.empty() || !parts) return address;
  // smtp is known without its TLS, and a port that is not there is that of the scheme.
  if (curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return address;
  const std::string host = part_of(parts, CURLUPART_HOST);
  const std::string port = part_of(parts, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (curl_url_set(parts.get(), CURLUPART_HOST, options.server_name.c_str(), 0) != CURLUE_OK) return address;
  const std::string named = part_of(parts, CURLUPART_URL);
  if (host.empty() || port.empty() || named.empty()) return address;
  CurlList connect_to;
  if (!append(connect_to, options.server_name + ":" + port + ":" + host + ":" + port)) return address;
  const std::string given_port = part_of(parts, CURLUPART_PORT);
  return {
      .url = named, .host = given_port.empty() ? host : host + ":" + given_port, .connect_to = std::move(connect_to)};
}

void set_address(CURL* easy, const Address& address) {
  curl_easy_setopt(easy, CURLOPT_URL, address.url.c_str());
  if (address.connect_to) curl_easy_setopt(easy, CURLOPT_CONNECT_TO, address.connect_to.get());
}

}  // namespace sonde::notify
