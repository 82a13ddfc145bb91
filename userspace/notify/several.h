#pragma once

#include <span>
#include <string>

#include "notify/sender.h"

namespace sonde::notify {

/// What became of an attempt at one of several receivers of the same message.
struct TargetAttempt {
  std::string target;  ///< without a secret
  Attempt attempt;
};

/// All of them as one: who is left for another attempt is tried again; whoever refuses does not keep it from the
/// others.
Attempt combine(std::span<const TargetAttempt> attempts);

}  // namespace sonde::notify
