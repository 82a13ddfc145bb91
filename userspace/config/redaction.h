#pragma once

#include <string>
#include <string_view>

namespace sonde::config {

/// A configuration that may be shown to anyone: as the file gives it, with `<secret>` for the addresses of channels
/// and the arguments of commands, for what probes say to others, and without comments. shape: empty for an empty text
/// and for one that is no YAML.
std::string redact(std::string_view text);

}  // namespace sonde::config
