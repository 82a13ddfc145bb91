// The token of a link as anybody can send it, and what somebody with the key could have signed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/hmac.h"
#include "base/utf8.h"
#include "serve/acknowledge_link.h"
#include "serve/base64url.h"

namespace {

using namespace sonde;

constexpr serve::LinkKey kKey{1, 2, 3};

void require(bool holds) {
  if (!holds) std::abort();
}

/// Whatever is read is written in the same way.
void check(const std::string& token) {
  const auto claim = serve::read_link_token(token, kKey);
  if (!claim) return require(!claim.error().what.empty());
  require(claim->incident > 0 && claim->occurrence > 0 && !claim->actor.empty() && is_valid_utf8(claim->actor));
  require(serve::make_link_token(*claim, kKey) == token);
  require(!serve::read_link_token(token, serve::LinkKey{9}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  require(!serve::read_link_token(text, serve::LinkKey{7}));
  const auto decoded = serve::decode_base64url(text);
  require(!decoded || serve::encode_base64url(*decoded) == text);
  const std::string_view key(reinterpret_cast<const char*>(kKey.data()), kKey.size());
  check(serve::encode_base64url(text) + "." + serve::encode_base64url(hmac_sha256(key, text)));
  return 0;
}
