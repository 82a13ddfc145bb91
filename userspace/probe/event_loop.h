#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "probe/conversation.h"
#include "probe/resolver.h"

namespace sonde::probe {

/// What the attempts of one thread wait for: transfers of libcurl, descriptors, names. Whoever waits has a token, and
/// is woken by it; being woken once too often must do no harm. threads: one, but for wake().
class EventLoop {
 public:
  /// errors: kUnsupported, kIo if libcurl, c-ares or epoll(7) cannot start.
  [[nodiscard]] static Result<std::unique_ptr<EventLoop>> create();
  ~EventLoop();

  /// Begins a transfer, a CURL handle whose CURLOPT_PRIVATE is free; false if libcurl does not take it.
  [[nodiscard]] bool add(void* easy, std::size_t token);

  /// The CURLcode that a transfer has ended with; nothing while it runs.
  [[nodiscard]] std::optional<int> ended(void* easy) const;

  /// Ends a transfer. To be called before the handle goes.
  void remove(void* easy);

  /// Waits for a descriptor, until forget() or its close. Another call for the same descriptor replaces this one.
  void watch(const Wait& wait, std::size_t token);
  void forget(int fd);

  [[nodiscard]] std::unique_ptr<Lookup> look_up(const Question& question, std::size_t token);

  /// Waits until something happens, `patience` at most, and says who is to be woken.
  std::vector<std::size_t> turn(std::chrono::milliseconds patience);

  /// Ends a turn early.  threads: any.
  void wake();

 private:
  class Impl;
  explicit EventLoop(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonde::probe
