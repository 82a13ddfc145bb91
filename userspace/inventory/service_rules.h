#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/types.h"

namespace sonde::inventory {

/// True if `text` is what `pattern` describes; `*` stands for any run of characters, also none, also slashes.
bool matches_pattern(std::string_view pattern, std::string_view text) noexcept;

/// What rules can be about; what is not known is empty.
struct ProcessFacts {
  std::string_view executable;
  std::string_view process_name;
  std::string_view cgroup_path;
  std::string_view container_id;
  std::uint16_t local_port = 0;
};

/// The configured names. Of a fact that is not known no rule holds; a rule without a field, or with a container prefix
/// shorter than 12 digits, never matches.
class ServiceRules {
 public:
  explicit ServiceRules(std::vector<ServiceRule> rules);

  /// The name of the first rule whose every field matches; nullptr if none does.  owner: this.
  [[nodiscard]] const std::string* name_for(const ProcessFacts& facts) const;

  [[nodiscard]] bool use_executable() const noexcept { return use_executable_; }
  [[nodiscard]] bool use_process_name() const noexcept { return use_process_name_; }
  [[nodiscard]] bool use_port() const noexcept { return use_port_; }

 private:
  std::vector<ServiceRule> rules_;
  bool use_executable_ = false;
  bool use_process_name_ = false;
  bool use_port_ = false;
};

}  // namespace sonde::inventory
