#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "oncall/types.h"

namespace sonde::serve {

/// Reads `schedule`, `person` (empty: nobody), `replaces`, `from` (now where it is missing), `until` or `for`,
/// `comment`, `author`.  shape: `user`: who has logged in; empty: the body says who it is.
/// errors: kBadInput, with the place.
Result<oncall::Override> parse_override(std::string_view body, const std::string& user, WallTime now);

/// Whose shifts are exchanged with whose: those that begin from `from` to `until`.
struct SwapRequest {
  struct Side {
    std::string person;
    WallTime from;
    WallTime until;
  };
  std::string schedule;
  Side one;
  Side other;
  std::string author;
  std::string comment;
};

/// Reads `schedule`, `one` and `other` (each `person`, `from`, `until`), `comment`, `author`.  errors: kBadInput.
Result<SwapRequest> parse_swap(std::string_view body, const std::string& user);

}  // namespace sonde::serve
