#pragma once

#include <span>
#include <string_view>

namespace sonde::rules {

/// A file of rules/pack, as it was when Sonde was built.
struct PackFile {
  std::string_view name;
  std::string_view text;
};

/// By name.
std::span<const PackFile> pack_files();

}  // namespace sonde::rules
