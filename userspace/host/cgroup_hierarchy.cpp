#include "host/cgroup_hierarchy.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "host/fields.h"

namespace sonde::host {
namespace {

constexpr std::string_view kUsualRoot = "/sys/fs/cgroup";
constexpr std::string_view kDeleted = " (deleted)";

// In the order of CgroupController.
constexpr std::array<std::string_view, 5> kControllerNames{"cpu", "cpuacct", "memory", "blkio", "pids"};
static_assert(kControllerNames.size() == static_cast<std::size_t>(CgroupController::kCount));
constexpr std::uint32_t kAllControllers = (1U << kControllerNames.size()) - 1;

std::uint32_t controllers_of(std::string_view list) {
  std::uint32_t found = 0;
  while (!list.empty()) {
    const std::string_view name = list.substr(0, list.find(','));
    list.remove_prefix(std::min(name.size() + 1, list.size()));
    const auto* const known = std::find(kControllerNames.begin(), kControllerNames.end(), name);
    if (known != kControllerNames.end()) found |= 1U << static_cast<unsigned>(known - kControllerNames.begin());
  }
  return found;
}

/// mountinfo writes blanks and backslashes as \040 and so on.
std::string unescape(std::string_view text) {
  constexpr std::size_t kDigits = 3;
  std::string plain;
  while (!text.empty()) {
    const auto byte = text.front() == '\\' ? to_count(text.substr(1, kDigits), 8) : std::nullopt;
    plain += byte ? static_cast<char>(*byte) : text.front();
    text.remove_prefix(byte ? std::min(kDigits + 1, text.size()) : 1);
  }
  return plain;
}

/// What follows `folder` in `path`: empty, or beginning with a slash. None if `path` is not in it.
std::optional<std::string_view> below(std::string_view path, std::string_view folder) {
  while (folder.ends_with('/')) folder.remove_suffix(1);
  if (!path.starts_with(folder)) return std::nullopt;
  path.remove_prefix(folder.size());
  if (path == "/") path = {};
  if (!path.empty() && path.front() != '/') return std::nullopt;
  return path;
}

bool has_parent_steps(std::string_view path) {
  return path == "/.." || path.find("/../") != path.npos || path.ends_with("/..");
}

/// The root as seen from a cgroup namespace below it is "/..", "/../.." and so on (cgroup_namespaces(7)).
bool is_root(std::string_view path) {
  while (path.starts_with("/..")) path.remove_prefix(3);
  return path.empty() || path == "/";
}

struct Mount {
  CgroupHierarchy hierarchy;
  std::string key;  // the same for all mounts of a hierarchy
  int rank = 0;
};

void place(Mount& mount, const std::string& point, std::string_view cgroup_root) {
  const auto in_root = below(point, cgroup_root);
  const auto in_usual = below(point, kUsualRoot);
  mount.hierarchy.is_elsewhere = !in_root && !in_usual;
  mount.hierarchy.folder = in_root ? *in_root : in_usual ? *in_usual : std::string_view(point);
  if (!mount.hierarchy.folder.empty()) mount.hierarchy.folder.erase(0, 1);
  mount.rank = (in_root ? 4 : in_usual ? 2 : 0) + (is_root(mount.hierarchy.top) ? 1 : 0);
}

/// 36 35 98:0 /top /point rw,noatime master:1 - cgroup cgroup rw,cpu,cpuacct
std::optional<Mount> parse_mount(std::string_view line, std::string_view cgroup_root) {
  constexpr std::string_view kSeparator = " - cgroup";
  const std::size_t separator = line.find(kSeparator);
  if (separator == line.npos) return std::nullopt;
  Fields before(line.substr(0, separator));
  const std::string_view top = before.skip(3).next();
  const std::string_view point = before.next();
  Fields after(line.substr(separator + 3));
  const std::string_view type = after.next();
  const std::string_view options = after.skip(1).next();
  if (!top.starts_with('/') || !point.starts_with('/')) return std::nullopt;

  Mount mount;
  mount.hierarchy.top = unescape(top);
  mount.hierarchy.is_unified = type == "cgroup2";
  if (!mount.hierarchy.is_unified) mount.hierarchy.controllers = controllers_of(options);
  if (!mount.hierarchy.is_unified && (type != "cgroup" || mount.hierarchy.controllers == 0)) return std::nullopt;
  mount.key = std::to_string(mount.hierarchy.controllers);
  place(mount, unescape(point), cgroup_root);
  return mount;
}

/// The path in the line of /proc/PID/cgroup that is about this hierarchy: "4:cpu,cpuacct:/path", "0::/path".
std::optional<std::string_view> find_path(const CgroupHierarchy& hierarchy, std::string_view cgroup_text) {
  while (!cgroup_text.empty()) {
    const std::string_view line = cgroup_text.substr(0, cgroup_text.find('\n'));
    cgroup_text.remove_prefix(std::min(line.size() + 1, cgroup_text.size()));
    const auto number = split(line, ':');
    const auto rest = number ? split(number->after, ':') : std::nullopt;
    if (!rest || !rest->after.starts_with('/')) continue;
    const bool is_unified = number->before == "0" && rest->before.empty();
    const bool is_same =
        hierarchy.is_unified ? is_unified : (controllers_of(rest->before) & hierarchy.controllers) != 0;
    if (is_same) return rest->after;
  }
  return std::nullopt;
}

std::string folder_of(const CgroupHierarchy& hierarchy, std::string_view path) {
  if (hierarchy.folder.empty() && !path.empty()) path.remove_prefix(1);
  return hierarchy.folder + std::string(path);
}

}  // namespace

std::vector<CgroupHierarchy> find_hierarchies(std::string_view mountinfo, std::string_view cgroup_root) {
  std::map<std::string, Mount> best;
  std::uint32_t taken = 0;
  for (const std::string_view line : Lines(mountinfo)) {
    std::optional<Mount> mount = parse_mount(line, cgroup_root);
    if (!mount) continue;
    taken |= mount->hierarchy.controllers;
    const auto [known, is_new] = best.try_emplace(mount->key, *mount);
    if (!is_new && mount->rank > known->second.rank) known->second = *std::move(mount);
  }
  std::vector<CgroupHierarchy> hierarchies;
  for (auto& [key, mount] : best) {
    if (mount.hierarchy.is_unified) mount.hierarchy.controllers = kAllControllers & ~taken;
    hierarchies.push_back(std::move(mount.hierarchy));
  }
  return hierarchies;
}

std::optional<std::string> find_cgroup(const CgroupHierarchy& hierarchy, std::string_view cgroup_text) {
  const auto path = find_path(hierarchy, cgroup_text);
  if (!path || is_root(*path) || path->ends_with(kDeleted)) return std::nullopt;
  const auto inside = below(*path, hierarchy.top);
  if (!inside || has_parent_steps(*inside)) return std::nullopt;
  return std::string(*inside);
}

std::vector<CgroupClaim> keep_own(const std::vector<CgroupClaim>& claims) {
  struct Cgroup {
    std::size_t owner;
    bool is_shared = false;
  };
  std::map<std::pair<std::size_t, std::string>, Cgroup> cgroups;
  for (const CgroupClaim& claim : claims) {
    const auto [known, is_new] = cgroups.try_emplace({claim.hierarchy, claim.path}, Cgroup{claim.owner});
    if (known->second.owner != claim.owner) known->second.is_shared = true;
  }
  for (auto& [key, cgroup] : cgroups) {
    // What happens in a cgroup is in the files of all those around it too.
    for (std::string around = key.second; !around.empty();) {
      around.erase(around.rfind('/'));
      const auto found = cgroups.find({key.first, around});
      if (found == cgroups.end()) continue;
      if (cgroup.is_shared || found->second.owner != cgroup.owner) found->second.is_shared = true;
    }
  }
  std::vector<CgroupClaim> own;
  for (const auto& [key, cgroup] : cgroups) {
    bool is_inside_own = false;
    for (std::string around = key.second; !around.empty();) {
      around.erase(around.rfind('/'));
      const auto found = cgroups.find({key.first, around});
      is_inside_own |= found != cgroups.end() && !found->second.is_shared;
    }
    if (!cgroup.is_shared && !is_inside_own) own.push_back({cgroup.owner, key.first, key.second});
  }
  return own;
}

Result<std::string_view> read_cgroup_file(HostFiles& files, const CgroupHierarchy& hierarchy, std::string_view path,
                                          std::string_view name) {
  std::string file = folder_of(hierarchy, path);
  if (!file.empty()) file += '/';
  file += name;
  return hierarchy.is_elsewhere ? files.read_root(file) : files.read_cgroup(file);
}

std::optional<std::uint64_t> cgroup_inode(const HostFiles& files, const CgroupHierarchy& hierarchy,
                                          std::string_view path) {
  const std::string& root = hierarchy.is_elsewhere ? files.roots().root : files.roots().cgroup;
  struct stat found {};
  if (::stat((root + "/" + folder_of(hierarchy, path)).c_str(), &found) != 0) return std::nullopt;
  return found.st_ino;
}

}  // namespace sonde::host
