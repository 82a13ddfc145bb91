#include "config/spelling.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "base/nearest_word.h"

namespace sonde::config {
namespace {

TEST(ListenAddress, is_a_host_and_a_port) {
  for (const char* good :
       {"127.0.0.1:10977", "[::1]:0", "[2001:db8::1]:80", ":80", "localhost:80", "a-b.example:65535"}) {
    EXPECT_TRUE(check_listen_address(good)) << good;
  }
  for (const char* bad : {"", "80", ":", ":65536", ":-1", "localhost", "::1:80", "[::1]", "[::1:80", "[1.2.3.4]:80",
                          "256.0.0.1:80", "1.2.3:80", "a b:80", "http://a:80", "a:80 ", "[]:80"}) {
    EXPECT_FALSE(check_listen_address(bad)) << bad;
  }
}

TEST(HttpUrl, has_a_scheme_and_a_host) {
  for (const char* good : {"http://a", "https://hooks.example/services/T/B/x", "http://127.0.0.1:9/", "https://u:p@h/x",
                           "http://[::1]:80/a?b=c#d"}) {
    EXPECT_TRUE(check_http_url(good)) << good;
  }
  for (const char* bad : {"", "a", "http:/a", "http://", "https://:80", "https://u@", "ftp://a", "https://a b",
                          "https://a\n", "https://\xC3\xA9", "//a", "http://?a"}) {
    EXPECT_FALSE(check_http_url(bad)) << bad;
  }
}

TEST(Route, is_a_path_whose_parameters_fill_their_segments) {
  for (const char* good : {"/", "/users/{id}/orders", "/{a}/{b-c}", "/a//b/", "/caf\xC3\xA9"}) {
    EXPECT_TRUE(check_route(good)) << good;
  }
  for (const char* bad : {"", "a", "/a?b", "/a#b", "/a b", "/{}", "/{id", "/id}", "/x{id}", "/{id}x", "/{a{b}}"}) {
    EXPECT_FALSE(check_route(bad)) << bad;
  }
}

TEST(Size, is_counted_in_powers_of_1024) {
  EXPECT_EQ(*parse_size("8MiB"), 8U << 20U);
  EXPECT_EQ(*parse_size("64 KiB"), 64U << 10U);
  EXPECT_EQ(*parse_size("1GiB"), 1U << 30U);
  EXPECT_EQ(*parse_size("65536"), 65536u);
  EXPECT_EQ(*parse_size("65536B"), 65536u);
  for (const char* bad :
       {"", "MiB", "8MB", "8mib", "-8MiB", "1.5MiB", "8MiB ", "99999999999999999999", "17179869184GiB"}) {
    EXPECT_FALSE(parse_size(bad)) << bad;
  }
}

TEST(ShownValue, cuts_between_letters_and_hides_urls) {
  EXPECT_EQ(shown_value("a\nb"),
            "'a\xEF\xBF\xBD"
            "b'");
  EXPECT_EQ(shown_value(std::string(59, 'x') + "\xC3\xA9" + "y"), "'" + std::string(59, 'x') + "...'");
  EXPECT_EQ(shown_value("see https://secret"), "this URL");
}

TEST(Nearest, finds_the_word_that_was_meant) {
  constexpr std::array<std::string_view, 5> kWords{"port", "process", "listen", "max_connections", "url"};
  EXPECT_EQ(nearest_word("prot", kWords), "port");
  EXPECT_EQ(nearest_word("Port", kWords), "port");
  EXPECT_EQ(nearest_word("proces", kWords), "process");
  EXPECT_EQ(nearest_word("max-connection", kWords), "max_connections");
  EXPECT_EQ(nearest_word("ulr", kWords), "url");
  EXPECT_EQ(nearest_word("maximum", kWords), "");
  EXPECT_EQ(nearest_word("", kWords), "");
  EXPECT_EQ(nearest_word(std::string(100'000, 'p'), kWords), "");
}

}  // namespace
}  // namespace sonde::config
