#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/yaml_document.h"
#include "config/types.h"

namespace sonde::config {

/// Where in the file a value stands, and what it is called.
struct Spot {
  Position at;
  std::string path;
};

/// The path of a key within the mapping at `parent`; a name that is no plain word stands in brackets.
std::string child_path(const std::string& parent, std::string_view name);

/// Collects what is wrong in one file, and remembers which keys were given for checks that compare keys.
class FaultLog {
 public:
  /// What became of a key that the file gives.
  struct Given {
    Position at;
    bool sound = false;
  };

  explicit FaultLog(std::string file) : file_(std::move(file)) {}

  void add(const Spot& spot, std::string what);
  void note(const Spot& spot, bool sound) { given_[spot.path] = Given{spot.at, sound}; }

  /// Null if the file does not give the key.
  [[nodiscard]] const Given* find(const std::string& path) const;

  [[nodiscard]] bool empty() const { return faults_.empty(); }

  /// In the file's order, at most a thousand and a last one that counts the rest.
  [[nodiscard]] std::vector<ConfigFault> take() &&;

 private:
  std::string file_;
  std::vector<ConfigFault> faults_;
  std::size_t unlisted_ = 0;
  std::map<std::string, Given> given_;
};

}  // namespace sonde::config
