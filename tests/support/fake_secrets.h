#pragma once

#include <cerrno>
#include <map>
#include <optional>
#include <string>

#include "config/secret_source.h"

namespace sonde::config {

/// Secrets out of two maps; whatever is not in them is missing.
struct FakeSecrets final : SecretSource {
  std::map<std::string, std::string> files{};
  std::map<std::string, std::string> variables{};

  [[nodiscard]] Result<std::string> file(const std::string& path) const override {
    const auto found = files.find(path);
    if (found == files.end()) return Error{Code::kNotFound, "open '" + path + "': No such file or directory", ENOENT};
    return found->second;
  }

  [[nodiscard]] Result<> can_read(const std::string& path) const override {
    SONDE_TRY(file(path));
    return Ok{};
  }

  [[nodiscard]] std::optional<std::string> variable(const std::string& name) const override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
};

}  // namespace sonde::config
