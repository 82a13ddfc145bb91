#include "history/answer_history.h"

#include <algorithm>
#include <chrono>
#include <string_view>

namespace sonde::history {
namespace {

constexpr std::string_view kNewest =
    "SELECT id, request, asked_at_ns, status, content_type, headers, body FROM kept_answer WHERE asked_at_ns >= ? "
    "ORDER BY asked_at_ns DESC, id DESC LIMIT ?";
constexpr std::string_view kWrite =
    "INSERT INTO kept_answer (id, request, asked_at_ns, status, content_type, headers, body) VALUES (?, ?, ?, ?, ?, ?, "
    "?) ON CONFLICT (id) DO UPDATE SET request = excluded.request, asked_at_ns = excluded.asked_at_ns, status = "
    "excluded.status, content_type = excluded.content_type, headers = excluded.headers, body = excluded.body";

std::int64_t ns_of(WallTime at) { return at.time_since_epoch().count(); }

/// A line each, as HTTP has them.
std::string text_of(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string text;
  for (const auto& [name, value] : headers) text += name + ": " + value + "\n";
  return text;
}

std::vector<std::pair<std::string, std::string>> headers_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> headers;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  return headers;
}

}  // namespace

Result<std::vector<KeptAnswer>> AnswerHistory::load(WallTime since, std::size_t most) const {
  const std::lock_guard lock(*mutex_);
  Statement row = SONDE_TRY(database_->prepare(kNewest));
  row.bind(ns_of(since)).bind(static_cast<std::int64_t>(most));
  std::vector<KeptAnswer> answers;
  while (SONDE_TRY(row.step())) {
    answers.push_back({.key = row.text(0),
                       .request = static_cast<std::uint64_t>(row.number(1)),
                       .at = WallTime{std::chrono::nanoseconds{row.number(2)}},
                       .status = static_cast<unsigned>(row.number(3)),
                       .content_type = row.text(4),
                       .body = row.text(6),
                       .headers = headers_of(row.text(5))});
  }
  std::ranges::reverse(answers);
  return answers;
}

Result<> AnswerHistory::save(const KeptAnswer& answer, WallTime forget_before) {
  const std::lock_guard lock(*mutex_);
  Transaction transaction = SONDE_TRY(Transaction::begin(*database_));
  Statement remove = SONDE_TRY(database_->prepare("DELETE FROM kept_answer WHERE asked_at_ns < ?"));
  SONDE_TRY(remove.bind(ns_of(forget_before)).run());
  Statement write = SONDE_TRY(database_->prepare(kWrite));
  write.bind(answer.key).bind(static_cast<std::int64_t>(answer.request)).bind(ns_of(answer.at));
  write.bind(static_cast<std::int64_t>(answer.status)).bind(answer.content_type);
  SONDE_TRY(write.bind(text_of(answer.headers)).bind(answer.body).run());
  return transaction.commit();
}

}  // namespace sonde::history
