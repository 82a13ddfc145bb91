#include "config/alertmanager_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/file.h"
#include "base/nearest_word.h"
#include "base/yaml_document.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using Read = Expected<RoutingFile, std::vector<ConfigFault>>;

bool read_templates(const Value& value, RoutingDraft& draft) {
  std::vector<std::string> files;
  if (!value.read_texts(files)) return false;
  return files.empty() || ignore(value, draft, "has no effect: Sonde writes its own messages");
}

bool read_root(const Value& value, RoutingDraft& draft) {
  draft.has_root = true;
  alerts::Route& root = draft.routing.root;
  if (!read_route(value, Reading<alerts::Route>{root, draft})) return false;
  if (root.receiver.empty()) return value.refuse("the root route needs a receiver: it takes what no other route does");
  if (!root.matchers.empty()) return value.refuse("the root route takes every alert: it cannot have matchers");
  if (root.mute_time_intervals.empty() && root.active_time_intervals.empty()) return true;
  return value.refuse("the root route takes every alert at any time: it cannot have time intervals");
}

/// Intervals may stand under an old name, too; then under both.
bool read_intervals(const Value& value, RoutingDraft& draft) {
  return read_items(value, draft.routing.time_intervals, draft, &read_named_time_interval);
}

bool read_maintenance(const Value& value, RoutingDraft& draft) {
  return read_items(value, draft.routing.maintenance, draft, &read_maintenance_window);
}

constexpr std::array kFields{
    Field<RoutingDraft>{"global", &read_global},
    Field<RoutingDraft>{"route", &read_root},
    Field<RoutingDraft>{"receivers",
                        [](const Value& value, RoutingDraft& draft) {
                          return read_items(value, draft.routing.receivers, draft, &read_receiver);
                        }},
    Field<RoutingDraft>{"inhibit_rules",
                        [](const Value& value, RoutingDraft& draft) {
                          return read_items(value, draft.routing.inhibit_rules, draft, &read_inhibit_rule);
                        }},
    Field<RoutingDraft>{"time_intervals", &read_intervals},
    Field<RoutingDraft>{"mute_time_intervals", &read_intervals},
    Field<RoutingDraft>{"templates", &read_templates},
    Field<RoutingDraft>{"maintenance", &read_maintenance},
};

/// What a key needs that stands in another comes first, wherever it is in the file.
int rank_of(const NamedValue& entry) { return entry.name == "global" ? 0 : 1; }

const Field<RoutingDraft>* find_field(std::string_view name) {
  const auto found = std::ranges::find(kFields, name, &Field<RoutingDraft>::name);
  return found == kFields.end() ? nullptr : &*found;
}

void read_all(const Value& root, bool is_section, RoutingDraft& draft) {
  auto entries = read_entries(root);
  if (!entries) return;
  std::ranges::stable_sort(*entries, {}, &rank_of);
  for (const NamedValue& entry : *entries) {
    const Field<RoutingDraft>* field = find_field(entry.name);
    if (field != nullptr) {
      field->read(entry.value, draft);
    } else if (!is_section) {
      std::vector<std::string_view> known;
      for (const Field<RoutingDraft>& each : kFields) known.push_back(each.name);
      refuse_unknown(root, entry, known, false);
    }
  }
  if (!draft.has_root) root.refuse("has no route: write at least `route: {receiver: NAME}`");
}

template <class T>
std::vector<std::string> names_of(const std::vector<T>& items) {
  std::vector<std::string> names;
  for (const T& item : items) names.push_back(item.name);
  return names;
}

void refuse_twice(const Value& root, std::vector<std::string> names, const std::string& what) {
  std::erase(names, "");
  std::ranges::sort(names);
  for (auto twice = std::ranges::adjacent_find(names); twice != names.end();
       twice = std::adjacent_find(twice + 1, names.end())) {
    root.refuse("two " + what + " are called " + shown_value(*twice) + ": every one needs its own name");
  }
}

void check_uses(const std::vector<NameUse>& uses, const std::vector<std::string>& known, const std::string& what,
                FaultLog& log) {
  for (const NameUse& use : uses) {
    if (std::ranges::find(known, use.name) != known.end()) continue;
    const std::string_view meant = nearest_word(use.name, known);
    log.add(use.spot,
            "there is no " + what + " " + shown_value(use.name) +
                (meant.empty() ? ": name one that is there, or add it" : ", did you mean " + shown_value(meant) + "?"));
  }
}

/// The mapping that holds the keys, which of Sonde's own configuration is a section.
struct Place {
  Value mapping;
  bool is_section = false;
};

Place find_place(const Value& root) {
  const auto is_called = [](std::string_view name) {
    return [name](const Entry& entry) { return entry.key->kind == NodeKind::kScalar && entry.key->text == name; };
  };
  const std::vector<Entry>& entries = root.node().entries;
  const auto section = std::ranges::find_if(entries, is_called("notify"));
  const bool is_own = section != entries.end() && std::ranges::none_of(entries, is_called("route"));
  if (!is_own) return {root, false};
  return {Value(*section->value, Spot{section->key->at, "notify"}, root.log()), true};
}

}  // namespace

Read read_alertmanager(std::string_view text, const std::string& file_name, const AlertLanguage& language) {
  const auto document = parse_document(text);
  if (!document) {
    const SyntaxFault& fault = document.error();
    return std::vector{ConfigFault{file_name, fault.at.line, fault.at.column, "", fault.what}};
  }
  FaultLog log(file_name);
  FaultLog notices(file_name);
  RoutingDraft draft{.language = language, .log = log, .notices = notices};
  const Place place = find_place(Value(**document, Spot{(*document)->at, ""}, log));
  read_all(place.mapping, place.is_section, draft);
  Routing& routing = draft.routing;
  const std::vector<std::string> receivers = names_of(routing.receivers);
  const std::vector<std::string> intervals = names_of(routing.time_intervals);
  check_uses(draft.receiver_uses, receivers, "receiver", log);
  check_uses(draft.interval_uses, intervals, "time interval", log);
  refuse_twice(place.mapping, receivers, "receivers");
  refuse_twice(place.mapping, intervals, "time intervals");
  refuse_twice(place.mapping, names_of(routing.maintenance), "maintenance windows");
  if (!log.empty()) return std::move(log).take();
  return RoutingFile{std::move(routing), std::move(notices).take()};
}

Read read_alertmanager_file(const std::string& path, const AlertLanguage& language) {
  const auto text = read_file(path, kMaxFileBytes);
  if (!text) return std::vector{ConfigFault{path, 0, 0, "", "cannot be read: " + text.error().what}};
  return read_alertmanager(*text, path, language);
}

}  // namespace sonde::config
