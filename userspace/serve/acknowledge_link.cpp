#include "serve/acknowledge_link.h"

#include <openssl/rand.h>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "base/hmac.h"
#include "base/utf8.h"
#include "serve/base64url.h"
#include "serve/signature.h"

namespace sonde::serve {
namespace {

constexpr std::string_view kVersion = "1";
constexpr std::string_view kAcknowledge = "acknowledge";
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kSignatureBytes = 32;
constexpr std::size_t kLongestToken = 1024;
constexpr std::size_t kLongestActor = 256;

Error damaged() { return Error{Code::kBadInput, "the link is damaged"}; }

std::string_view bytes_of(const LinkKey& key) { return {reinterpret_cast<const char*>(key.data()), key.size()}; }

/// The lines of a claim, the last of which is all that is left.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  std::string_view next() {
    const std::string_view line = text_.substr(0, text_.find('\n'));
    text_.remove_prefix(line.size() < text_.size() ? line.size() + 1 : line.size());
    return line;
  }
  [[nodiscard]] std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

/// As to_string writes it, and from 1 on.
template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc{} || stopped != end || number <= 0 || text.front() == '0') return std::nullopt;
  return number;
}

std::int64_t seconds_of(WallTime at) { return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count(); }

std::string text_of(const LinkClaim& claim) {
  std::string text(kVersion);
  text.append("\n").append(kAcknowledge);
  text += '\n' + std::to_string(claim.incident) + '\n' + std::to_string(claim.occurrence);
  text += '\n' + std::to_string(seconds_of(claim.expires_at)) + '\n' + claim.id + '\n' + claim.actor;
  return text;
}

bool is_id(std::string_view text) {
  const auto bytes = decode_base64url(text);
  return bytes && bytes->size() == kIdBytes;
}

Result<LinkClaim> parse_claim(std::string_view text) {
  // Beyond this there is no WallTime.
  constexpr std::int64_t kLatestSeconds = 9'000'000'000;
  Lines lines(text);
  if (lines.next() != kVersion || lines.next() != kAcknowledge) return damaged();
  const auto incident = number_of<std::int64_t>(lines.next());
  const auto occurrence = number_of<std::uint32_t>(lines.next());
  const auto expires = number_of<std::int64_t>(lines.next());
  if (!incident || !occurrence || !expires || *expires > kLatestSeconds) return damaged();
  LinkClaim claim{.incident = *incident,
                  .occurrence = *occurrence,
                  .actor = {},
                  .expires_at = WallTime{std::chrono::seconds{*expires}},
                  .id = std::string(lines.next())};
  claim.actor = lines.rest();
  const bool is_somebody = !claim.actor.empty() && claim.actor.size() <= kLongestActor && is_valid_utf8(claim.actor);
  if (!is_id(claim.id) || !is_somebody) return damaged();
  return claim;
}

}  // namespace

std::string new_link_id() {
  std::array<unsigned char, kIdBytes> bytes{};
  // OpenSSL fails here only where the kernel has no random numbers: then there must be no links.
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
  return encode_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string make_link_token(const LinkClaim& claim, const LinkKey& key) {
  const std::string text = text_of(claim);
  return encode_base64url(text) + '.' + encode_base64url(hmac_sha256(bytes_of(key), text));
}

Result<LinkClaim> read_link_token(std::string_view token, const LinkKey& key) {
  const std::size_t dot = token.find('.');
  if (token.size() > kLongestToken || dot == std::string_view::npos) return damaged();
  const auto text = decode_base64url(token.substr(0, dot));
  const auto signature = decode_base64url(token.substr(dot + 1));
  if (!text || !signature || signature->size() != kSignatureBytes) return damaged();
  if (!is_same_secret(hmac_sha256(bytes_of(key), *text), *signature)) {
    return Error{Code::kPermission, "the link is not one of this daemon's"};
  }
  return parse_claim(*text);
}

}  // namespace sonde::serve
