#include "host/writable_mounts.h"

#include <cstddef>
#include <tuple>

#include "base/utf8.h"

namespace sonde::host {
namespace {

constexpr std::size_t kMostMounts = 4'096;

}  // namespace

bool WritableMounts::take(const std::string& device, const std::string& mount_point, bool read_only, WallTime at) {
  if (at != pass_at_) begin_pass(at);
  Key key(sanitise_utf8(device), sanitise_utf8(mount_point));
  const auto known = mounts_.find(key);
  if (known == mounts_.end()) {
    if (mounts_.size() < kMostMounts) mounts_.emplace(std::move(key), Mount{pass_, read_only, 0});
    return false;
  }
  Mount& mount = known->second;
  // Two mounts on top of each other: asking either is asking the upper one.
  if (mount.pass == pass_) return false;
  const bool was_writable = !mount.read_only && mount.pass + 1 == pass_;
  mount.pass = pass_;
  mount.read_only = read_only;
  if (!was_writable || !read_only) return false;
  ++mount.events;
  return true;
}

void WritableMounts::begin_pass(WallTime at) {
  // What the last pass did not have is gone. Its count stays, if there is one.
  std::erase_if(mounts_, [this](const auto& row) { return row.second.pass != pass_ && row.second.events == 0; });
  ++pass_;
  pass_at_ = at;
}

void WritableMounts::write(ReadingWriter& out) const {
  out.counter("sonde_filesystem_read_only_events_total", "Times a writable file system became read-only.");
  for (const auto& [key, mount] : mounts_) {
    const auto& [device, mount_point] = key;
    out.add(static_cast<double>(mount.events), {{"device", device}, {"mountpoint", mount_point}});
  }
}

}  // namespace sonde::host
