#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/schema.h"
#include "config/sections.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;

bool read_max_body(const Value& value, Draft& draft) {
  constexpr std::uint64_t kLeast = 64U << 10U;
  constexpr std::uint64_t kMost = 64U << 20U;
  std::uint64_t bytes = 0;
  if (!value.read_size(bytes)) return false;
  if (bytes < kLeast || bytes > kMost) return value.refuse("must be from 64KiB to 64MiB, such as 1MiB");
  draft.config.server.max_body_bytes = bytes;
  return true;
}

std::span<const Key> server_keys() {
  static const std::array kServerKeys{
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
      Key{.name = "max_body_size", .read = read_max_body},
      Key{.name = "auth", .shape = KeyShape::kList, .keys = user_keys(), .enter = start_user, .leave = finish_user},
  };
  return kServerKeys;
}

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
      case KeyShape::kFree:
        into.push_back(path + (key.enter == nullptr ? ".PARAMETER" : ".NAME.PARAMETER"));
        break;
    }
  }
}

}  // namespace

std::span<const Key> root_keys() {
  static const std::array kRootKeys{
      Key{.name = "server", .shape = KeyShape::kSection, .keys = server_keys()},
      Key{.name = "targets", .shape = KeyShape::kSection, .keys = targets_keys()},
      Key{.name = "capture", .shape = KeyShape::kSection, .keys = capture_keys()},
      Key{.name = "services",
          .shape = KeyShape::kList,
          .keys = service_keys(),
          .enter = [](Draft& draft, const std::string&) { start_service(draft); },
          .leave = finish_service},
      Key{.name = "http", .shape = KeyShape::kSection, .keys = http_keys()},
      Key{.name = "tcp", .shape = KeyShape::kSection, .keys = tcp_keys()},
      Key{.name = "slis", .shape = KeyShape::kByName, .keys = sli_keys(), .enter = start_sli, .leave = finish_sli},
      Key{.name = "probes",
          .shape = KeyShape::kByName,
          .keys = probe_keys(),
          .enter = start_probe,
          .leave = finish_probe},
      Key{.name = "measure", .shape = KeyShape::kSection, .keys = measure_keys()},
      Key{.name = "resources", .shape = KeyShape::kSection, .keys = resources_keys()},
      Key{.name = "events", .shape = KeyShape::kSection, .keys = events_keys()},
      Key{.name = "store", .shape = KeyShape::kSection, .keys = store_keys()},
      Key{.name = "query", .shape = KeyShape::kSection, .keys = query_keys()},
      Key{.name = "rules", .shape = KeyShape::kSection, .keys = rules_keys()},
      Key{.name = "alerts", .shape = KeyShape::kSection, .keys = alerts_keys()},
      Key{.name = "incidents", .shape = KeyShape::kSection, .keys = incidents_keys()},
      Key{.name = "oncall", .shape = KeyShape::kSection, .keys = oncall_keys()},
      Key{.name = "notify",
          .shape = KeyShape::kSection,
          .keys = notify_keys(),
          .leave = finish_notify,
          .guarded = true},
      Key{.name = "heartbeats", .shape = KeyShape::kSection, .keys = heartbeat_keys()},
      Key{.name = "remediation", .shape = KeyShape::kSection, .keys = remediation_keys()},
      Key{.name = "hub", .shape = KeyShape::kSection, .keys = hub_keys(), .leave = finish_hub},
      Key{.name = "log", .shape = KeyShape::kSection, .keys = kLogKeys},
  };
  return kRootKeys;
}

std::vector<std::string> schema_keys() {
  std::vector<std::string> all;
  list_keys(root_keys(), "", all);
  return all;
}

}  // namespace sonde::config
