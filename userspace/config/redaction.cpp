#include "config/redaction.h"

#include <yaml-cpp/yaml.h>

namespace sonde::config {
namespace {

constexpr const char* kSecretKey = "url";
constexpr const char* kShown = "<secret>";

/// Each item of a kind of channels: notify.slack[].url.
void redact_channels(YAML::Node channels) {
  if (!channels.IsSequence()) return;
  for (YAML::Node channel : channels) {
    if (channel.IsMap() && channel[kSecretKey]) channel[kSecretKey] = kShown;
  }
}

}  // namespace

std::string redact(std::string_view text) {
  try {
    YAML::Node root = YAML::Load(std::string(text));
    if (!root.IsMap()) return {};
    if (root["notify"] && root["notify"].IsMap()) {
      for (const auto& kind : root["notify"]) redact_channels(kind.second);
    }
    return YAML::Dump(root) + "\n";
  } catch (const YAML::Exception&) {
    return {};
  }
}

}  // namespace sonde::config
