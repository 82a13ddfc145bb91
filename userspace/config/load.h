#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/secret_source.h"
#include "config/types.h"

namespace sonde::config {

/// What is wrong with the parameters of the built-in rules; this module does not know which there are.
using RuleCheck = std::function<std::vector<rules::RuleFault>(const rules::RuleOptions&)>;

/// Reads a configuration, YAML 1.2 as docs/configuration.md describes it; an empty text gives the defaults.
/// errors: everything that is wrong, in the file's order; no fault repeats a secret.  threads: any.
Expected<Config, std::vector<ConfigFault>> load(std::string_view text, const std::string& file_name,
                                                const SecretSource& secrets, const RuleCheck& check_rules = {});

/// Reads a configuration file of at most 1 MiB. Rule files that it names by relative paths are looked for beside it, as
/// Prometheus does.  errors: as load; a file that cannot be read is one fault without a
/// line.
Expected<Config, std::vector<ConfigFault>> load_file(const std::string& path,
                                                     const SecretSource& secrets = SystemSecrets(),
                                                     const RuleCheck& check_rules = {});

/// One line for each fault: `FILE:LINE:COLUMN: PATH: WHAT`, without what is not known.
std::string render_faults(const std::vector<ConfigFault>& faults);

}  // namespace sonde::config
