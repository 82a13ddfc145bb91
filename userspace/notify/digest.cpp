#include "notify/digest.h"

#include <openssl/evp.h>

#include <array>

namespace sonde::notify {
namespace {

using Bytes = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string hex(const Bytes& bytes, std::size_t count) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += kDigits[bytes[i] >> 4U];
    text += kDigits[bytes[i] & 0x0FU];
  }
  return text;
}

}  // namespace

std::string sha256_hex(std::string_view text) {
  Bytes bytes{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), bytes.data(), &size, EVP_sha256(), nullptr);
  return hex(bytes, size);
}

std::string delivery_id(const Notification& notification, const std::string& channel) {
  constexpr std::size_t kDigits = 32;
  std::string text = channel + '\n' + notification.dedup_key + '\n' + (notification.firing ? "firing" : "resolved") +
                     '\n' + notification.reason + '\n' + std::to_string(notification.at.time_since_epoch().count());
  if (notification.incident != 0) {
    text += '\n' + std::to_string(notification.incident) + '\n' + std::to_string(notification.occurrence) + '\n' +
            std::to_string(notification.number) + '\n' + std::string(name_of(notification.kind));
  }
  return sha256_hex(text).substr(0, kDigits);
}

}  // namespace sonde::notify
