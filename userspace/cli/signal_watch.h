#pragma once

#include <csignal>
#include <optional>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sonde::cli {

/// Turns SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGWINCH of this thread into bytes of a descriptor (signalfd(2)) as long
/// as it lives, then puts the old mask back.  threads: the one that made it, which must be the only one that takes
/// them.
class SignalWatch {
 public:
  [[nodiscard]] static Result<SignalWatch> create();

  SignalWatch(SignalWatch&& other) noexcept;
  SignalWatch& operator=(SignalWatch&&) = delete;
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();

  /// Becomes readable when a signal has come.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// The oldest signal that has come, without waiting.
  [[nodiscard]] std::optional<int> take();

 private:
  SignalWatch(UniqueFd fd, const sigset_t& before) noexcept : fd_(std::move(fd)), before_(before) {}

  UniqueFd fd_;
  sigset_t before_;
};

}  // namespace sonde::cli
