#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/routing_draft.h"
#include "config/types.h"

namespace sonde::config {

/// Reads who is told of which alert out of an alertmanager.yml. What Alertmanager would do and Sonde does not is a
/// notice. Files that it names are looked at if there are `secrets`, beside it if their paths are relative.
/// errors: everything that is wrong, in the file's order; no fault and no notice repeats a secret.  threads: any.
Expected<RoutingFile, std::vector<ConfigFault>> read_alertmanager(std::string_view text, const std::string& file_name,
                                                                  const AlertLanguage& language,
                                                                  const SecretSource* secrets = nullptr);

/// The same of a file of at most 1 MiB.  errors: a file that cannot be read is one fault without a line.
Expected<RoutingFile, std::vector<ConfigFault>> read_alertmanager_file(const std::string& path,
                                                                       const AlertLanguage& language,
                                                                       const SecretSource* secrets = nullptr);

}  // namespace sonde::config
