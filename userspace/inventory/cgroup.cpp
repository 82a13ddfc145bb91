#include "inventory/cgroup.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace sonde::inventory {
namespace {

constexpr std::size_t kContainerIdDigits = 64;
constexpr std::size_t kShortIdDigits = 12;  // as `docker ps` and `podman ps` print it
constexpr std::string_view kServiceSuffix = ".service";
constexpr std::string_view kScopeSuffix = ".scope";

bool is_hexadecimal(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == text.npos; }

/// What is left of `text` without `prefix` and `suffix`; empty unless it has both and something in between.
std::string_view between(std::string_view text, std::string_view prefix, std::string_view suffix) {
  if (text.size() <= prefix.size() + suffix.size()) return {};
  if (!text.starts_with(prefix) || !text.ends_with(suffix)) return {};
  return text.substr(prefix.size(), text.size() - prefix.size() - suffix.size());
}

/// The id in `ID`, `docker-ID.scope`, `cri-containerd-ID.scope`, `crio-ID`, `libpod-payload-ID` or
/// `...:cri-containerd:ID`.
std::string_view container_id_of(std::string_view component) {
  if (component.ends_with(kScopeSuffix)) component.remove_suffix(kScopeSuffix.size());
  if (component.size() < kContainerIdDigits) return {};
  const std::string_view id = component.substr(component.size() - kContainerIdDigits);
  const std::string_view engine = component.substr(0, component.size() - kContainerIdDigits);
  if (!is_hexadecimal(id)) return {};
  if (!engine.empty() && !engine.ends_with('-') && !engine.ends_with(':')) return {};
  // libpod-conmon-ID.scope and crio-conmon-ID.scope hold the process that watches the container.
  if (engine.ends_with("conmon-")) return {};
  return id;
}

/// The name of a container that has no id: LXC's, or a machine of systemd-machined.
std::string_view container_name_of(std::string_view component, std::string_view parent) {
  if (parent == "lxc" || parent == "lxc.payload") return component;
  for (const std::string_view name :
       {between(component, "lxc.payload.", ""), between(component, "machine-", kScopeSuffix),
        between(component, "systemd-nspawn@", kServiceSuffix)}) {
    if (!name.empty()) return name;
  }
  return {};
}

bool is_service_unit(std::string_view component) {
  // A user's whole login lives below user@UID.service: only the units inside it are services.
  return !between(component, "", kServiceSuffix).empty() && !component.starts_with("user@");
}

void enter(std::string_view component, std::string_view parent, CgroupPlace& place) {
  const std::string_view id = container_id_of(component);
  const std::string_view label = id.empty() ? container_name_of(component, parent) : id.substr(0, kShortIdDigits);
  if (!label.empty()) {
    place.container_id = id;
    place.container_label = label;
    // `podman run --cgroups=split`, which Quadlet uses, puts the container into the cgroup of the unit it is for.
    if (!component.starts_with("libpod-payload-")) place.systemd_unit = {};
  } else if (is_service_unit(component)) {
    place.systemd_unit = component;
  }
}

CgroupPlace place_of(std::string_view path) {
  // The kernel marks a cgroup that was removed while a zombie still sits in it.
  constexpr std::string_view kDeleted = " (deleted)";
  if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
  CgroupPlace place;
  place.path = path;
  std::string_view parent;
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t length = std::min(rest.find('/'), rest.size());
    std::string_view component = rest.substr(0, length);
    rest.remove_prefix(std::min(length + 1, rest.size()));
    if (component.empty()) continue;
    // systemd puts a `_` in front of names that could clash with the kernel's, such as cpu.service.
    if (component.size() > 1 && component.front() == '_') component.remove_prefix(1);
    enter(component, parent, place);
    parent = component;
  }
  return place;
}

/// How far to believe a line: what it knows counts more than the hierarchy it is of.
int rank(std::string_view controllers, const CgroupPlace& place) {
  const int hierarchy = controllers == "name=systemd" ? 2 : controllers.empty() ? 1 : 0;
  const int knowledge = !place.container_label.empty() ? 9
                        : !place.systemd_unit.empty()  ? 6
                        : place.path != "/"            ? 3
                                                       : 0;
  return knowledge + hierarchy;
}

}  // namespace

CgroupPlace find_place(std::string_view cgroup_text) {
  CgroupPlace best;
  int best_rank = -1;
  while (!cgroup_text.empty()) {
    const std::size_t length = std::min(cgroup_text.find('\n'), cgroup_text.size());
    const std::string_view line = cgroup_text.substr(0, length);
    cgroup_text.remove_prefix(std::min(length + 1, cgroup_text.size()));
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos || !line.substr(second + 1).starts_with('/')) continue;
    const CgroupPlace place = place_of(line.substr(second + 1));
    const int place_rank = rank(line.substr(first + 1, second - first - 1), place);
    if (place_rank > best_rank) best = place;
    best_rank = std::max(best_rank, place_rank);
  }
  return best;
}

std::string unescape_unit(std::string_view name) {
  constexpr std::size_t kEscapeLength = 4;
  std::string plain;
  while (!name.empty()) {
    unsigned char byte = 0;
    const std::string_view digits = name.starts_with("\\x") ? name.substr(2, 2) : std::string_view{};
    const char* const digits_end = digits.data() + digits.size();
    const bool escaped = std::from_chars(digits.data(), digits_end, byte, 16).ptr == digits_end && digits.size() == 2;
    plain += escaped ? static_cast<char>(byte) : name.front();
    name.remove_prefix(escaped ? kEscapeLength : 1);
  }
  return plain;
}

}  // namespace sonde::inventory
