#include "app/answer_book.h"

#include <algorithm>
#include <utility>

#include "app/log.h"
#include "base/fnv1a.h"

namespace sonde::app {
namespace {

constexpr std::size_t kMaxKeyBytes = 256;

/// What makes two requests the same: what is asked of which, and under which condition.
std::uint64_t print_of(const serve::HttpRequest& request) {
  Fnv1a print;
  for (const std::string* part : {&request.method, &request.path, &request.if_match, &request.body}) {
    print.add(*part).add(static_cast<unsigned char>(0xFF));
  }
  return print.value();
}

std::size_t bytes_of(const std::string& key, const serve::HttpResponse& answer) {
  return 2 * key.size() + (answer.body == nullptr ? 0 : answer.body->size());
}

}  // namespace

AnswerBook::AnswerBook(const Clock& clock, history::AnswerHistory* history, AnswerBookLimits limits)
    : clock_(clock), history_(history), limits_(limits) {
  if (history_ != nullptr) restore();
}

void AnswerBook::restore() {
  const WallTime now = clock_.now();
  auto loaded = history_->load(now - limits_.keep, limits_.max_answers);
  if (!loaded) {
    log_error("what was answered before the start is forgotten", {{"why", loaded.error().what}});
    return;
  }
  const std::lock_guard lock(mutex_);
  for (history::KeptAnswer& row : *loaded) {
    // A clock that was set back makes nothing younger than now.
    const auto age = std::max(now - row.at, WallTime::duration{0});
    Kept kept{.request = row.request, .at = clock_.kernel_now() - age, .wall = row.at};
    kept.answer = serve::HttpResponse{.status = row.status,
                                      .content_type = std::move(row.content_type),
                                      .body = std::make_shared<const std::string>(std::move(row.body)),
                                      .headers = std::move(row.headers)};
    kept.bytes = bytes_of(row.key, *kept.answer);
    bytes_ += kept.bytes;
    order_.push_back(row.key);
    kept_.insert_or_assign(std::move(row.key), std::move(kept));
  }
  make_room();
}

serve::HttpResponse AnswerBook::answer(const serve::HttpRequest& request, const serve::Handler& handler) {
  if (request.idempotency_key.empty()) return handler(request);
  if (request.idempotency_key.size() > kMaxKeyBytes) {
    return serve::problem_response(400, "Idempotency-Key: must not be longer than 256 bytes, such as a UUID");
  }
  // Nobody gets to see what another user was answered.
  const std::string key = request.user + '\n' + request.idempotency_key;
  if (auto known = begin(key, print_of(request))) return *std::move(known);
  serve::HttpResponse made;
  try {
    made = handler(request);
  } catch (...) {
    finish(key, nullptr);
    throw;
  }
  const bool is_kept = made.status < 500;
  if (is_kept) keep(key, made);
  finish(key, is_kept ? &made : nullptr);
  return made;
}

/// Nobody waits for another one's disk: the book is not held meanwhile, and the key is taken.
void AnswerBook::keep(const std::string& key, const serve::HttpResponse& answer) {
  if (history_ == nullptr) return;
  history::KeptAnswer row{.key = key,
                          .status = answer.status,
                          .content_type = answer.content_type,
                          .body = answer.body == nullptr ? "" : *answer.body,
                          .headers = answer.headers};
  WallTime oldest;
  {
    const std::lock_guard lock(mutex_);
    const Kept& begun = kept_.at(key);
    row.request = begun.request;
    row.at = begun.wall;
    oldest = order_.empty() ? row.at : std::min(kept_.at(order_.front()).wall, row.at);
  }
  const Result<> kept = history_->save(row, oldest);
  const std::lock_guard lock(mutex_);
  const std::string error = kept ? "" : kept.error().what;
  if (error != keep_error_ && !error.empty()) {
    log_error("an answer is not on disk: its Idempotency-Key is forgotten with the daemon", {{"why", error}});
  }
  keep_error_ = error;
}

std::size_t AnswerBook::size() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

/// What is to be answered at once; nothing: the caller makes the answer.
std::optional<serve::HttpResponse> AnswerBook::begin(const std::string& key, std::uint64_t request) {
  const std::lock_guard lock(mutex_);
  make_room();
  const auto [found, is_new] = kept_.try_emplace(key, Kept{request, clock_.kernel_now(), clock_.now()});
  if (is_new) return std::nullopt;
  const Kept& kept = found->second;
  if (kept.request != request) {
    return serve::problem_response(422, "Idempotency-Key: was used for another request already: take a new one");
  }
  if (!kept.answer) {
    return serve::problem_response(409,
                                   "the first request with this Idempotency-Key still runs: ask again in a moment");
  }
  return kept.answer;
}

void AnswerBook::finish(const std::string& key, const serve::HttpResponse* answer) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(key);
  if (answer == nullptr) {
    kept_.erase(found);
    return;
  }
  found->second.answer = *answer;
  found->second.bytes = bytes_of(key, *answer);
  bytes_ += found->second.bytes;
  order_.push_back(key);
  make_room();
}

void AnswerBook::make_room() {
  const KernelTime now = clock_.kernel_now();
  while (!order_.empty()) {
    const auto oldest = kept_.find(order_.front());
    const bool is_old = oldest->second.at + limits_.keep <= now;
    if (!is_old && order_.size() <= limits_.max_answers && bytes_ <= limits_.max_bytes) return;
    bytes_ -= oldest->second.bytes;
    kept_.erase(oldest);
    order_.pop_front();
  }
}

}  // namespace sonde::app
