#pragma once

#include <string>
#include <string_view>

namespace sonde::inventory {

/// What the text of /proc/PID/cgroup (cgroups(7), v1, v2 or hybrid) says about a process; views into that text.
struct CgroupPlace {
  std::string_view path = "/";    ///< of the line that was believed
  std::string_view systemd_unit;  ///< nginx.service, as systemd escapes it; empty if the process has no unit of its own
  std::string_view container_id;  ///< 64 hexadecimal digits; empty if none, or if the container goes by a name
  std::string_view container_label;  ///< first 12 digits of the id, or an LXC or machine name as systemd escapes it
};

/// Finds the innermost unit and container. A unit around a container is its engine's (docker.service) and is dropped,
/// unless podman split the unit's own cgroup for it; a unit inside a container is kept. A login session, its
/// user@UID.service and container monitors name nobody. Lines that are not cgroup lines are passed over.
CgroupPlace find_place(std::string_view cgroup_text);

/// Undoes systemd's escapes (`\x2d`, systemd-escape(1)); what is no escape stays as it is.
std::string unescape_unit(std::string_view name);

}  // namespace sonde::inventory
