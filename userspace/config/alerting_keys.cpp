#include <array>
#include <chrono>
#include <string>

#include "config/channel.h"
#include "config/sections.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds kYear = 365 * 24h;
constexpr DurationRange kAnyDuration{0s, kYear};
constexpr DurationRange kSomeDuration{1ms, kYear};

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

}  // namespace

std::span<const Key> rules_keys() { return kRulesKeys; }
std::span<const Key> alerts_keys() { return kAlertsKeys; }
std::span<const Key> notify_keys() { return kNotifyKeys; }

}  // namespace sonde::config
