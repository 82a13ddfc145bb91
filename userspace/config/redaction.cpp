#include "config/redaction.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace sonde::config {
namespace {

constexpr std::array kSecretKeys{"url", "signing_secret", "webhook_secret"};
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
    for (const char* key : kSecretKeys) {
      if (channel[key]) channel[key] = kShown;
    }
    if (channel[kArgumentsKey]) redact_arguments(channel[kArgumentsKey]);
  }
}

/// What may be seen of receivers and of what is global to them; everything else there may be a secret.
constexpr std::array<std::string_view, 34> kHarmless{"name",
                                                     "channels",
                                                     "channel",
                                                     "username",
                                                     "to",
                                                     "from",
                                                     "smarthost",
                                                     "hello",
                                                     "auth_username",
                                                     "require_tls",
                                                     "send_resolved",
                                                     "max_alerts",
                                                     "title",
                                                     "text",
                                                     "html",
                                                     "pretext",
                                                     "fallback",
                                                     "color",
                                                     "footer",
                                                     "severity",
                                                     "description",
                                                     "class",
                                                     "component",
                                                     "group",
                                                     "source",
                                                     "smtp_from",
                                                     "smtp_hello",
                                                     "smtp_smarthost",
                                                     "smtp_auth_username",
                                                     "smtp_require_tls",
                                                     "type",
                                                     "ca_file",
                                                     "server_name",
                                                     "follow_redirects"};

bool is_harmless(const std::string& key) {
  return key.ends_with("_file") || std::ranges::find(kHarmless, key) != kHarmless.end();
}

/// Values below known names stay, others become `<secret>`.
void redact_receiver(YAML::Node node) {
  if (node.IsSequence()) {
    for (const auto& item : node) {
      if (item.IsMap() || item.IsSequence()) redact_receiver(item);
    }
  }
  if (!node.IsMap()) return;
  for (auto entry : node) {
    const bool is_kept = entry.first.IsScalar() && is_harmless(entry.first.Scalar());
    if (is_kept) continue;
    if (entry.second.IsScalar()) entry.second = kShown;
    redact_receiver(entry.second);
  }
}

void redact_notify(YAML::Node section) {
  for (const auto& kind : section) redact_channels(kind.second);
  for (const char* key : {"receivers", "global"}) {
    if (section[key]) redact_receiver(section[key]);
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

/// The arguments of each rule's command.
void redact_remediation(YAML::Node section) {
  if (!section.IsMap() || !section["rules"] || !section["rules"].IsSequence()) return;
  for (YAML::Node rule : section["rules"]) {
    if (rule.IsMap() && rule["command"]) redact_arguments(rule["command"]);
  }
}

}  // namespace

std::string redact(std::string_view text) {
  try {
    YAML::Node root = YAML::Load(std::string(text));
    if (!root.IsMap()) return {};
    if (root["notify"] && root["notify"].IsMap()) redact_notify(root["notify"]);
    if (root["probes"] && root["probes"].IsMap()) {
      for (const auto& probe : root["probes"]) redact_probe(probe.second);
    }
    if (root["remediation"]) redact_remediation(root["remediation"]);
    return YAML::Dump(root) + "\n";
  } catch (const YAML::Exception&) {
    return {};
  }
}

}  // namespace sonde::config
