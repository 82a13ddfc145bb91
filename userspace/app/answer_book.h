#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "history/answer_history.h"
#include "serve/handler.h"

namespace sonde::app {

/// What answers are remembered.
struct AnswerBookLimits {
  std::chrono::nanoseconds keep = std::chrono::hours{24};
  std::size_t max_answers = 10'000;
  std::size_t max_bytes = std::size_t{8} << 20U;  ///< of all answers together
};

/// Answers by Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a client that has not heard our answer asks
/// once more with the same key, and gets it without anything being done twice. An answer is on disk before it is given,
/// in a transaction after that of the change: it outlives the daemon. If the daemon ends between the two, nobody has
/// heard the answer and the key is new again; then If-Match is what keeps an order from being followed twice.
/// threads: any.
class AnswerBook {
 public:
  /// Takes up what an earlier process has answered. `history` null: answers are forgotten with the process.
  /// owner: the clock and the history outlive it.
  explicit AnswerBook(const Clock& clock, history::AnswerHistory* history = nullptr, AnswerBookLimits limits = {});

  /// Answers with the handler, or with what it answered before to the same request under the same key; without a key,
  /// with the handler. Another request with a key that is in use is a 422; one while the first still runs a 409. What
  /// failed on our side (5xx) is not kept, so that it can be tried again.
  serve::HttpResponse answer(const serve::HttpRequest& request, const serve::Handler& handler);

  [[nodiscard]] std::size_t size() const;

 private:
  struct Kept {
    std::uint64_t request = 0;  // what was asked
    KernelTime at;
    WallTime wall{};
    std::optional<serve::HttpResponse> answer{};  // nothing: it is being made
    std::size_t bytes = 0;
  };

  std::optional<serve::HttpResponse> begin(const std::string& key, std::uint64_t request);
  void finish(const std::string& key, const serve::HttpResponse* answer);
  void restore();
  void keep(const std::string& key, const serve::HttpResponse& answer);
  void make_room();

  const Clock& clock_;
  history::AnswerHistory* const history_;
  const AnswerBookLimits limits_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, Kept> kept_;
  std::deque<std::string> order_;  // of the keys in kept_ that have an answer, the oldest first
  std::size_t bytes_ = 0;
  std::string keep_error_;  // of the last that was kept; empty: it was
};

}  // namespace sonde::app
