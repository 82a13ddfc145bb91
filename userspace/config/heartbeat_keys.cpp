#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "config/channel.h"
#include "config/channel_secret.h"
#include "config/checks.h"
#include "config/sections.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;

constexpr DurationRange kSending{1s, 24h};
constexpr DurationRange kExpecting{1s, 400 * 24h};
constexpr DurationRange kGrace{0s, 400 * 24h};
constexpr std::array<std::string_view, 3> kSeverities{"info", "warning", "critical"};

void start_sent(Draft& draft, const std::string& /*name*/) {
  draft.channel = {};
  draft.config.heartbeats.sent.emplace();
}

void finish_sent(Draft& draft, const Spot& spot) {
  constexpr SecretKey kUrl{.key = "url", .noun = "URL"};
  SentHeartbeat& sent = *draft.config.heartbeats.sent;
  if (!gives(draft, spot, kUrl)) return draft.log.add(spot, "says nowhere whom to call: add url_file or url_env");
  const auto url = fetch_secret(draft, spot, kUrl);
  if (!url) return;
  if (const auto sound = check_http_url(url->text); !sound) {
    return draft.log.add(url->place.spot, "does not hold an address of HTTP, such as https://checks.example/abc");
  }
  sent.url = url->text;
}

constexpr std::array kSendKeys{
    Key{.name = "url_file", .read = read_channel_text},
    Key{.name = "url_env", .read = read_channel_text},
    Key{.name = "every",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.config.heartbeats.sent->every, kSending); }},
};

bool read_severity(const Value& value, Draft& draft) {
  std::size_t choice = 0;
  if (!value.read_choice(choice, kSeverities)) return false;
  draft.heartbeat.severity = static_cast<rules::Severity>(choice);
  return true;
}

bool read_name(const Value& value, Draft& draft) {
  std::string name;
  if (!value.read_text(name)) return false;
  const bool is_plain = std::ranges::all_of(name, [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '-' || letter == '_' || letter == '.';
  });
  if (!is_plain || name.size() > 64) return value.refuse("takes letters, digits, '-', '_' and '.', 64 at most");
  draft.heartbeat.name = std::move(name);
  return true;
}

constexpr std::array kExpectKeys{
    Key{.name = "name", .read = read_name},
    Key{.name = "every",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.heartbeat.every, kExpecting); }},
    Key{.name = "grace",
        .read = [](const Value& value, Draft& draft) { return value.read_duration(draft.heartbeat.grace, kGrace); }},
    Key{.name = "severity", .read = read_severity},
};

void finish_expected(Draft& draft, const Spot& spot) {
  ExpectedHeartbeat expected = std::exchange(draft.heartbeat, {});
  if (expected.name.empty()) return draft.log.add(spot, "has no name: add `name`, by which it calls");
  auto& all = draft.config.heartbeats.expected;
  if (std::ranges::find(all, expected.name, &ExpectedHeartbeat::name) != all.end()) {
    return draft.log.add(spot, "there is a heartbeat '" + expected.name + "' already: give each a name of its own");
  }
  all.push_back(std::move(expected));
}

constexpr std::array kHeartbeatKeys{
    Key{.name = "send", .shape = KeyShape::kSection, .keys = kSendKeys, .enter = start_sent, .leave = finish_sent},
    Key{.name = "expect",
        .shape = KeyShape::kList,
        .keys = kExpectKeys,
        .enter = [](Draft& draft, const std::string&) { draft.heartbeat = {}; },
        .leave = finish_expected},
};

}  // namespace

std::span<const Key> heartbeat_keys() { return kHeartbeatKeys; }

}  // namespace sonde::config
