#pragma once

#include <array>
#include <chrono>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sonde::app {

/// Lets a thread sleep on descriptors until another thread wakes it.
class Wake {
 public:
  /// errors: kIo, kLimit.
  static Result<Wake> create();

  /// threads: any.
  void up() const noexcept;

  /// Until one of two descriptors is readable (-1: none), up() is called, or the time is over.
  void sleep(std::array<int, 2> descriptors, std::chrono::nanoseconds longest) const noexcept;

 private:
  explicit Wake(UniqueFd event) : event_(std::move(event)) {}

  UniqueFd event_;
};

}  // namespace sonde::app
