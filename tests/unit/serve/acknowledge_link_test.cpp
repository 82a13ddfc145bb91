#include "serve/acknowledge_link.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

#include "base/hmac.h"
#include "serve/base64url.h"
#include "serve/used_links.h"

namespace sonde::serve {
namespace {

using namespace std::chrono_literals;

constexpr LinkKey kKey{1, 2, 3, 4};
const WallTime kNow{1'800'000'000s};

LinkClaim claim() {
  return {.incident = 12, .occurrence = 3, .actor = "link by ops", .expires_at = kNow + 24h, .id = new_link_id()};
}

/// What anybody with the key could sign.
std::string signed_text(const std::string& text) {
  const std::string_view key(reinterpret_cast<const char*>(kKey.data()), kKey.size());
  return encode_base64url(text) + "." + encode_base64url(hmac_sha256(key, text));
}

TEST(LinkToken, says_what_was_put_into_it) {
  for (const char* actor : {"ann", "link by a channel, with \"signs\"", "two\nlines", "\xC3\xA9"}) {
    LinkClaim made = claim();
    made.actor = actor;
    const auto read = read_link_token(make_link_token(made, kKey), kKey);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(*read, made);
  }
}

TEST(LinkToken, is_fit_for_a_path) {
  const std::string token = make_link_token(claim(), kKey);
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."),
            std::string::npos);
  EXPECT_LE(token.size(), 200u);
}

TEST(LinkToken, with_any_letter_changed_is_none) {
  const std::string token = make_link_token(claim(), kKey);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read_link_token(changed, kKey)) << i;
    EXPECT_FALSE(read_link_token(token.substr(0, i), kKey)) << i;
  }
  EXPECT_FALSE(read_link_token(token + "A", kKey));
}

TEST(LinkToken, of_another_key_is_forged) {
  const auto read = read_link_token(make_link_token(claim(), LinkKey{9}), kKey);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kPermission);
}

struct DamagedRow {
  const char* name;
  std::string token;
};

class DamagedCase : public testing::TestWithParam<DamagedRow> {};

TEST_P(DamagedCase, is_no_token) {
  const auto read = read_link_token(GetParam().token, kKey);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kBadInput) << read.error().what;
}

const std::string kId = "AAAAAAAAAAAAAAAAAAAAAA";

INSTANTIATE_TEST_SUITE_P(
    Tokens, DamagedCase,
    testing::Values(DamagedRow{"empty", ""}, DamagedRow{"dot", "."}, DamagedRow{"word", "word"},
                    DamagedRow{"no_signature", encode_base64url("1") + "."},
                    DamagedRow{"long_one", std::string(2'000, 'A') + "." + std::string(43, 'A')},
                    DamagedRow{"of_another_version", signed_text("2\nacknowledge\n1\n1\n9\n" + kId + "\na")},
                    DamagedRow{"of_another_action", signed_text("1\nresolve\n1\n1\n9\n" + kId + "\na")},
                    DamagedRow{"of_no_incident", signed_text("1\nacknowledge\n0\n1\n9\n" + kId + "\na")},
                    DamagedRow{"with_a_sign", signed_text("1\nacknowledge\n-1\n1\n9\n" + kId + "\na")},
                    DamagedRow{"with_a_zero_in_front", signed_text("1\nacknowledge\n01\n1\n9\n" + kId + "\na")},
                    DamagedRow{"of_no_occurrence", signed_text("1\nacknowledge\n1\n4294967296\n9\n" + kId + "\na")},
                    DamagedRow{"beyond_all_time", signed_text("1\nacknowledge\n1\n1\n9000000001\n" + kId + "\na")},
                    DamagedRow{"without_id", signed_text("1\nacknowledge\n1\n1\n9\n\na")},
                    DamagedRow{"with_a_short_id", signed_text("1\nacknowledge\n1\n1\n9\nAAAA\na")},
                    DamagedRow{"of_nobody", signed_text("1\nacknowledge\n1\n1\n9\n" + kId + "\n")},
                    DamagedRow{"of_no_text", signed_text("1\nacknowledge\n1\n1\n9\n" + kId + "\n\xff")},
                    DamagedRow{"of_a_long_name",
                               signed_text("1\nacknowledge\n1\n1\n9\n" + kId + "\n" + std::string(257, 'a'))}),
    [](const auto& row) { return row.param.name; });

TEST(LinkId, is_never_the_same) {
  std::set<std::string> ids;
  for (int i = 0; i < 1'000; ++i) ids.insert(new_link_id());
  EXPECT_EQ(ids.size(), 1'000u);
  EXPECT_EQ(ids.begin()->size(), 22u);
}

TEST(UsedLinks, knows_who_was_first) {
  MemoryUsedLinks used(24h);
  EXPECT_EQ(*used.find("a"), std::nullopt);
  EXPECT_TRUE(*used.claim("a", "ann", kNow));
  EXPECT_FALSE(*used.claim("a", "ben", kNow + 1h));
  EXPECT_EQ(*used.find("a"), (LinkUse{"ann", kNow}));
}

TEST(UsedLinks, forgets_what_has_expired_and_nothing_else) {
  MemoryUsedLinks used(24h, 2);
  EXPECT_TRUE(*used.claim("a", "ann", kNow));
  EXPECT_TRUE(*used.claim("b", "ann", kNow + 1h));
  const auto full = used.claim("c", "ann", kNow + 24h);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::kLimit);
  EXPECT_FALSE(*used.claim("a", "ann", kNow + 24h)) << "as long as the link could be of use";
  EXPECT_TRUE(*used.claim("c", "ann", kNow + 24h + 1s));
  EXPECT_FALSE(*used.claim("b", "ann", kNow + 24h + 1s));
}

}  // namespace
}  // namespace sonde::serve
