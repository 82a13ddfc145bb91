#pragma once

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/unique_fd.h"

namespace sonde::cli {

/// A pipe that output is written into, which is no terminal.  shape: at most 64 KiB.
class PipeOutput {
 public:
  PipeOutput() {
    std::array<int, 2> ends{-1, -1};
    static_cast<void>(!::pipe(ends.data()));
    read_end_ = UniqueFd(ends[0]);
    write_end_ = UniqueFd(ends[1]);
  }

  [[nodiscard]] int fd() const { return write_end_.get(); }

  /// What was written; nothing can be written after it.
  std::string text() {
    write_end_.reset();
    std::string text(64 << 10, '\0');
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(read_end_.get(), text.data(), text.size()))));
    return text;
  }

 private:
  UniqueFd read_end_;
  UniqueFd write_end_;
};

}  // namespace sonde::cli
