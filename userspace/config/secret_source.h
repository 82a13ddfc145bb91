#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace sonde::config {

/// Where secrets live outside the configuration; tests hand in their own.
class SecretSource {
 public:
  virtual ~SecretSource() = default;

  /// The text of a file.  errors: as read_file; the text of an error holds no secret.
  [[nodiscard]] virtual Result<std::string> file(const std::string& path) const = 0;

  /// Whether a file of any size can be read.  errors: as read_file.
  [[nodiscard]] virtual Result<> can_read(const std::string& path) const = 0;

  /// The value of an environment variable, nothing if it is not set.
  [[nodiscard]] virtual std::optional<std::string> variable(const std::string& name) const = 0;
};

/// Real files and this process's environment.  threads: any, as long as none changes the environment.
class SystemSecrets final : public SecretSource {
 public:
  [[nodiscard]] Result<std::string> file(const std::string& path) const override;
  [[nodiscard]] Result<> can_read(const std::string& path) const override;
  [[nodiscard]] std::optional<std::string> variable(const std::string& name) const override;
};

/// Every secret, unseen: what it holds is no secret, and fits wherever one does.  threads: any.
class UnseenSecrets final : public SecretSource {
 public:
  [[nodiscard]] Result<std::string> file(const std::string& path) const override;
  [[nodiscard]] Result<> can_read(const std::string& path) const override;
  [[nodiscard]] std::optional<std::string> variable(const std::string& name) const override;
};

}  // namespace sonde::config
