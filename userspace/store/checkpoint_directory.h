#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "store/checkpoint_format.h"
#include "store/series_table.h"

namespace sonde::store {

/// A directory with checkpoint files, which belongs to one process at a time. A base holds everything up to it; the
/// deltas with higher numbers what came after.  threads: one at a time.
class CheckpointDirectory {
 public:
  /// Creates the directory if it is not there.
  /// errors: kIo, kPermission; kLimit if another process has it.
  [[nodiscard]] static Result<CheckpointDirectory> open(const std::string& path);

  /// Reads the newest base and what follows. What is damaged is renamed to NAME.damaged and told in `notices`; all that
  /// is whole is in `table` nevertheless.  errors: kIo if a file cannot be read at all.
  Result<> load(SeriesTable& table, std::vector<std::string>& notices);

  /// Writes what the table has and the files have not, and forgets files that are no longer needed.
  /// errors: kIo; the files are then as they were before.
  Result<> write(SeriesTable& table, std::int64_t now_ms);

  [[nodiscard]] std::size_t bytes() const noexcept { return base_bytes_ + delta_bytes_; }
  [[nodiscard]] std::uint64_t damaged_files() const noexcept { return damaged_files_; }

 private:
  struct File {
    CheckpointKind kind = CheckpointKind::kBase;
    std::uint64_t sequence = 0;
    std::string name;
  };

  struct Loading;

  CheckpointDirectory(std::string path, UniqueFd directory, UniqueFd lock);
  [[nodiscard]] Result<std::vector<File>> list();
  [[nodiscard]] std::string path_of(const std::string& name) const { return path_ + "/" + name; }
  Result<> load_file(const File& file, Loading& loading);
  void set_aside(const File& file, const std::string& damage, std::vector<std::string>& notices);
  void remove_before(std::uint64_t base_sequence);

  std::string path_;
  UniqueFd directory_;
  UniqueFd lock_;
  std::uint64_t last_sequence_ = 0;
  bool needs_base_ = true;
  std::int64_t base_ms_ = 0;
  std::size_t base_bytes_ = 0;
  std::size_t delta_bytes_ = 0;
  std::uint64_t damaged_files_ = 0;
};

}  // namespace sonde::store
