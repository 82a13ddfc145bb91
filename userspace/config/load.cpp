#include "config/load.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "base/file.h"
#include "base/yaml_document.h"
#include "config/checks.h"
#include "config/fault_log.h"
#include "config/load_routing.h"
#include "config/reader.h"
#include "config/redaction.h"
#include "config/routing_draft.h"
#include "config/schema.h"
#include "config/sections.h"

namespace sonde::config {

using Loaded = Expected<Config, std::vector<ConfigFault>>;

namespace {

/// What a text gives, and what is wrong in it.
struct ReadText {
  Config config;
  std::vector<ConfigFault> faults;
  OncallUses uses{};  ///< which are not checked yet, since a file of Alertmanager has some of the names
};

ReadText read(std::string_view text, const std::string& file_name, const LoadParts& parts) {
  const auto root = parse_document(text);
  if (!root) {
    const SyntaxFault& fault = root.error();
    return {{}, {{file_name, fault.at.line, fault.at.column, "", fault.what}}, {}};
  }
  FaultLog log(file_name);
  FaultLog notices(file_name);
  RoutingDraft routing{.language = parts.alerts,
                       .log = log,
                       .notices = notices,
                       .secrets = &parts.secrets,
                       .directory = std::filesystem::path(file_name).parent_path().string(),
                       .is_own = true};
  Draft draft{.config = {}, .secrets = parts.secrets, .log = log, .routing = std::move(routing)};
  read_root(**root, draft);
  check_agreement(draft.config, log);
  if (draft.config.alertmanager_file.empty()) check_oncall(draft.config, draft.routing.oncall, log);
  if (parts.check_rules) {
    for (const rules::RuleFault& fault : parts.check_rules(draft.config.rules)) {
      log.add(Spot{Position{fault.line, fault.column}, "rules"}, fault.what);
    }
  }
  draft.config.shown_text = redact(text);
  draft.config.notices = std::move(notices).take();
  return {std::move(draft.config), std::move(log).take(), std::move(draft.routing.oncall)};
}

/// Takes over what the file of Alertmanager says that the configuration names.
void read_its_alertmanager_file(ReadText& reading, const std::string& file_name, const LoadParts& parts) {
  Config& config = reading.config;
  auto routing = load_routing(config, parts);
  if (!routing) {
    std::ranges::move(std::move(routing).error(), std::back_inserter(reading.faults));
    return;
  }
  config.routing = std::move(routing->plan);
  config.notify.receivers = std::move(routing->receivers);
  config.notify.channels = std::move(routing->channels);
  std::ranges::move(routing->notices, std::back_inserter(config.notices));
  FaultLog log(file_name);
  check_oncall(config, reading.uses, log);
  std::ranges::move(std::move(log).take(), std::back_inserter(reading.faults));
}

Loaded outcome_of(ReadText reading) {
  if (!reading.faults.empty()) return std::move(reading.faults);
  return std::move(reading.config);
}

}  // namespace

Loaded load(std::string_view text, const std::string& file_name, const LoadParts& parts) {
  return outcome_of(read(text, file_name, parts));
}

Loaded load_file(const std::string& path, const LoadParts& parts) {
  const auto text = read_file(path, kMaxFileBytes);
  if (!text) return std::vector{ConfigFault{path, 0, 0, "", "cannot be read: " + text.error().what}};
  ReadText reading = read(*text, path, parts);
  Config& config = reading.config;
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  for (std::string& file : config.rules.files) file = (directory / file).string();
  if (!config.alertmanager_file.empty()) {
    config.alertmanager_file = (directory / config.alertmanager_file).string();
    read_its_alertmanager_file(reading, path, parts);
  }
  return outcome_of(std::move(reading));
}

std::string render_fault(const ConfigFault& fault) {
  std::string line = fault.file;
  if (fault.line > 0) line += ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column);
  line += ": ";
  if (!fault.path.empty()) line += fault.path + ": ";
  return line + fault.what;
}

std::string render_faults(const std::vector<ConfigFault>& faults) {
  std::string lines;
  for (const ConfigFault& fault : faults) lines += render_fault(fault) + "\n";
  return lines;
}

}  // namespace sonde::config
