#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/yaml_document.h"

namespace sonde::config {

/// Why a node cannot be the key of a mapping; empty if it can.
std::string key_fault(const Node& key);

/// What is wrong with a key that nobody knows, and whether it may be repeated.
struct UnknownKey {
  bool is_shown = false;
  std::string what;  ///< with the key that was meant, or all there are
};

/// Where `guarded`, secrets stand there: what is not near to a known key may be one.
UnknownKey unknown_key(std::string_view name, std::span<const std::string_view> known, bool guarded);

}  // namespace sonde::config
