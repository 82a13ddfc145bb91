#pragma once

#include <optional>
#include <regex>
#include <string>
#include <unordered_map>

#include "base/result.h"

namespace sonde::host {

/// Says which names a regular expression matches as a whole; compiles it once and asks it once for each name, since
/// the same names come back each pass.  threads: one at a time.
class NameFilter {
 public:
  /// What is asked from now on (ECMAScript); the empty expression matches no name.
  /// errors: kBadConfig if it is no regular expression; then nothing matches.
  Result<> use(const std::string& expression);

  /// A name of more than 512 bytes is judged by those.
  bool matches(const std::string& name);

 private:
  std::string expression_;
  std::optional<std::regex> compiled_;
  std::unordered_map<std::string, bool> answers_;
};

}  // namespace sonde::host
