#include "config/redaction.h"

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <string>

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

/// What a probe says to others, and the arguments of its command.
void redact_probe(YAML::Node probe) {
  if (!probe.IsMap()) return;
  for (const char* key : {"body", "send"}) {
    if (probe[key]) probe[key] = kShown;
  }
  if (probe["headers"] && probe["headers"].IsMap()) {
    for (auto header : probe["headers"]) header.second = kShown;
  }
  if (probe["http"] && probe["http"].IsScalar()) {
    const std::string url = probe["http"].Scalar();
    const std::size_t query = url.find_first_of("?#");
    if (query != std::string::npos) probe["http"] = url.substr(0, query + 1) + kShown;
  }
  if (probe["command"]) redact_arguments(probe["command"]);
}

}  // namespace

std::string redact(std::string_view text) {
  try {
    YAML::Node root = YAML::Load(std::string(text));
    if (!root.IsMap()) return {};
    if (root["notify"] && root["notify"].IsMap()) {
      for (const auto& kind : root["notify"]) redact_channels(kind.second);
    }
    if (root["probes"] && root["probes"].IsMap()) {
      for (const auto& probe : root["probes"]) redact_probe(probe.second);
    }
    return YAML::Dump(root) + "\n";
  } catch (const YAML::Exception&) {
    return {};
  }
}

}  // namespace sonde::config
