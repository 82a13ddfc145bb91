#pragma once

#include <vector>

#include "host/filesystem_reader.h"
#include "host/types.h"

namespace sonde::host {

/// device, fstype and mountpoint, as every family of a file system has them.
std::vector<Tag> filesystem_tags(const Mount& mount);

}  // namespace sonde::host
