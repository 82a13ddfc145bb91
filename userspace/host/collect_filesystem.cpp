#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/collect_memory.h"
#include "host/collectors.h"
#include "host/filesystem_reader.h"
#include "host/filesystem_tags.h"
#include "host/mounts.h"

namespace sonde::host {
namespace {

/// What init sees is what the host has; with hidepid (proc(5)) only our own mounts can be seen.
Result<std::string_view> read_mount_table(HostFiles& files) {
  Result<std::string_view> text = files.read_proc("1/mounts");
  if (text) return text;
  const Code code = text.error().code;
  return code == Code::kNotFound || code == Code::kPermission ? files.read_proc("self/mounts") : std::move(text);
}

/// Mount points as they are below `root`, where the host's root is mounted; what is elsewhere is not the host's.
void strip_root(const std::string& root, std::vector<Mount>& mounts) {
  if (root.empty()) return;
  for (Mount& mount : mounts) {
    const std::string_view path = mount.mount_point;
    const bool is_below = path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
    if (is_below) mount.mount_point.erase(0, root.size());
    if (mount.mount_point.empty()) mount.mount_point.assign(1, '/');
  }
}

Result<std::vector<Mount>> select_mounts(const CollectContext& context) {
  CollectMemory none;
  CollectMemory& memory = context.memory != nullptr ? *context.memory : none;
  SONDE_TRY(memory.mount_points.use(context.options.mount_points_exclude));
  SONDE_TRY(memory.filesystem_types.use(context.options.filesystem_types_exclude));
  std::vector<Mount> mounts = parse_mounts(SONDE_TRY(read_mount_table(context.files)));
  strip_root(context.files.roots().root, mounts);
  std::erase_if(mounts, [&](const Mount& mount) {
    return memory.filesystem_types.matches(mount.type) || memory.mount_points.matches(mount.mount_point);
  });
  return mounts;
}

struct Family {
  std::string_view name;
  std::string_view help;
  double (*value)(const FilesystemFacts&);
};

constexpr Family kFamilies[] = {
    {"node_filesystem_size_bytes", "Size of the file system.",
     [](const FilesystemFacts& facts) { return static_cast<double>(facts.size_bytes); }},
    {"node_filesystem_free_bytes", "Free space, also what is kept for root.",
     [](const FilesystemFacts& facts) { return static_cast<double>(facts.free_bytes); }},
    {"node_filesystem_avail_bytes", "Free space for users without privilege.",
     [](const FilesystemFacts& facts) { return static_cast<double>(facts.available_bytes); }},
    {"node_filesystem_files", "Inodes of the file system.",
     [](const FilesystemFacts& facts) { return static_cast<double>(facts.files); }},
    {"node_filesystem_files_free", "Free inodes.",
     [](const FilesystemFacts& facts) { return static_cast<double>(facts.files_free); }},
    {"node_filesystem_readonly", "Whether the file system is mounted read-only.",
     [](const FilesystemFacts& facts) { return facts.read_only ? 1.0 : 0.0; }},
};

}  // namespace

Result<> collect_filesystem(const CollectContext& context, ReadingWriter& out) {
  const Result<std::vector<Mount>> mounts = select_mounts(context);
  const auto& filesystems =
      context.filesystems.read(mounts ? *mounts : std::vector<Mount>(), context.files.roots().root);
  if (!mounts) return mounts.error();
  out.gauge("node_filesystem_device_error", "Whether the file system could not be asked, or did not answer in time.");
  for (const FilesystemFacts& facts : filesystems) out.add(facts.answered ? 0 : 1, filesystem_tags(facts.mount));
  for (const Family& family : kFamilies) {
    out.gauge(family.name, family.help);
    for (const FilesystemFacts& facts : filesystems) {
      if (facts.answered) out.add(family.value(facts), filesystem_tags(facts.mount));
    }
  }
  return Ok{};
}

}  // namespace sonde::host
