#include "base/utf8.h"

#include <gtest/gtest.h>

namespace sonde {
namespace {

TEST(Utf8, keeps_what_is_well_formed) {
  for (const char* text : {"", "/plain", "/caf\xC3\xA9", "/\xE2\x82\xAC", "/\xF0\x9F\x98\x80"}) {
    EXPECT_TRUE(is_valid_utf8(text));
    EXPECT_EQ(sanitise_utf8(text), text);
  }
}

TEST(Utf8, replaces_every_malformed_byte_and_control_character) {
  for (const char* text : {"\x80", "\xC0\xAF", "\xC3", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x80\x80", "\xFF"}) {
    EXPECT_FALSE(is_valid_utf8(text));
    EXPECT_TRUE(is_valid_utf8(sanitise_utf8(text)));
    EXPECT_NE(sanitise_utf8(text), text);
  }
  EXPECT_EQ(sanitise_utf8("a\nb\x7F"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

TEST(Utf8, survives_every_pair_of_bytes) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text{static_cast<char>(first), static_cast<char>(second)};
      EXPECT_TRUE(is_valid_utf8(sanitise_utf8(text)));
    }
  }
}

}  // namespace
}  // namespace sonde
