#include "notify/alert_json.h"

#include "notify/wording.h"

namespace sonde::notify {
namespace {

constexpr std::size_t kLongestText = 1024;
constexpr std::size_t kLongestDescription = 4096;

}  // namespace

AlertTexts labels_of(const Notification& notification) {
  AlertTexts labels{{"alertname", shorten(notification.rule, kLongestText)},
                    {"instance", shorten(notification.host, kLongestText)},
                    {"severity", std::string(rules::name_of(notification.severity))}};
  for (const measure::Label& label : notification.labels) {
    labels.emplace(label.name, shorten(label.value, kLongestText));
  }
  // A label without a value is none.
  std::erase_if(labels, [](const auto& label) { return label.second.empty(); });
  return labels;
}

AlertTexts annotations_of(const Notification& notification) {
  AlertTexts annotations{{"summary", shorten(notification.summary, kLongestText)}};
  const auto add = [&](const char* name, const std::string& text, std::size_t most) {
    if (!text.empty()) annotations.emplace(name, shorten(text, most));
  };
  add("description", notification.description, kLongestDescription);
  add("runbook_url", notification.runbook_url, kLongestText);
  add("acknowledge_url", notification.acknowledge_url, kLongestText);
  add("reason", notification.reason, kLongestText);
  if (notification.test) add("test", "somebody tries the channel: nothing has happened", kLongestText);
  return annotations;
}

}  // namespace sonde::notify
