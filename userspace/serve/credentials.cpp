#include "serve/credentials.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cctype>

namespace sonde::serve {
namespace {

/// What follows a scheme's name, which is not case sensitive (RFC 9110, section 11.1).
std::optional<std::string_view> after_scheme(std::string_view header, std::string_view scheme) {
  const auto same = [](unsigned char left, unsigned char right) { return std::tolower(left) == std::tolower(right); };
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ' ||
      !std::equal(scheme.begin(), scheme.end(), header.begin(), same)) {
    return std::nullopt;
  }
  header.remove_prefix(scheme.size());
  const std::size_t start = header.find_first_not_of(' ');
  if (start == std::string_view::npos) return std::nullopt;
  return header.substr(start, header.find_last_not_of(' ') - start + 1);
}

/// The value of a base64 digit (RFC 4648, section 4); nothing for another character.
std::optional<unsigned> digit_of(char letter) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t at = kDigits.find(letter);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

std::optional<std::string> decode_base64(std::string_view text) {
  constexpr unsigned kDigitBits = 6;
  constexpr unsigned kByteBits = 8;
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string decoded;
  unsigned bits = 0;
  unsigned bit_count = 0;
  for (const char letter : text) {
    const auto digit = digit_of(letter);
    if (!digit) return std::nullopt;
    bits = (bits << kDigitBits | *digit) & 0xFFFFU;
    bit_count += kDigitBits;
    if (bit_count < kByteBits) continue;
    bit_count -= kByteBits;
    decoded += static_cast<char>(bits >> bit_count & 0xFFU);
  }
  return decoded;
}

}  // namespace

std::optional<Credentials> parse_authorization(std::string_view header) {
  if (const auto token = after_scheme(header, "bearer")) return Credentials{std::string(*token)};
  const auto encoded = after_scheme(header, "basic");
  if (!encoded) return std::nullopt;
  const auto pair = decode_base64(*encoded);
  if (!pair) return std::nullopt;
  const std::size_t colon = pair->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{std::nullopt, pair->substr(0, colon), pair->substr(colon + 1)};
}

UserBook::UserBook(std::span<const User> users) {
  for (const User& user : users) {
    Held held{.known = {user.name, user.role}, .token = {}, .password = {}};
    if (!user.token.empty()) held.token = digest_of(user.token);
    if (!user.password.empty()) held.password = digest_of(user.password);
    users_.push_back(std::move(held));
  }
}

const UserBook::Known* UserBook::find(const Credentials& shown) const {
  const Digest digest = digest_of(shown.token ? *shown.token : shown.password);
  const Known* found = nullptr;
  for (const Held& held : users_) {
    const std::optional<Digest>& wanted = shown.token ? held.token : held.password;
    const bool is_named = shown.token.has_value() || held.known.name == shown.name;
    const Digest against = wanted.value_or(Digest{});
    const bool is_same = CRYPTO_memcmp(against.data(), digest.data(), digest.size()) == 0;
    if (is_same && is_named && wanted.has_value()) found = &held.known;
  }
  return found;
}

UserBook::Digest UserBook::digest_of(std::string_view text) {
  Digest digest{};
  static_assert(std::tuple_size_v<Digest> == SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

}  // namespace sonde::serve
