#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/schema.h"

namespace sonde::config {

/// A secret of a channel, and the keys that say where it is: KEY_file, KEY_env, and KEY itself where that is allowed.
struct SecretKey {
  std::string_view key;
  std::string_view noun;        ///< what it is, in messages: `URL`
  bool may_stand_here = false;  ///< the file may hold it as it is
};

/// A secret, and where in the file it is said to be.
struct Secret {
  std::string text;
  Address place;
};

/// True if the channel that is read gives any of the keys, well or badly.
bool gives(const Draft& draft, const Spot& channel, const SecretKey& secret);

/// Fetches it. Leaves faults behind if it is said to be in several places, or is not there.
/// returns: nothing after a fault, and if none of the keys is given.
std::optional<Secret> fetch_secret(Draft& draft, const Spot& channel, const SecretKey& secret);

}  // namespace sonde::config
