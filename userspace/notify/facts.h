#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "notify/types.h"

namespace sonde::notify {

/// One line of what is known: `Service  checkout`.
struct Fact {
  std::string name;
  std::string text;
  std::string url{};                 ///< where a tap on `text` leads; empty: nowhere
  std::optional<WallTime> moment{};  ///< of a text that is one
};

/// What people need to know of an incident besides its headline, what matters most first.  shape: no text is empty.
std::vector<Fact> facts_of(const Notification& notification);

}  // namespace sonde::notify
