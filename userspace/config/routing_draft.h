#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/alert_language.h"
#include "config/fault_log.h"
#include "config/fields.h"
#include "config/secret_source.h"
#include "config/types.h"
#include "config/value.h"
#include "store/types.h"

namespace sonde::config {

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

/// Names that the section `oncall`, and receivers, use of what stands elsewhere: checked when all is read.
struct OncallUses {
  std::vector<NameUse> people;
  std::vector<NameUse> schedules;
  std::vector<NameUse> policies;
  std::vector<NameUse> channels;
  std::vector<NameUse> intervals;
};

/// A routing while it is read.
struct RoutingDraft {
  const AlertLanguage& language;
  FaultLog& log;
  FaultLog& notices;
  const SecretSource* secrets = nullptr;  ///< where files are looked at; null: they are not
  std::string directory{};                ///< of the file, which relative paths begin at
  bool is_own = false;                    ///< of Sonde's own file, where receivers may name channels
  Routing routing{};
  GlobalSettings global{};
  bool has_root = false;
  std::vector<NameUse> receiver_uses{};
  std::vector<NameUse> interval_uses{};
  std::vector<NameUse> channel_uses{};
  OncallUses oncall{};
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

/// The same of words for messages, which are kept with their channel and not sent.
bool note_own_words(const Value& value, RoutingDraft& draft);

/// The parts of a routing, and what only a look at the whole can tell, names that are used and not there or there
/// twice: routing_parts.cpp. `channels` are those that receivers may name.
bool read_root_route(const Value& value, RoutingDraft& draft);
bool read_receivers(const Value& value, RoutingDraft& draft);
bool read_inhibit_rules(const Value& value, RoutingDraft& draft);
bool read_time_intervals(const Value& value, RoutingDraft& draft);
bool read_maintenance(const Value& value, RoutingDraft& draft);
void check_names(RoutingDraft& draft, const std::vector<std::string>& channels, const Spot& whole);

/// A fault for each use of a name that is not there, with what was meant; for each name that is there twice, at
/// `whole`.
void check_uses(const std::vector<NameUse>& uses, const std::vector<std::string>& known, const std::string& what,
                FaultLog& log);
void refuse_twice(std::vector<std::string> names, const std::string& what, const Spot& whole, FaultLog& log);

/// Who is told, and of what not: route_fields.cpp.
bool read_route(const Value& value, Reading<alerts::Route> reading);
bool read_inhibit_rule(const Value& value, Reading<alerts::InhibitRule> reading);
bool read_matchers(const Value& value, std::vector<store::Matcher>& into, const RoutingDraft& draft);

/// When: time_interval_fields.cpp.
bool read_named_time_interval(const Value& value, Reading<alerts::NamedTimeInterval> reading);
bool read_maintenance_window(const Value& value, Reading<alerts::MaintenanceWindow> reading);
/// HH:MM, from 00:00 to 24:00.  units: minutes from midnight.
bool read_time_of_day(const Value& value, int& into);
/// Days and ranges of days, `friday:monday` too.  units: from 0, Sunday.
bool read_weekdays(const Value& value, std::vector<int>& into);
/// A label's severity: info, warning or critical.
bool read_severity(const Value& value, rules::Severity& into);

/// Who is on call, and who is called: schedule_fields.cpp and policy_fields.cpp.
bool read_schedule(const Value& value, Reading<oncall::Schedule> reading);
bool read_person(const Value& value, Reading<oncall::Person> reading);
bool read_policy(const Value& value, Reading<oncall::Policy> reading);

/// How: receiver_fields.cpp, email_fields.cpp, http_client_fields.cpp and global_fields.cpp. A channel begins with what
/// `global` gives, which is read before.
bool read_receiver(const Value& value, Reading<Receiver> reading);
bool read_email(const Value& value, Reading<EmailSettings> reading);
bool read_sender(const Value& value, std::string& into);
bool read_hello(const Value& value, std::string& into);
bool read_smarthost(const Value& value, std::string& into);
bool read_http_client(const Value& value, Reading<HttpClientSettings> http, TlsSettings& tls);
bool read_tls(const Value& value, Reading<TlsSettings> reading);
bool read_global(const Value& value, RoutingDraft& draft);

/// What stands in other files, too: routing_secrets.cpp.
/// A secret that stands in the file: any text of one line, which no fault repeats.
bool read_secret(const Value& value, SecretSetting& into);
/// The path of a file with a secret.
bool read_secret_file(const Value& value, SecretSetting& into, const RoutingDraft& draft);
/// A secret that is an http or https URL.
bool read_secret_url(const Value& value, SecretSetting& into);
bool read_secret_url_file(const Value& value, SecretSetting& into, const RoutingDraft& draft);
bool read_http_url(const Value& value, std::string& into);
/// The path of a file that is no secret.
bool read_file_path(const Value& value, std::string& into, const RoutingDraft& draft);

/// One text for each free name.
bool read_texts_by_name(const Value& value, std::map<std::string, std::string>& into);

}  // namespace sonde::config
