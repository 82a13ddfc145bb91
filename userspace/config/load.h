#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/alert_language.h"
#include "config/secret_source.h"
#include "config/types.h"

namespace sonde::config {

/// What is wrong with the parameters of the built-in rules; this module does not know which there are.
using RuleCheck = std::function<std::vector<rules::RuleFault>(const rules::RuleOptions&)>;

/// What a configuration is read with.  owner: the caller keeps it alive.
struct LoadParts {
  const SecretSource& secrets;
  const AlertLanguage& alerts;
  RuleCheck check_rules{};
};

/// Reads a configuration, YAML 1.2 as docs/configuration.md describes it; an empty text gives the defaults.
/// A file of Alertmanager that it names is not read.
/// errors: everything that is wrong, in the file's order; no fault repeats a secret.  threads: any.
Expected<Config, std::vector<ConfigFault>> load(std::string_view text, const std::string& file_name,
                                                const LoadParts& parts);

/// Reads a configuration file of at most 1 MiB, and the file of Alertmanager that it names. Files that it names by
/// relative paths are looked for beside it, as Prometheus does.
/// errors: as load; a file that cannot be read is one fault without a line.
Expected<Config, std::vector<ConfigFault>> load_file(const std::string& path, const LoadParts& parts);

/// `FILE:LINE:COLUMN: PATH: WHAT`, without what is not known.
std::string render_fault(const ConfigFault& fault);

/// One line for each fault.
std::string render_faults(const std::vector<ConfigFault>& faults);

}  // namespace sonde::config
