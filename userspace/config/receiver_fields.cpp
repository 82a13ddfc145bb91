#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/receiver_channels.h"
#include "config/routing_draft.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using ReceiverReading = Reading<Receiver>;
using SlackReading = Reading<SlackSettings>;
using PagerdutyReading = Reading<PagerdutySettings>;
using WebhookReading = Reading<WebhookSettings>;

/// A message's part in the channel's own words, under its name in the file.
template <class Settings>
bool read_message_text(const Value& value, Reading<Settings>& reading) {
  const std::string& path = value.spot().path;
  return value.read_free_text(reading.into.texts[path.substr(path.rfind('.') + 1)]) &&
         note_own_words(value, reading.draft);
}

template <class Settings>
bool ignore_part(const Value& value, Reading<Settings>& reading) {
  return ignore(value, reading.draft, "has no effect: Sonde's messages have no such part");
}

template <class Settings>
bool ignore_timeout(const Value& value, Reading<Settings>& reading) {
  return ignore(value, reading.draft,
                "has no effect: notify.timeout of Sonde's own configuration holds for all channels");
}

/// A template in `text`, which would have to be filled in for each alert.
bool has_template(std::string_view text) { return text.find("{{") != std::string_view::npos; }

template <class Settings>
bool read_http(const Value& value, Reading<Settings>& reading) {
  // A channel's http_config takes the place of the global one, as a whole.
  reading.into.http = {};
  reading.into.tls = {};
  return read_http_client(value, Reading<HttpClientSettings>{reading.into.http, reading.draft}, reading.into.tls);
}

template <class Settings>
bool read_send_resolved(const Value& value, Reading<Settings>& reading) {
  return read_yes_no(value, reading.into.send_resolved);
}

constexpr std::array kSlackFields{
    Field<SlackReading>{
        "api_url", [](const Value& value, SlackReading& reading) { return read_secret_url(value, reading.into.url); }},
    Field<SlackReading>{"api_url_file",
                        [](const Value& value, SlackReading& reading) {
                          return read_secret_url_file(value, reading.into.url, reading.draft);
                        }},
    Field<SlackReading>{"channel", [](const Value& value,
                                      SlackReading& reading) { return value.read_free_text(reading.into.channel); }},
    Field<SlackReading>{"username", [](const Value& value,
                                       SlackReading& reading) { return value.read_free_text(reading.into.username); }},
    Field<SlackReading>{"http_config", &read_http<SlackSettings>},
    Field<SlackReading>{"send_resolved", &read_send_resolved<SlackSettings>},
    Field<SlackReading>{"title", &read_message_text<SlackSettings>},
    Field<SlackReading>{"title_link", &read_message_text<SlackSettings>},
    Field<SlackReading>{"pretext", &read_message_text<SlackSettings>},
    Field<SlackReading>{"text", &read_message_text<SlackSettings>},
    Field<SlackReading>{"color", &read_message_text<SlackSettings>},
    Field<SlackReading>{"footer", &read_message_text<SlackSettings>},
    Field<SlackReading>{"fallback", &read_message_text<SlackSettings>},
    Field<SlackReading>{"icon_emoji", &read_message_text<SlackSettings>},
    Field<SlackReading>{"icon_url", &read_message_text<SlackSettings>},
    Field<SlackReading>{"image_url", &read_message_text<SlackSettings>},
    Field<SlackReading>{"thumb_url", &read_message_text<SlackSettings>},
    Field<SlackReading>{"callback_id", &ignore_part<SlackSettings>},
    Field<SlackReading>{"fields", &ignore_part<SlackSettings>},
    Field<SlackReading>{"short_fields", &ignore_part<SlackSettings>},
    Field<SlackReading>{"link_names", &ignore_part<SlackSettings>},
    Field<SlackReading>{"mrkdwn_in", &ignore_part<SlackSettings>},
    Field<SlackReading>{"actions", &ignore_part<SlackSettings>},
    Field<SlackReading>{"timeout", &ignore_timeout<SlackSettings>},
};

constexpr std::array kPagerdutyFields{
    Field<PagerdutyReading>{
        "routing_key",
        [](const Value& value, PagerdutyReading& reading) { return read_secret(value, reading.into.routing_key); }},
    Field<PagerdutyReading>{"routing_key_file",
                            [](const Value& value, PagerdutyReading& reading) {
                              return read_secret_file(value, reading.into.routing_key, reading.draft);
                            }},
    Field<PagerdutyReading>{
        "service_key",
        [](const Value& value, PagerdutyReading& reading) { return read_secret(value, reading.into.service_key); }},
    Field<PagerdutyReading>{"service_key_file",
                            [](const Value& value, PagerdutyReading& reading) {
                              return read_secret_file(value, reading.into.service_key, reading.draft);
                            }},
    Field<PagerdutyReading>{
        "url", [](const Value& value, PagerdutyReading& reading) { return read_http_url(value, reading.into.url); }},
    Field<PagerdutyReading>{"http_config", &read_http<PagerdutySettings>},
    Field<PagerdutyReading>{"send_resolved", &read_send_resolved<PagerdutySettings>},
    Field<PagerdutyReading>{"details",
                            [](const Value& value, PagerdutyReading& reading) {
                              return read_texts_by_name(value, reading.into.details) &&
                                     note_own_words(value, reading.draft);
                            }},
    Field<PagerdutyReading>{"client", &read_message_text<PagerdutySettings>},
    Field<PagerdutyReading>{"client_url", &read_message_text<PagerdutySettings>},
    Field<PagerdutyReading>{"description", &read_message_text<PagerdutySettings>},
    Field<PagerdutyReading>{"severity", &read_message_text<PagerdutySettings>},
    Field<PagerdutyReading>{"source", &read_message_text<PagerdutySettings>},
    Field<PagerdutyReading>{"class", &read_message_text<PagerdutySettings>},
    Field<PagerdutyReading>{"component", &read_message_text<PagerdutySettings>},
    Field<PagerdutyReading>{"group", &read_message_text<PagerdutySettings>},
    Field<PagerdutyReading>{"images", &ignore_part<PagerdutySettings>},
    Field<PagerdutyReading>{"links", &ignore_part<PagerdutySettings>},
    Field<PagerdutyReading>{"timeout", &ignore_timeout<PagerdutySettings>},
};

constexpr std::array kWebhookFields{
    Field<WebhookReading>{
        "url", [](const Value& value, WebhookReading& reading) { return read_secret_url(value, reading.into.url); }},
    Field<WebhookReading>{"url_file",
                          [](const Value& value, WebhookReading& reading) {
                            return read_secret_url_file(value, reading.into.url, reading.draft);
                          }},
    Field<WebhookReading>{"max_alerts",
                          [](const Value& value, WebhookReading& reading) {
                            return value.read_count(reading.into.max_alerts, {0, 1'000'000});
                          }},
    Field<WebhookReading>{"http_config", &read_http<WebhookSettings>},
    Field<WebhookReading>{"send_resolved", &read_send_resolved<WebhookSettings>},
    Field<WebhookReading>{"timeout", &ignore_timeout<WebhookSettings>},
};

/// True if a secret is given once; else a fault.
bool is_once(const Value& value, const SecretSetting& secret, const std::string& key) {
  if (secret.text.empty() || secret.file.empty()) return true;
  return value.refuse("has " + key + " and " + key + "_file: keep one of both");
}

/// An incoming webhook has its channel and its name from Slack, whatever a message says.
void note_webhook(const Value& value, const SlackReading& reading) {
  const SlackSettings& slack = reading.into;
  const std::string& url = slack.url.value();
  const bool is_webhook = !url.empty() && !is_slack_api(url);
  if (is_webhook && !slack.channel.empty()) {
    ignore(value, reading.draft, "its channel has no effect: an incoming webhook posts where it was made for");
  }
  if (!slack.username.empty()) ignore(value, reading.draft, "its username has no effect: Slack names the application");
}

/// Alertmanager posts as a bot where its address is that of Slack's API, and http_config holds the token.
bool check_bot(const Value& value, const SlackSettings& slack) {
  if (!is_slack_api(slack.url.value())) return true;
  if (!slack.http.credentials.is_given() || slack.http.authorization_type != "Bearer") {
    return value.refuse("posts as a bot, which needs its token: http_config.authorization.credentials");
  }
  const bool has_channel = !slack.channel.empty() && !has_template(slack.channel);
  return has_channel || value.refuse("posts as a bot, which needs its channel, without a template: channel");
}

bool read_slack(const Value& value, SlackReading reading) {
  SlackSettings& slack = reading.into;
  if (!read_fields<SlackReading>(value, kSlackFields, reading, true)) return false;
  if (!is_once(value, slack.url, "api_url")) return false;
  if (!slack.url.is_given()) slack.url = reading.draft.global.slack_url;
  note_webhook(value, reading);
  if (slack.url.is_given()) return check_bot(value, slack);
  return value.refuse("needs the address of a Slack webhook: api_url or api_url_file, here or global.slack_api_url");
}

bool read_pagerduty(const Value& value, PagerdutyReading reading) {
  const PagerdutySettings& pagerduty = reading.into;
  if (!read_fields<PagerdutyReading>(value, kPagerdutyFields, reading, true)) return false;
  if (!pagerduty.routing_key.is_given() && !pagerduty.service_key.is_given()) {
    return value.refuse("needs the key of an integration: routing_key or routing_key_file (Events API v2)");
  }
  const SecretSetting& key = pagerduty.routing_key.is_given() ? pagerduty.routing_key : pagerduty.service_key;
  if (has_template(key.value())) {
    return value.refuse("has a key with a template, which Sonde does not fill in: write a receiver for each key");
  }
  if (!pagerduty.routing_key.is_given()) {
    ignore(value, reading.draft,
           "its service_key is sent as the routing_key of Events API v2, the only one Sonde speaks");
  }
  return is_once(value, pagerduty.routing_key, "routing_key") && is_once(value, pagerduty.service_key, "service_key");
}

bool read_webhook(const Value& value, WebhookReading reading) {
  if (!read_fields<WebhookReading>(value, kWebhookFields, reading, true)) return false;
  if (!reading.into.url.is_given()) return value.refuse("needs the address to send to: url or url_file");
  return is_once(value, reading.into.url, "url");
}

/// Reads a list of channels of one kind, each beginning with what `global` gives.
template <class Settings>
bool read_channels(const Value& value, ReceiverReading& reading, Settings begin,
                   bool (*read)(const Value&, Reading<Settings>)) {
  const auto list = value.read_list();
  if (!list) return false;
  bool all_sound = true;
  for (const Value& each : *list) {
    Settings settings = begin;
    all_sound = read(each, Reading<Settings>{settings, reading.draft}) && all_sound;
    reading.into.channels.emplace_back(std::move(settings));
  }
  return all_sound;
}

template <class Settings>
Settings with_global_http(Settings settings, const GlobalSettings& global) {
  settings.http = global.http;
  settings.tls = global.tls;
  return settings;
}

constexpr std::array kReceiverFields{
    Field<ReceiverReading>{
        "name", [](const Value& value, ReceiverReading& reading) { return value.read_text(reading.into.name); }},
    Field<ReceiverReading>{"slack_configs",
                           [](const Value& value, ReceiverReading& reading) {
                             const SlackSettings begin = with_global_http(SlackSettings{}, reading.draft.global);
                             return read_channels(value, reading, begin, &read_slack);
                           }},
    Field<ReceiverReading>{"email_configs",
                           [](const Value& value, ReceiverReading& reading) {
                             return read_channels(value, reading, reading.draft.global.email, &read_email);
                           }},
    Field<ReceiverReading>{"pagerduty_configs",
                           [](const Value& value, ReceiverReading& reading) {
                             const GlobalSettings& global = reading.draft.global;
                             return read_channels(value, reading, with_global_http(global.pagerduty, global),
                                                  &read_pagerduty);
                           }},
    Field<ReceiverReading>{"webhook_configs",
                           [](const Value& value, ReceiverReading& reading) {
                             const WebhookSettings begin = with_global_http(WebhookSettings{}, reading.draft.global);
                             return read_channels(value, reading, begin, &read_webhook);
                           }},
};

// Alertmanager 0.34's other kinds.
constexpr std::array<std::string_view, 14> kUnsupported{
    "discord_configs",   "incidentio_configs", "jira_configs",     "mattermost_configs", "msteams_configs",
    "msteamsv2_configs", "opsgenie_configs",   "pushover_configs", "rocketchat_configs", "sns_configs",
    "telegram_configs",  "victorops_configs",  "webex_configs",    "wechat_configs"};

bool read_channel_names(const Value& value, ReceiverReading& reading) {
  std::vector<std::string> names;
  if (!value.read_texts(names)) return false;
  for (const std::string& name : names) {
    if (std::ranges::count(names, name) > 1) {
      return value.refuse("names the channel " + shown_value(name) + " twice: keep one");
    }
    reading.draft.channel_uses.push_back({name, value.spot()});
  }
  reading.into.channel_names = std::move(names);
  return true;
}

bool read_escalation(const Value& value, ReceiverReading& reading) {
  if (!value.read_text(reading.into.escalation)) return false;
  reading.draft.oncall.policies.push_back({reading.into.escalation, value.spot()});
  return true;
}

bool read_receiver_entry(const Value& receiver, const NamedValue& entry, ReceiverReading& reading) {
  constexpr std::string_view kChannels = "channels";
  constexpr std::string_view kEscalation = "escalation";
  if (reading.draft.is_own && entry.name == kChannels) return read_channel_names(entry.value, reading);
  if (reading.draft.is_own && entry.name == kEscalation) return read_escalation(entry.value, reading);
  const auto field = std::ranges::find(kReceiverFields, std::string_view(entry.name), &Field<ReceiverReading>::name);
  if (field != kReceiverFields.end()) return field->read(entry.value, reading);
  if (std::ranges::find(kUnsupported, std::string_view(entry.name)) != kUnsupported.end()) {
    reading.into.unsupported.push_back(entry.name);
    return ignore(entry.value, reading.draft,
                  "Sonde does not send to this kind of channel: nobody is told here; leave it to Alertmanager, or use "
                  "webhook_configs");
  }
  std::vector<std::string_view> known;
  for (const Field<ReceiverReading>& each : kReceiverFields) known.push_back(each.name);
  if (reading.draft.is_own) known.insert(known.end(), {kChannels, kEscalation});
  refuse_unknown(receiver, entry, known, true);
  return false;
}

}  // namespace

bool read_receiver(const Value& value, ReceiverReading reading) {
  const auto entries = read_entries(value);
  if (!entries) return false;
  bool all_sound = true;
  for (const NamedValue& entry : *entries) all_sound = read_receiver_entry(value, entry, reading) && all_sound;
  if (reading.into.name.empty()) all_sound = value.refuse("needs a name, which routes call it by");
  return all_sound;
}

}  // namespace sonde::config
