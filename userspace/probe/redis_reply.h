#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "probe/types.h"

namespace sonde::probe {

/// What Redis says to a probe. It never needs more of it than a line.
enum class RedisReply : std::uint8_t {
  kIncomplete,
  kPong,
  kOk,
  kLoginNeeded,
  kLoginRefused,
  kLoginUnknown,  ///< there is a password for a server that has none
  kNotPermitted,  ///< whoever is logged in may not ask that
  kLoading,
  kMasterDown,
  kBusy,
  kCannotSave,
  kDenied,  ///< by the protected mode
  kFull,
  kNoDatabase,
  kOtherError,
  kOther,  ///< not Redis
};

struct RedisStep {
  RedisReply reply = RedisReply::kIncomplete;
  std::size_t consumed_bytes = 0;  ///< of a whole line
};

/// One line of RESP.
RedisStep parse_redis_reply(std::string_view bytes);

/// What a probe says, all at once: AUTH and SELECT where the target has a login and a database, and PING.
/// It holds the password.
std::string redis_commands(const ProbeTarget& target);

/// What the answers to redis_commands() come to.
struct RedisVerdict {
  bool is_over = false;
  bool success = false;
  std::string reason;  ///< why not, without a word of the server's; empty: there is none
};

/// Of all that was received so far. Without a login the wish for one is a good answer, too.
RedisVerdict judge_redis(const ProbeTarget& target, std::string_view received);

}  // namespace sonde::probe
