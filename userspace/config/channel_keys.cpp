#include <array>
#include <span>

#include "config/channel.h"
#include "config/sections.h"

namespace sonde::config {
namespace {

constexpr Key text(std::string_view name) { return {.name = name, .read = read_channel_text}; }
constexpr Key texts(std::string_view name) { return {.name = name, .read = read_channel_texts}; }
constexpr Key kName{.name = "name", .read = read_channel_name};

constexpr std::array kSlackKeys{kName,
                                text("url"),
                                text("url_file"),
                                text("url_env"),
                                text("token_file"),
                                text("token_env"),
                                text("channel"),
                                text("api_url"),
                                text("signing_secret"),
                                text("signing_secret_file"),
                                text("signing_secret_env")};

constexpr std::array kEmailKeys{kName,        text("smtp"),          text("tls"),          text("from"),   texts("to"),
                                text("user"), text("password_file"), text("password_env"), text("ca_file")};

constexpr std::array kPagerDutyKeys{kName,
                                    text("routing_key_file"),
                                    text("routing_key_env"),
                                    text("url"),
                                    text("webhook_secret"),
                                    text("webhook_secret_file"),
                                    text("webhook_secret_env")};

constexpr std::array kWebhookKeys{kName,
                                  text("url"),
                                  text("url_file"),
                                  text("url_env"),
                                  text("token_file"),
                                  text("token_env"),
                                  text("secret_file"),
                                  text("secret_env"),
                                  text("ca_file")};

constexpr std::array kAlertmanagerKeys{
    kName, texts("urls"), text("user"), text("password_file"), text("password_env"), text("ca_file")};

constexpr std::array kCommandKeys{kName, texts("run")};

constexpr Key list(std::string_view name, std::span<const Key> keys, void (*finish)(Draft&, const Spot&)) {
  return {.name = name, .shape = KeyShape::kList, .keys = keys, .enter = start_channel, .leave = finish};
}

constexpr std::array kChannelKinds{list("slack", kSlackKeys, finish_slack),
                                   list("email", kEmailKeys, finish_email),
                                   list("pagerduty", kPagerDutyKeys, finish_pagerduty),
                                   list("webhook", kWebhookKeys, finish_webhook),
                                   list("alertmanager", kAlertmanagerKeys, finish_alertmanager),
                                   list("command", kCommandKeys, finish_command)};

}  // namespace

std::span<const Key> channel_keys() { return kChannelKinds; }

}  // namespace sonde::config
