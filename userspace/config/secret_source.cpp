#include "config/secret_source.h"

#include <cstddef>
#include <cstdlib>

#include "base/file.h"

namespace sonde::config {
namespace {

constexpr std::size_t kMaxSecretBytes = 16U << 10U;

}  // namespace

Result<std::string> SystemSecrets::file(const std::string& path) const { return read_file(path, kMaxSecretBytes); }

std::optional<std::string> SystemSecrets::variable(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace sonde::config
