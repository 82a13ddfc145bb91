#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "config/routing_draft.h"

namespace sonde::config {
namespace {

template <std::string EmailSettings::*kText>
bool read_email_text(const Value& value, RoutingDraft& draft) {
  return value.read_free_text(draft.global.email.*kText);
}

bool read_resolve_timeout(const Value& value, RoutingDraft& draft) {
  std::chrono::nanoseconds unused{0};
  if (!value.read_duration(unused, {std::chrono::nanoseconds{0}, std::chrono::hours{24 * 365}})) return false;
  return ignore(value, draft, "has no effect: Sonde's own alerts say themselves when they are over");
}

bool ignore_kind(const Value& value, RoutingDraft& draft) {
  return ignore(value, draft, "has no effect: Sonde does not send to this kind of channel");
}

constexpr std::array kGlobalFields{
    Field<RoutingDraft>{"resolve_timeout", &read_resolve_timeout},
    Field<RoutingDraft>{
        "http_config",
        [](const Value& value, RoutingDraft& draft) {
          return read_http_client(value, Reading<HttpClientSettings>{draft.global.http, draft}, draft.global.tls);
        }},
    Field<RoutingDraft>{
        "smtp_smarthost",
        [](const Value& value, RoutingDraft& draft) { return read_smarthost(value, draft.global.email.smarthost); }},
    Field<RoutingDraft>{"smtp_from", [](const Value& value,
                                        RoutingDraft& draft) { return read_sender(value, draft.global.email.from); }},
    Field<RoutingDraft>{"smtp_hello", [](const Value& value,
                                         RoutingDraft& draft) { return read_hello(value, draft.global.email.hello); }},
    Field<RoutingDraft>{"smtp_auth_username", &read_email_text<&EmailSettings::auth_username>},
    Field<RoutingDraft>{"smtp_auth_identity", &read_email_text<&EmailSettings::auth_identity>},
    Field<RoutingDraft>{
        "smtp_auth_password",
        [](const Value& value, RoutingDraft& draft) { return read_secret(value, draft.global.email.auth_password); }},
    Field<RoutingDraft>{"smtp_auth_password_file",
                        [](const Value& value, RoutingDraft& draft) {
                          return read_secret_file(value, draft.global.email.auth_password, draft);
                        }},
    Field<RoutingDraft>{
        "smtp_auth_secret",
        [](const Value& value, RoutingDraft& draft) { return read_secret(value, draft.global.email.auth_secret); }},
    Field<RoutingDraft>{"smtp_auth_secret_file",
                        [](const Value& value, RoutingDraft& draft) {
                          return read_secret_file(value, draft.global.email.auth_secret, draft);
                        }},
    Field<RoutingDraft>{
        "smtp_require_tls",
        [](const Value& value, RoutingDraft& draft) { return read_yes_no(value, draft.global.email.require_tls); }},
    Field<RoutingDraft>{"smtp_tls_config",
                        [](const Value& value, RoutingDraft& draft) {
                          return read_tls(value, Reading<TlsSettings>{draft.global.email.tls, draft});
                        }},
    Field<RoutingDraft>{
        "slack_api_url",
        [](const Value& value, RoutingDraft& draft) { return read_secret_url(value, draft.global.slack_url); }},
    Field<RoutingDraft>{"slack_api_url_file",
                        [](const Value& value, RoutingDraft& draft) {
                          return read_secret_url_file(value, draft.global.slack_url, draft);
                        }},
    Field<RoutingDraft>{
        "pagerduty_url",
        [](const Value& value, RoutingDraft& draft) { return read_http_url(value, draft.global.pagerduty.url); }},
    Field<RoutingDraft>{"opsgenie_api_url", &ignore_kind},
    Field<RoutingDraft>{"opsgenie_api_key", &ignore_kind},
    Field<RoutingDraft>{"opsgenie_api_key_file", &ignore_kind},
    Field<RoutingDraft>{"victorops_api_url", &ignore_kind},
    Field<RoutingDraft>{"victorops_api_key", &ignore_kind},
    Field<RoutingDraft>{"victorops_api_key_file", &ignore_kind},
    Field<RoutingDraft>{"wechat_api_url", &ignore_kind},
    Field<RoutingDraft>{"wechat_api_secret", &ignore_kind},
    Field<RoutingDraft>{"wechat_api_corp_id", &ignore_kind},
    Field<RoutingDraft>{"telegram_api_url", &ignore_kind},
    Field<RoutingDraft>{"webex_api_url", &ignore_kind},
    Field<RoutingDraft>{"jira_api_url", &ignore_kind},
    Field<RoutingDraft>{"rocketchat_api_url", &ignore_kind},
    Field<RoutingDraft>{"slack_app_token", &ignore_kind},
};

}  // namespace

bool read_global(const Value& value, RoutingDraft& draft) {
  bool sound = read_fields<RoutingDraft>(value, kGlobalFields, draft, true);
  const SecretSetting& password = draft.global.email.auth_password;
  const SecretSetting& slack = draft.global.slack_url;
  if (!password.text.empty() && !password.file.empty()) {
    sound = value.refuse("has smtp_auth_password and smtp_auth_password_file: keep one of both");
  }
  if (!slack.text.empty() && !slack.file.empty()) {
    sound = value.refuse("has slack_api_url and slack_api_url_file: keep one of both");
  }
  return sound;
}

}  // namespace sonde::config
