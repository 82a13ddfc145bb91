#pragma once

#include <ucontext.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace sonde::probe {

/// A stack of its own for code that waits in the middle, such as a library's: it is left by suspend() and gone on with
/// by resume(). What it runs must be through before it goes.
/// threads: one at a time.
class Fiber {
 public:
  explicit Fiber(std::function<void()> body);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// False if there was no memory for its stack: it never runs then.
  [[nodiscard]] bool is_usable() const { return stack_ != nullptr; }

  /// Runs the body up to its next suspend(); true once it has ended.
  bool resume();

  /// Called by the body: back to whoever called resume().
  void suspend();

 private:
  static void enter(unsigned high, unsigned low);
  void run();

  std::function<void()> body_;
  void* stack_ = nullptr;  ///< the lowest page is for nobody
  ucontext_t inside_{};
  ucontext_t outside_{};
  bool ended_ = false;

  // What sanitizers are told; unused without them.
  [[maybe_unused]] const void* outside_stack_ = nullptr;
  [[maybe_unused]] std::size_t outside_bytes_ = 0;
  [[maybe_unused]] void* inside_thread_ = nullptr;
  [[maybe_unused]] void* outside_thread_ = nullptr;
};

}  // namespace sonde::probe
