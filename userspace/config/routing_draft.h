#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/fault_log.h"
#include "config/fields.h"
#include "config/types.h"
#include "config/value.h"
#include "store/types.h"

namespace sonde::config {

/// What this module must ask of alerts, whose types alone it may know: see alerts/matcher.h and alerts/time_interval.h.
struct AlertLanguage {
  Result<std::vector<store::Matcher>> (*parse_matchers)(std::string_view text);
  Result<> (*check_matcher)(const store::Matcher& matcher);
  Result<> (*check_time_interval)(const alerts::TimeInterval& interval);
};

/// A name that something else must have, and where it is used.
struct NameUse {
  std::string name;
  Spot spot;
};

/// What `global` gives to channels that do not say it themselves.
struct GlobalSettings {
  SecretSetting slack_url;
  EmailSettings email;
  PagerdutySettings pagerduty;
  HttpClientSettings http;
  TlsSettings tls;
};

/// A routing while it is read.
struct RoutingDraft {
  const AlertLanguage& language;
  FaultLog& log;
  FaultLog& notices;
  Routing routing{};
  GlobalSettings global{};
  bool has_root = false;
  std::vector<NameUse> receiver_uses{};
  std::vector<NameUse> interval_uses{};
};

/// A value that is filled, and what is known around it.
template <class T>
struct Reading {
  T& into;
  RoutingDraft& draft;
};

/// Reads a list of mappings, each into a new item.
template <class T>
bool read_items(const Value& value, std::vector<T>& items, RoutingDraft& draft,
                bool (*read_item)(const Value&, Reading<T>)) {
  const auto list = value.read_list();
  if (!list) return false;
  bool all_sound = true;
  for (const Value& each : *list) {
    all_sound = read_item(each, Reading<T>{items.emplace_back(), draft}) && all_sound;
  }
  return all_sound;
}

/// Leaves a notice that a key has no effect.  returns: true.
bool ignore(const Value& value, RoutingDraft& draft, const std::string& why);

/// Who is told, and of what not: route_fields.cpp.
bool read_route(const Value& value, Reading<alerts::Route> reading);
bool read_inhibit_rule(const Value& value, Reading<alerts::InhibitRule> reading);
bool read_matchers(const Value& value, std::vector<store::Matcher>& into, const RoutingDraft& draft);

/// When: time_interval_fields.cpp.
bool read_named_time_interval(const Value& value, Reading<alerts::NamedTimeInterval> reading);
bool read_maintenance_window(const Value& value, Reading<alerts::MaintenanceWindow> reading);

/// How: receiver_fields.cpp, email_fields.cpp, http_client_fields.cpp and global_fields.cpp. A channel begins with what
/// `global` gives, which is read before.
bool read_receiver(const Value& value, Reading<Receiver> reading);
bool read_email(const Value& value, Reading<EmailSettings> reading);
bool read_smarthost(const Value& value, std::string& into);
bool read_http_client(const Value& value, Reading<HttpClientSettings> http, TlsSettings& tls);
bool read_tls(const Value& value, Reading<TlsSettings> reading);
bool read_global(const Value& value, RoutingDraft& draft);

/// Reads a secret that stands in the file: any text, which no fault repeats.
bool read_secret(const Value& value, SecretSetting& into);
/// The path of a file with a secret.
bool read_secret_file(const Value& value, SecretSetting& into);
/// A secret that is an http or https URL.
bool read_secret_url(const Value& value, SecretSetting& into);
bool read_http_url(const Value& value, std::string& into);

/// One text for each free name.
bool read_texts_by_name(const Value& value, std::map<std::string, std::string>& into);

}  // namespace sonde::config
