#include "config/load.h"

#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/yaml_document.h"
#include "config/checks.h"
#include "config/fault_log.h"
#include "config/reader.h"
#include "config/redaction.h"
#include "config/schema.h"

namespace sonde::config {

using Loaded = Expected<Config, std::vector<ConfigFault>>;

Loaded load(std::string_view text, const std::string& file_name, const SecretSource& secrets,
            const RuleCheck& check_rules) {
  const auto root = parse_document(text);
  if (!root) {
    const SyntaxFault& fault = root.error();
    return std::vector{ConfigFault{file_name, fault.at.line, fault.at.column, "", fault.what}};
  }
  FaultLog log(file_name);
  Draft draft{.config = {}, .secrets = secrets, .log = log};
  read_root(**root, draft);
  check_agreement(draft.config, log);
  if (check_rules) {
    for (const rules::RuleFault& fault : check_rules(draft.config.rules)) {
      log.add(Spot{Position{fault.line, fault.column}, "rules"}, fault.what);
    }
  }
  if (!log.empty()) return std::move(log).take();
  draft.config.shown_text = redact(text);
  return std::move(draft.config);
}

Loaded load_file(const std::string& path, const SecretSource& secrets, const RuleCheck& check_rules) {
  const auto text = read_file(path, kMaxFileBytes);
  if (!text) return std::vector{ConfigFault{path, 0, 0, "", "cannot be read: " + text.error().what}};
  Loaded loaded = load(*text, path, secrets, check_rules);
  if (!loaded) return loaded;
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  for (std::string& file : loaded->rules.files) file = (directory / file).string();
  return loaded;
}

std::string render_faults(const std::vector<ConfigFault>& faults) {
  std::string lines;
  for (const ConfigFault& fault : faults) {
    lines += fault.file;
    if (fault.line > 0) lines += ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column);
    lines += ": ";
    if (!fault.path.empty()) lines += fault.path + ": ";
    lines += fault.what + "\n";
  }
  return lines;
}

}  // namespace sonde::config
