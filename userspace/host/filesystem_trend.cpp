#include "host/filesystem_trend.h"

#include <optional>

#include "host/filesystem_tags.h"
#include "host/level_trend.h"

namespace sonde::host {
namespace {

constexpr std::chrono::minutes kMerged{1};
constexpr std::chrono::minutes kRemembered{60};
constexpr std::chrono::minutes kTooLittle{10};
/// An hour of history says nothing about a time so far away.
constexpr std::chrono::hours kTooFar{24 * 30};

double seconds_between(WallTime from, WallTime to) { return std::chrono::duration<double>(to - from).count(); }

}  // namespace

void FilesystemTrend::add(const std::string& mount_point, std::uint64_t available_bytes, WallTime at) {
  History& history = histories_[mount_point];
  const auto available = static_cast<double>(available_bytes);
  // The clock was set back: what is known cannot be placed any more.
  if (at < history.latest) history.points.clear();
  history.latest = at;
  history.latest_available_bytes = available;
  if (!history.points.empty() && at - history.points.back().at < kMerged) {
    Point& point = history.points.back();
    ++point.count;
    point.available_bytes += (available - point.available_bytes) / point.count;
    return;
  }
  history.points.push_back(Point{.at = at, .available_bytes = available});
  while (at - history.points.front().at >= kRemembered) history.points.pop_front();
}

std::optional<std::chrono::nanoseconds> FilesystemTrend::time_until_full(const std::string& mount_point) const {
  const auto known = histories_.find(mount_point);
  if (known == histories_.end()) return std::nullopt;
  const History& history = known->second;
  const WallTime begin = history.points.front().at;
  if (history.latest - begin < kTooLittle) return std::nullopt;
  std::vector<LevelPoint> points;
  for (const Point& point : history.points) points.push_back({seconds_between(begin, point.at), point.available_bytes});
  const std::optional<double> rate = falling_rate(points);
  if (!rate) return std::nullopt;
  const std::chrono::duration<double> until(history.latest_available_bytes / *rate);
  if (until > kTooFar) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(until);
}

void FilesystemTrend::forget_before(WallTime since) {
  std::erase_if(histories_, [&](const auto& each) { return each.second.latest < since; });
}

void write_filesystem_trend(const FilesystemTrend& trend, const std::vector<FilesystemFacts>& filesystems,
                            ReadingWriter& out) {
  out.gauge("sonde_filesystem_full_seconds", "Time until the file system is full if it goes on filling as it does.");
  for (const FilesystemFacts& facts : filesystems) {
    if (!facts.answered || facts.read_only) continue;
    const auto until = trend.time_until_full(facts.mount.mount_point);
    if (until) out.add(std::chrono::duration<double>(*until).count(), filesystem_tags(facts.mount));
  }
}

}  // namespace sonde::host
