#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "history/alert_history.h"
#include "history/database.h"
#include "history/sqlite_connection.h"

namespace sonde::history {

inline constexpr WallTime kNow{std::chrono::seconds{1'800'000'000}};  // 2027-01-15 08:00:00 UTC

/// A directory for a history, which goes with its test.
class HistoryPlace {
 public:
  HistoryPlace() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde_history_XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~HistoryPlace() { std::filesystem::remove_all(directory_); }
  HistoryPlace(const HistoryPlace&) = delete;
  HistoryPlace& operator=(const HistoryPlace&) = delete;

  [[nodiscard]] std::string path() const { return directory_ + "/alerts.db"; }

  /// Names in the directory that begin so, in order.
  [[nodiscard]] std::vector<std::string> files(const std::string& with) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
      if (entry.path().filename().string().starts_with(with)) found.push_back(entry.path().filename().string());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  [[nodiscard]] std::unique_ptr<AlertHistory> open(std::vector<std::string>* notices = nullptr) const {
    std::vector<std::string> said;
    auto history = AlertHistory::open(path(), kNow, said);
    EXPECT_TRUE(history) << history.error().what;
    if (notices == nullptr) {
      EXPECT_TRUE(said.empty()) << said.front();
    } else {
      *notices = std::move(said);
    }
    return history ? *std::move(history) : nullptr;
  }

  [[nodiscard]] std::string open_fault() const {
    std::vector<std::string> notices;
    const auto history = AlertHistory::open(path(), kNow, notices);
    return history ? "" : history.error().what;
  }

  /// What another program would see, or do.
  [[nodiscard]] Database other_connection() const {
    auto database = open_sqlite(path());
    EXPECT_TRUE(database) << database.error().what;
    return *std::move(database);
  }

 private:
  std::string directory_;
};

inline std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

inline ClockMark mark_at(std::chrono::nanoseconds elapsed) {
  return {elapsed, kNow + elapsed, std::chrono::hours{5} + elapsed, "4b1c1c9e-0000-4000-8000-000000000001"};
}

inline alerts::Moment moment_at(std::chrono::nanoseconds elapsed) { return {kNow + elapsed, elapsed}; }

inline alerts::Snapshot loaded(AlertHistory& history) {
  auto found = history.load();
  EXPECT_TRUE(found) << found.error().what;
  if (!found) return {};
  for (const std::string& notice : found->notices) ADD_FAILURE() << notice;
  return found->snapshot;
}

}  // namespace sonde::history
