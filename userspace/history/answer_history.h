#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "history/database.h"

namespace sonde::history {

/// What somebody was answered to a request with a key of their own.
struct KeptAnswer {
  std::string key;            ///< whose, and which
  std::uint64_t request = 0;  ///< what makes the request another one if it differs
  WallTime at{};              ///< when it was asked
  unsigned status = 0;
  std::string content_type{};
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};  ///< neither has a line break in it

  bool operator==(const KeptAnswer&) const = default;
};

/// Answers by Idempotency-Key, in the file of the alerts' history: rows of migrations.cpp's table `kept_answer`.
///
/// What a save wrote is there after kill -9 and loss of power.  errors: of all members: as Database.
/// owner: borrows the Database of an AlertHistory.  threads: any, as the AlertHistory, whose mutex it takes.
class AnswerHistory {
 public:
  AnswerHistory(Database& database, std::mutex& mutex) : database_(&database), mutex_(&mutex) {}

  /// What was asked since, the oldest first: of more than `most`, the newest.
  [[nodiscard]] Result<std::vector<KeptAnswer>> load(WallTime since, std::size_t most) const;

  /// Keeps an answer in the place of another one with the same key, and forgets what was asked before `forget_before`.
  Result<> save(const KeptAnswer& answer, WallTime forget_before);

 private:
  Database* database_;
  std::mutex* mutex_;
};

}  // namespace sonde::history
