#include "serve/acknowledge_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <string>

namespace sonde::serve {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string header_of(const HttpResponse& response, const std::string& name) {
  const auto found = std::ranges::find(response.headers, name, &std::pair<std::string, std::string>::first);
  return found == response.headers.end() ? "(none)" : found->second;
}

AcknowledgePage page() {
  return {.status = 200,
          .title = "Acknowledge incident #12?",
          .sentences = {"You take it on."},
          .facts = {{"Service", "<b>shop</b> & \"co\""}},
          .has_button = true};
}

TEST(AcknowledgePage, has_one_button_that_needs_no_script) {
  const std::string html = *acknowledge_response(page()).body;
  EXPECT_THAT(html, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(html, HasSubstr("name=\"viewport\""));
  EXPECT_THAT(html, HasSubstr("<form method=\"post\">"));
  EXPECT_THAT(html, HasSubstr("<button type=\"submit\">Acknowledge</button>"));
  EXPECT_THAT(html, HasSubstr("<h1>Acknowledge incident #12?</h1>"));
  EXPECT_THAT(html, HasSubstr("role=\"status\""));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("http")));
  AcknowledgePage without = page();
  without.has_button = false;
  EXPECT_THAT(*acknowledge_response(without).body, Not(HasSubstr("<form")));
}

TEST(AcknowledgePage, lets_no_text_become_anything_else) {
  const std::string html = *acknowledge_response(page()).body;
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;shop&lt;/b&gt; &amp; &quot;co&quot;"));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
}

TEST(AcknowledgePage, keeps_its_address_to_itself) {
  const HttpResponse response = acknowledge_response(page());
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(header_of(response, "Cache-Control"), "no-store");
  EXPECT_EQ(header_of(response, "Referrer-Policy"), "no-referrer");
  EXPECT_EQ(header_of(response, "X-Robots-Tag"), "noindex, nofollow");
  EXPECT_THAT(header_of(response, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_THAT(header_of(response, "Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
}

TEST(AcknowledgePage, allows_its_own_style) {
  const HttpResponse response = acknowledge_response(page());
  const std::string& html = *response.body;
  const std::size_t begin = html.find("<style>") + 7;
  const std::string style = html.substr(begin, html.find("</style>") - begin);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(style.data()), style.size(), digest.data());
  std::array<unsigned char, 64> text{};
  EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  EXPECT_THAT(header_of(response, "Content-Security-Policy"),
              HasSubstr(std::string("'sha256-") + reinterpret_cast<const char*>(text.data()) + "'"));
}

}  // namespace
}  // namespace sonde::serve
