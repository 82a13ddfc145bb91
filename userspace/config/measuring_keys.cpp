#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <string>

#include "config/sections.h"
#include "config/spelling.h"
#include "config/target.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;

bool read_targets(const Value& value, Draft& draft) {
  const auto items = value.read_list();
  if (!items) return false;
  bool sound = true;
  for (const Value& item : *items) {
    std::string text;
    sound = item.read_text(text) && item.accept(parse_target(text, draft.config.capture.targets)) && sound;
  }
  return sound;
}

bool read_ring_size(const Value& value, std::uint32_t& into) {
  constexpr std::uint64_t kLeast = 64U << 10U;
  constexpr std::uint64_t kMost = 1U << 30U;
  std::uint64_t bytes = 0;
  if (!value.read_size(bytes)) return false;
  if (bytes < kLeast || bytes > kMost || !std::has_single_bit(bytes)) {
    return value.refuse("must be a power of two from 64KiB to 1GiB, such as 8MiB");
  }
  into = static_cast<std::uint32_t>(bytes);
  return true;
}

constexpr std::array kTargetsKeys{Key{.name = "only", .read = read_targets}};
constexpr std::array kCaptureKeys{
    Key{.name = "ring_size",
        .read = [](const Value& value,
                   Draft& draft) { return read_ring_size(value, draft.config.capture.ring_bytes); }},
    Key{.name = "event_ring_size",
        .read = [](const Value& value,
                   Draft& draft) { return read_ring_size(value, draft.config.capture.event_ring_bytes); }},
};

bool read_routes(const Value& value, Draft& draft) {
  const auto items = value.read_list();
  if (!items) return false;
  bool sound = true;
  for (const Value& item : *items) {
    std::string route;
    const bool fits = item.read_text(route) && item.accept(check_route(route));
    if (fits) draft.config.measure.routes.push_back(route);
    sound = sound && fits;
  }
  return sound;
}

constexpr std::array kHttpKeys{
    Key{.name = "routes", .read = read_routes},
    Key{.name = "max_routes_per_service",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.config.measure.max_routes_per_service, {1, 100'000});
            }},
};

constexpr std::array kMeasureKeys{
    Key{.name = "max_series",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.config.measure.max_series, {1, 10'000'000});
            }},
};

constexpr std::array kTcpKeys{
    Key{.name = "max_destinations_per_service",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.config.tcp.max_destinations, {1, 100'000});
            }},
};

constexpr std::array kResourcesKeys{
    Key{.name = "interval",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.host.interval, {1s, 1h});
            }},
    Key{.name = "max_services",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.config.host.max_services, {1, 100'000});
            }},
    Key{.name = "mount_points_exclude",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_pattern(draft.config.host.mount_points_exclude); }},
    Key{.name = "filesystem_types_exclude",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_pattern(draft.config.host.filesystem_types_exclude); }},
    Key{.name = "disks_exclude",
        .read = [](const Value& value, Draft& draft) { return value.read_pattern(draft.config.host.disks_exclude); }},
};

constexpr std::array kCrashLoopKeys{
    Key{.name = "exits",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.config.host.crash_loop_exits, {2, 1'000});
            }},
    Key{.name = "within",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.host.crash_loop_within, {1s, 24h});
            }},
};

constexpr std::array kEventsKeys{
    Key{.name = "keep",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.config.host.keep_events, {1, 100'000});
            }},
    Key{.name = "crash_loop", .shape = KeyShape::kSection, .keys = kCrashLoopKeys},
};

}  // namespace

std::span<const Key> targets_keys() { return kTargetsKeys; }
std::span<const Key> capture_keys() { return kCaptureKeys; }
std::span<const Key> http_keys() { return kHttpKeys; }
std::span<const Key> tcp_keys() { return kTcpKeys; }
std::span<const Key> measure_keys() { return kMeasureKeys; }
std::span<const Key> resources_keys() { return kResourcesKeys; }
std::span<const Key> events_keys() { return kEventsKeys; }

}  // namespace sonde::config
