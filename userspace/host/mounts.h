#pragma once

#include <string_view>
#include <vector>

#include "host/filesystem_reader.h"

namespace sonde::host {

/// The mounts in a text of the form of /proc/PID/mounts (fstab(5)), in its order. What is mounted twice over itself is
/// there once, with the options of the upper one, which is the one that can be seen. A line that is none is passed
/// over.
std::vector<Mount> parse_mounts(std::string_view text);

}  // namespace sonde::host
