#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/unique_fd.h"

namespace sonde::test {

/// What the kernel says of a disk in /sys/block/NAME/stat (Documentation/block/stat.rst).
struct DiskStat {
  struct Operation {
    std::uint64_t requests = 0;
    std::uint64_t milliseconds = 0;
    bool operator==(const Operation&) const = default;
  };
  Operation reads, writes, discards, flushes;
  std::uint64_t in_flight = 0;
  bool operator==(const DiskStat&) const = default;
};

/// A disk of the test's own: a loop device over a file of `bytes` without content. Gone with it, or with its process.
class LoopDisk {
 public:
  /// nullptr if the kernel gives none.
  static std::unique_ptr<LoopDisk> create(const std::string& backing_file, std::size_t bytes);
  ~LoopDisk();
  LoopDisk(const LoopDisk&) = delete;
  LoopDisk& operator=(const LoopDisk&) = delete;

  /// Opened past the page cache.
  [[nodiscard]] int fd() const { return disk_.get(); }
  [[nodiscard]] std::uint32_t major() const { return major_; }
  [[nodiscard]] std::uint32_t minor() const { return minor_; }
  [[nodiscard]] DiskStat stat() const;

  /// Reads or writes one block of 4,096 bytes as one request, or fails as the system call does.
  [[nodiscard]] bool read_block(std::size_t block) const;
  [[nodiscard]] bool write_block(std::size_t block, int flags = 0) const;

  /// Writes a file of /sys/block/NAME/queue; it gets its old content back in the end, since the device is used again.
  [[nodiscard]] bool set_queue(const std::string& attribute, const std::string& value);
  [[nodiscard]] std::string queue(const std::string& attribute) const;

 private:
  LoopDisk(UniqueFd disk, std::string name, std::uint32_t major, std::uint32_t minor);

  UniqueFd disk_;
  std::string directory_;
  std::uint32_t major_;
  std::uint32_t minor_;
  std::map<std::string, std::string> changed_;
};

}  // namespace sonde::test
