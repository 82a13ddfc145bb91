#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/channel.h"
#include "config/schema.h"
#include "config/spelling.h"
#include "config/target.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds kYear = 365 * 24h;
constexpr DurationRange kAnyDuration{0s, kYear};
constexpr DurationRange kSomeDuration{1ms, kYear};

constexpr std::array kServerKeys{
    Key{.name = "listen",
        .read =
            [](const Value& value, Draft& draft) {
              std::string text;
              if (!value.read_text(text) || !value.accept(check_listen_address(text))) return false;
              draft.config.server.listen = text;
              return true;
            }},
    Key{.name = "max_connections",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.config.server.max_connections, {1, 65'535});
            }},
    Key{.name = "idle_timeout",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.server.idle_timeout, {1s, 24h});
            }},
};

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

bool read_ring_size(const Value& value, Draft& draft) {
  constexpr std::uint64_t kLeast = 64U << 10U;
  constexpr std::uint64_t kMost = 1U << 30U;
  std::uint64_t bytes = 0;
  if (!value.read_size(bytes)) return false;
  if (bytes < kLeast || bytes > kMost || !std::has_single_bit(bytes)) {
    return value.refuse("must be a power of two from 64KiB to 1GiB, such as 8MiB");
  }
  draft.config.capture.ring_bytes = static_cast<std::uint32_t>(bytes);
  return true;
}

constexpr std::array kTargetsKeys{Key{.name = "only", .read = read_targets}};
constexpr std::array kCaptureKeys{Key{.name = "ring_size", .read = read_ring_size}};

bool read_process(const Value& value, Draft& draft) {
  constexpr std::size_t kMaxCommBytes = 15;  // TASK_COMM_LEN without the final zero
  std::string name;
  if (!value.read_text(name)) return false;
  if (name.size() > kMaxCommBytes && name.find('*') == std::string::npos) {
    return value.refuse("never matches: the kernel keeps the first 15 bytes of a process name, write those");
  }
  draft.service.process = name;
  return true;
}

bool read_cgroup(const Value& value, Draft& draft) {
  std::string path;
  if (!value.read_text(path)) return false;
  if (!path.starts_with('/') && !path.starts_with('*')) {
    return value.refuse(shown_value(path) + " must start with '/' or '*', such as /system.slice/nginx.service");
  }
  draft.service.cgroup = path;
  return true;
}

bool read_container(const Value& value, Draft& draft) {
  constexpr std::size_t kShortestPrefix = 12;
  constexpr std::size_t kWholeId = 64;
  std::string id;
  if (!value.read_text(id)) return false;
  const bool hex = id.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hex || id.size() < kShortestPrefix || id.size() > kWholeId) {
    return value.refuse(shown_value(id) +
                        " is no container id: write its first 12 to 64 hexadecimal digits, in lower case");
  }
  draft.service.container = id;
  return true;
}

constexpr std::array kMatchKeys{
    Key{.name = "executable",
        .read = [](const Value& value, Draft& draft) { return value.read_text(draft.service.executable.emplace()); }},
    Key{.name = "process", .read = read_process},
    Key{.name = "cgroup", .read = read_cgroup},
    Key{.name = "container", .read = read_container},
    Key{.name = "port",
        .read = [](const Value& value, Draft& draft) { return value.read_count(draft.service.port.emplace()); }},
};

bool read_service_name(const Value& value, Draft& draft) {
  constexpr std::size_t kMaxNameBytes = 128;
  std::string name;
  if (!value.read_text(name)) return false;
  if (name.size() > kMaxNameBytes) return value.refuse("must be at most 128 bytes long");
  draft.service.name = name;
  return true;
}

void leave_service(Draft& draft, const Spot& spot) {
  if (draft.log.find(spot.path + ".name") == nullptr) {
    draft.log.add(spot, "needs a name: the service_name of everything that matches");
  }
  if (draft.log.find(spot.path + ".match") == nullptr) {
    draft.log.add(spot, "needs a match with at least one of executable, process, cgroup, container, port");
  }
  draft.config.inventory.rules.push_back(draft.service);
}

constexpr std::array kServiceKeys{
    Key{.name = "name", .read = read_service_name},
    Key{.name = "match", .shape = KeyShape::kSection, .keys = kMatchKeys},
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

constexpr std::array kStoreKeys{
    Key{.name = "tick",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.store.tick, {10ms, 1h});
            }},
    Key{.name = "keep",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.store.keep, {1s, kYear});
            }},
};

constexpr std::array kResponseTimeKeys{
    Key{.name = "warning",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.policy->response_time_p95.warning, kAnyDuration);
            }},
    Key{.name = "critical",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.policy->response_time_p95.critical, kAnyDuration);
            }},
};

constexpr std::array kErrorRatioKeys{
    Key{.name = "warning",
        .read = [](const Value& value, Draft& draft) { return value.read_ratio(draft.policy->error_ratio.warning); }},
    Key{.name = "critical",
        .read = [](const Value& value, Draft& draft) { return value.read_ratio(draft.policy->error_ratio.critical); }},
};

constexpr std::array kPolicyKeys{
    Key{.name = "window",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.policy->window, kSomeDuration); }},
    Key{.name = "for",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.policy->for_duration, kAnyDuration); }},
    Key{.name = "min_requests",
        .read = [](const Value& value, Draft& draft) { return value.read_count(draft.policy->min_requests); }},
    Key{.name = "response_time_p95", .shape = KeyShape::kSection, .keys = kResponseTimeKeys},
    Key{.name = "error_ratio", .shape = KeyShape::kSection, .keys = kErrorRatioKeys},
};

constexpr std::array kRulesKeys{
    Key{.name = "defaults",
        .shape = KeyShape::kSection,
        .keys = kPolicyKeys,
        .enter = [](Draft& draft, const std::string&) { draft.policy = &draft.config.rules.defaults; }},
    // After the defaults, which every service starts from, wherever the file has them.
    Key{.name = "services",
        .shape = KeyShape::kByName,
        .keys = kPolicyKeys,
        .enter =
            [](Draft& draft, const std::string& name) {
              rules::RulePack& pack = draft.config.rules;
              draft.policy = &pack.services.insert_or_assign(name, pack.defaults).first->second;
            }},
};

constexpr std::array kAlertsKeys{
    Key{.name = "hold_without_data",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.config.alerts.hold_without_data, kAnyDuration); }},
};

constexpr std::array kChannelKeys{
    Key{.name = "name", .read = read_channel_name},
    Key{.name = "url", .read = [](const Value& value, Draft& draft) { return read_address(value, draft.url); }},
    Key{.name = "url_file",
        .read = [](const Value& value, Draft& draft) { return read_address(value, draft.url_file); }},
    Key{.name = "url_env", .read = [](const Value& value, Draft& draft) { return read_address(value, draft.url_env); }},
};

constexpr std::array kNotifyKeys{
    Key{.name = "slack",
        .shape = KeyShape::kList,
        .keys = kChannelKeys,
        .enter = [](Draft& draft, const std::string&) { start_channel(draft, notify::ChannelKind::kSlack); },
        .leave = finish_channel},
    Key{.name = "webhook",
        .shape = KeyShape::kList,
        .keys = kChannelKeys,
        .enter = [](Draft& draft, const std::string&) { start_channel(draft, notify::ChannelKind::kWebhook); },
        .leave = finish_channel},
    Key{.name = "timeout",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.notify.timeout, {1ms, 1h});
            }},
    Key{.name = "first_retry",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.config.notify.first_retry, kSomeDuration); }},
    Key{.name = "longest_retry",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.config.notify.longest_retry, kSomeDuration); }},
    Key{.name = "give_up_after",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.config.notify.give_up_after, kSomeDuration); }},
    Key{.name = "max_queued",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.config.notify.max_queued, {1, 1'000'000});
            }},
};

constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warn", "error"};
static_assert(kLevels.size() == static_cast<std::size_t>(LogLevel::kError) + 1, "every LogLevel needs its name");
constexpr std::array<std::string_view, 2> kFormats{"text", "json"};
static_assert(kFormats.size() == static_cast<std::size_t>(LogFormat::kJson) + 1, "every LogFormat needs its name");

template <class Choice>
bool read_choice(const Value& value, Choice& into, std::span<const std::string_view> names) {
  std::size_t index = 0;
  if (!value.read_choice(index, names)) return false;
  into = static_cast<Choice>(index);
  return true;
}

constexpr std::array kLogKeys{
    Key{.name = "level",
        .read = [](const Value& value, Draft& draft) { return read_choice(value, draft.config.log.level, kLevels); }},
    Key{.name = "format",
        .read = [](const Value& value, Draft& draft) { return read_choice(value, draft.config.log.format, kFormats); }},
};

constexpr std::array kRootKeys{
    Key{.name = "server", .shape = KeyShape::kSection, .keys = kServerKeys},
    Key{.name = "targets", .shape = KeyShape::kSection, .keys = kTargetsKeys},
    Key{.name = "capture", .shape = KeyShape::kSection, .keys = kCaptureKeys},
    Key{.name = "services",
        .shape = KeyShape::kList,
        .keys = kServiceKeys,
        .enter = [](Draft& draft, const std::string&) { draft.service = {}; },
        .leave = leave_service},
    Key{.name = "http", .shape = KeyShape::kSection, .keys = kHttpKeys},
    Key{.name = "measure", .shape = KeyShape::kSection, .keys = kMeasureKeys},
    Key{.name = "store", .shape = KeyShape::kSection, .keys = kStoreKeys},
    Key{.name = "rules", .shape = KeyShape::kSection, .keys = kRulesKeys},
    Key{.name = "alerts", .shape = KeyShape::kSection, .keys = kAlertsKeys},
    Key{.name = "notify", .shape = KeyShape::kSection, .keys = kNotifyKeys, .guarded = true},
    Key{.name = "log", .shape = KeyShape::kSection, .keys = kLogKeys},
};

void list_keys(std::span<const Key> keys, const std::string& prefix, std::vector<std::string>& into) {
  for (const Key& key : keys) {
    const std::string path = prefix + std::string(key.name);
    switch (key.shape) {
      case KeyShape::kValue:
        into.push_back(path);
        break;
      case KeyShape::kSection:
        list_keys(key.keys, path + ".", into);
        break;
      case KeyShape::kList:
        list_keys(key.keys, path + "[].", into);
        break;
      case KeyShape::kByName:
        list_keys(key.keys, path + ".NAME.", into);
        break;
    }
  }
}

}  // namespace

std::span<const Key> root_keys() { return kRootKeys; }

std::vector<std::string> schema_keys() {
  std::vector<std::string> all;
  list_keys(kRootKeys, "", all);
  return all;
}

}  // namespace sonde::config
