#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sonde::serve {

/// Threads that run what they are given, started when all others are busy and kept until the end.
/// threads: any, but the destructor and stop() not from a job.
class WorkerPool {
 public:
  /// shape: `most_threads` is at least one; beyond it, jobs wait.
  explicit WorkerPool(std::size_t most_threads) : most_threads_(most_threads) {}
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool() { stop(); }

  /// False if it will never run: the pool has stopped, or there is no thread to be had.  shape: a job throws nothing.
  [[nodiscard]] bool run(std::function<void()> job);

  /// Returns once every job that was taken has run; none is taken from now on.
  void stop();

 private:
  void work();

  const std::size_t most_threads_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace sonde::serve
