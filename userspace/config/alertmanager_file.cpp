#include "config/alertmanager_file.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/yaml_document.h"

namespace sonde::config {
namespace {

using Read = Expected<RoutingFile, std::vector<ConfigFault>>;

bool read_templates(const Value& value, RoutingDraft& draft) {
  std::vector<std::string> files;
  if (!value.read_texts(files)) return false;
  return files.empty() || note_own_words(value, draft);
}

constexpr std::array kFields{
    Field<RoutingDraft>{"global", &read_global},
    Field<RoutingDraft>{"route", &read_root_route},
    Field<RoutingDraft>{"receivers", &read_receivers},
    Field<RoutingDraft>{"inhibit_rules", &read_inhibit_rules},
    Field<RoutingDraft>{"time_intervals", &read_time_intervals},
    Field<RoutingDraft>{"mute_time_intervals", &read_time_intervals},  // their old name; both may be there
    Field<RoutingDraft>{"templates", &read_templates},
    Field<RoutingDraft>{"maintenance", &read_maintenance},
};

/// What a key needs that stands in another comes first, wherever it is in the file.
int rank_of(const NamedValue& entry) { return entry.name == "global" ? 0 : 1; }

const Field<RoutingDraft>* find_field(std::string_view name) {
  const auto found = std::ranges::find(kFields, name, &Field<RoutingDraft>::name);
  return found == kFields.end() ? nullptr : &*found;
}

void read_all(const Value& root, RoutingDraft& draft) {
  auto entries = read_entries(root);
  if (!entries) return;
  std::ranges::stable_sort(*entries, {}, &rank_of);
  for (const NamedValue& entry : *entries) {
    const Field<RoutingDraft>* field = find_field(entry.name);
    if (field != nullptr) {
      field->read(entry.value, draft);
      continue;
    }
    std::vector<std::string_view> known;
    for (const Field<RoutingDraft>& each : kFields) known.push_back(each.name);
    refuse_unknown(root, entry, known, false);
  }
  if (!draft.has_root) root.refuse("has no route: write at least `route: {receiver: NAME}`");
}

/// What Alertmanager takes where the file says nothing; Sonde's own would go by severity.
void set_usual_times(alerts::Route& root) {
  if (!root.group_wait) root.group_wait = std::chrono::seconds{30};
  if (!root.group_interval) root.group_interval = std::chrono::minutes{5};
  if (!root.repeat_interval) root.repeat_interval = std::chrono::hours{4};
}

}  // namespace

Read read_alertmanager(std::string_view text, const std::string& file_name, const AlertLanguage& language,
                       const SecretSource* secrets) {
  const auto document = parse_document(text);
  if (!document) {
    const SyntaxFault& fault = document.error();
    return std::vector{ConfigFault{file_name, fault.at.line, fault.at.column, "", fault.what}};
  }
  FaultLog log(file_name);
  FaultLog notices(file_name);
  RoutingDraft draft{.language = language,
                     .log = log,
                     .notices = notices,
                     .secrets = secrets,
                     .directory = std::filesystem::path(file_name).parent_path().string()};
  const Spot whole{(*document)->at, ""};
  read_all(Value(**document, whole, log), draft);
  check_names(draft, {}, whole);
  if (!log.empty()) return std::move(log).take();
  set_usual_times(draft.routing.root);
  return RoutingFile{std::move(draft.routing), std::move(notices).take()};
}

Read read_alertmanager_file(const std::string& path, const AlertLanguage& language, const SecretSource* secrets) {
  const auto text = read_file(path, kMaxFileBytes);
  if (!text) return std::vector{ConfigFault{path, 0, 0, "", "cannot be read: " + text.error().what}};
  return read_alertmanager(*text, path, language, secrets);
}

}  // namespace sonde::config
