#include "config/redaction.h"

#include <yaml-cpp/yaml.h>

#include <cstddef>

namespace sonde::config {
namespace {

constexpr const char* kSecretKey = "url";
constexpr const char* kArgumentsKey = "run";
constexpr const char* kShown = "<secret>";

/// The program of a command may be seen; what it is given may be a secret.
void redact_arguments(YAML::Node words) {
  for (std::size_t i = 1; words.IsSequence() && i < words.size(); ++i) words[i] = kShown;
}

/// Each item of a kind of channels: notify.slack[].url, notify.command[].run.
void redact_channels(YAML::Node channels) {
  if (!channels.IsSequence()) return;
  for (YAML::Node channel : channels) {
    if (!channel.IsMap()) continue;
    if (channel[kSecretKey]) channel[kSecretKey] = kShown;
    if (channel[kArgumentsKey]) redact_arguments(channel[kArgumentsKey]);
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
