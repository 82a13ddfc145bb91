#include "host/filesystem_tags.h"

#include "base/utf8.h"

namespace sonde::host {

std::vector<Tag> filesystem_tags(const Mount& mount) {
  return {{"device", sanitise_utf8(mount.device)},
          {"fstype", sanitise_utf8(mount.type)},
          {"mountpoint", sanitise_utf8(mount.mount_point)}};
}

}  // namespace sonde::host
