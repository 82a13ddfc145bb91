#pragma once

#include <string>

#include "base/result.h"
#include "serve/acknowledge_link.h"

namespace sonde::serve {

/// A key that nobody has had before.  errors: kIo if there are no random numbers.
Result<LinkKey> new_link_key();

/// The key in a file of its own, which is created on first use, for its owner alone.
/// errors: kPermission if others may read or write it; kBadInput for what is no key; kIo: each with what to do.
Result<LinkKey> open_link_key(const std::string& path);

}  // namespace sonde::serve
