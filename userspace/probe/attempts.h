#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/clock.h"
#include "probe/attempt.h"
#include "probe/event_loop.h"
#include "probe/patterns.h"
#include "probe/types.h"

namespace sonde::probe {

/// What an attempt is made of.  owner: the caller keeps everything alive.
struct AttemptParts {
  const ProbeTarget& target;
  const Patterns& patterns;
  const std::string& user_agent;
  EventLoop& loop;
  std::size_t token = 0;
  const Clock& clock;
};

/// Begins an attempt of the target's kind.
std::unique_ptr<Attempt> begin_attempt(const AttemptParts& parts);

}  // namespace sonde::probe
