#include "config/secret_source.h"

#include <cstddef>
#include <cstdlib>

#include "base/file.h"

namespace sonde::config {
namespace {

constexpr std::size_t kMaxSecretBytes = 16U << 10U;

// An address, for those secrets that must be one.
constexpr const char* kUnseen = "https://unseen.invalid/";

}  // namespace

Result<std::string> SystemSecrets::file(const std::string& path) const { return read_file(path, kMaxSecretBytes); }

Result<> SystemSecrets::can_read(const std::string& path) const {
  SONDE_TRY(read_file(path));
  return Ok{};
}

std::optional<std::string> SystemSecrets::variable(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<std::string> UnseenSecrets::file(const std::string&) const { return std::string(kUnseen); }

Result<> UnseenSecrets::can_read(const std::string&) const { return Ok{}; }

std::optional<std::string> UnseenSecrets::variable(const std::string&) const { return std::string(kUnseen); }

}  // namespace sonde::config
