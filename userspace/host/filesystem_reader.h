#pragma once

#include <sys/statvfs.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"

namespace sonde::host {

/// One line of /proc/1/mounts or /proc/self/mounts, escapes undone.
struct Mount {
  std::string device;
  std::string mount_point;
  std::string type;
  std::string options;  ///< as the kernel prints them, "rw,relatime"
};

/// statvfs(3) of one mounted file system.  units: bytes, inodes.
struct FilesystemFacts {
  Mount mount;
  std::uint64_t size_bytes = 0;
  std::uint64_t free_bytes = 0;
  std::uint64_t available_bytes = 0;  ///< to users without privilege
  std::uint64_t files = 0;
  std::uint64_t files_free = 0;
  bool read_only = false;
  bool answered = true;  ///< false: it does not answer (a dead NFS server, say) or refuses; the sizes are unknown
};

/// As statvfs(3), which may hang for as long as it likes.  threads: any.
using AskFilesystem = std::function<int(const char* path, struct statvfs* facts)>;

/// Asks file systems how full they are, one after the other on a thread of its own. One that does not answer within the
/// patience is left alone until it does, its thread with it; others are asked by the next thread. There are never more
/// than a few: when they run out, what did not answer lately is not asked.  threads: one at a time.
class FilesystemReader {
 public:
  explicit FilesystemReader(std::chrono::nanoseconds patience = std::chrono::milliseconds{500},
                            AskFilesystem ask = &::statvfs);
  ~FilesystemReader();
  FilesystemReader(const FilesystemReader&) = delete;
  FilesystemReader& operator=(const FilesystemReader&) = delete;

  /// In the order of `mounts`; valid until the next call. `root` is put in front of the mount points that
  /// are asked for. Takes the patience longer for each mount that begins to hang.
  const std::vector<FilesystemFacts>& read(const std::vector<Mount>& mounts, const std::string& root = {});

  /// What the last call of read() gave.
  [[nodiscard]] const std::vector<FilesystemFacts>& latest() const noexcept { return latest_; }

 private:
  struct Worker;

  [[nodiscard]] std::vector<std::size_t> order() const;
  void ask_in_turn(std::vector<std::size_t> places, const std::string& root);
  std::size_t ask(Worker& worker, const std::vector<std::size_t>& places, const std::string& root);
  std::shared_ptr<Worker> free_worker();
  [[nodiscard]] std::size_t hung_count() const;
  [[nodiscard]] bool is_doubtful(const Mount& mount) const;
  [[nodiscard]] bool hangs(const std::string& path) const;
  void dismiss_surplus();

  std::chrono::nanoseconds patience_;
  AskFilesystem ask_;
  std::vector<std::shared_ptr<Worker>> workers_;
  std::vector<FilesystemFacts> latest_;
  std::unordered_set<std::string> answered_;  // mount points that did in the last call
};

}  // namespace sonde::host
