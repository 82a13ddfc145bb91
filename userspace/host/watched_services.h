#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "decode/types.h"
#include "host/crash_loop.h"
#include "host/event_damper.h"
#include "host/process_end.h"
#include "host/reading_writer.h"
#include "host/types.h"

namespace sonde::host {

/// What is told of a service, each damped by itself.
enum class Topic : std::uint8_t {
  kStarts,
  kOrderlyEnds,
  kAbnormalEnds,
  kFailedCommands,
  kOomKills,
  kListenersGone,
  kCount
};

/// The last event of a topic, in the words it was told in.
struct Story {
  EventDamper damper;
  std::uint64_t event_id = 0;
  std::string sentence = {};
};

/// What the main process of a service runs.
struct MainBinary {
  std::string build_id;  ///< hexadecimal; empty if there is none
  std::uint64_t inode = 0;
  std::uint32_t device = 0;
  std::string process_name;
};

/// What happened to one service since it is known.
struct WatchedService {
  explicit WatchedService(const CrashLoopOptions& options) : crash_loop(options) {}

  [[nodiscard]] Story& story(Topic topic) { return stories[static_cast<std::size_t>(topic)]; }

  WallTime touched_at{};
  decode::ProcessIdentity started_last{};
  WallTime started_last_at{};
  CrashLoop crash_loop;
  std::optional<MainBinary> binary{};
  std::array<Story, static_cast<std::size_t>(Topic::kCount)> stories{Story{EventDamper{1}},  Story{EventDamper{1}},
                                                                     Story{EventDamper{10}}, Story{EventDamper{1}},
                                                                     Story{EventDamper{10}}, Story{EventDamper{10}}};

  std::uint64_t starts = 0;
  std::map<ProcessEnd, std::uint64_t> exits{};
  std::uint64_t crash_loops = 0;
  std::uint64_t oom_kills = 0;
  std::map<std::string, std::uint64_t> listeners_gone{};  // by port
  std::uint64_t binary_changes = 0;
};

/// The services a watch remembers, at most 1,000, and one record for everything else, called "other".
class WatchedServices {
 public:
  explicit WatchedServices(const HostOptions& options);

  /// The service's own record, or that of everything else if there is no room.
  WatchedService& of(const std::string& name, WallTime at);

  [[nodiscard]] WatchedService& other() { return *other_; }

  /// Writes the counters of events, and whether services are in a crash loop at `now`.
  void write(ReadingWriter& out, WallTime now);

 private:
  bool make_room(WallTime at);
  void for_each(const std::function<void(const std::string&, WatchedService&)>& visit);
  void write_exits(ReadingWriter& out);
  void write_counts(ReadingWriter& out);

  CrashLoopOptions options_;
  std::map<std::string, std::unique_ptr<WatchedService>, std::less<>> services_;
  std::unique_ptr<WatchedService> other_;
};

}  // namespace sonde::host
