#include "serve/acknowledge_page.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <string_view>

#include "serve/handler.h"
#include "serve/html_text.h"

namespace sonde::serve {
namespace {

constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}"
    "body{font:1.125rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:40rem;padding:1rem;overflow-wrap:anywhere}"
    "h1{font-size:1.5rem;line-height:1.25}"
    "dt{font-weight:bold}dd{margin:0 0 .75rem}"
    "button{font:inherit;font-weight:bold;width:100%;min-height:3.5rem;border:0;border-radius:.5rem;"
    "background:#0b57d0;color:#fff;cursor:pointer}"
    "button:focus-visible{outline:.25rem solid #f9ab00;outline-offset:.125rem}";

/// The one style that the page may have.
std::string style_source() {
  constexpr std::size_t kTextBytes = 48;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(kStyle.data()), kStyle.size(), digest.data());
  std::array<unsigned char, kTextBytes> text{};
  const int size = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return "'sha256-" + std::string(reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)) + "'";
}

std::string text_of(const AcknowledgePage& page) {
  const std::string title = escape_html(page.title);
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex, nofollow\">\n<title>" +
      title + " - Sonde</title>\n<style>" + std::string(kStyle) + "</style>\n</head>\n<body>\n<main>\n<h1>" + title +
      "</h1>\n";
  if (!page.sentences.empty()) html += "<div role=\"status\">\n";
  for (const std::string& sentence : page.sentences) html += "<p>" + escape_html(sentence) + "</p>\n";
  if (!page.sentences.empty()) html += "</div>\n";
  if (!page.facts.empty()) html += "<dl>\n";
  for (const auto& [name, text] : page.facts) {
    html += "<dt>" + escape_html(name) + "</dt>\n<dd>" + escape_html(text) + "</dd>\n";
  }
  if (!page.facts.empty()) html += "</dl>\n";
  if (page.has_button) html += "<form method=\"post\">\n<button type=\"submit\">Acknowledge</button>\n</form>\n";
  return html + "</main>\n</body>\n</html>\n";
}

}  // namespace

HttpResponse acknowledge_response(const AcknowledgePage& page) {
  static const std::string kPolicy = "default-src 'none'; style-src " + style_source() +
                                     "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
  HttpResponse response = text_response(page.status, text_of(page));
  response.content_type = "text/html; charset=utf-8";
  response.headers = {{"Content-Security-Policy", kPolicy}, {"Cache-Control", "no-store"},
                      {"Referrer-Policy", "no-referrer"},   {"X-Content-Type-Options", "nosniff"},
                      {"X-Frame-Options", "DENY"},          {"X-Robots-Tag", "noindex, nofollow"}};
  return response;
}

}  // namespace sonde::serve
