#include "notify/alert_json.h"

#include <cstdio>

#include "base/fnv1a.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

constexpr std::size_t kLongestLabel = 1024;
constexpr std::size_t kLongestAnnotation = 4096;

AlertTexts texts_of(const std::vector<measure::Label>& labels, std::size_t longest) {
  AlertTexts texts;
  for (const measure::Label& label : labels) {
    // A label without a value is none.
    if (!label.value.empty()) texts.emplace(shorten(label.name, kLongestLabel), shorten(label.value, longest));
  }
  return texts;
}

}  // namespace

AlertTexts labels_of(const AlertLine& alert, const std::string& host) {
  AlertTexts labels = texts_of(alert.labels, kLongestLabel);
  // Whoever sent it from elsewhere knows better than we what it is about.
  const bool is_ours = alert.generator_url.empty();
  if (is_ours && !host.empty()) labels.emplace("instance", shorten(host, kLongestLabel));
  return labels;
}

AlertTexts annotations_of(const AlertLine& alert) {
  AlertTexts annotations = texts_of(alert.annotations, kLongestAnnotation);
  std::erase_if(annotations, [](const auto& annotation) { return annotation.first.starts_with("sonde_"); });
  return annotations;
}

std::string generator_url_of(const Notification& notification, const AlertLine& alert) {
  for (const std::string& url : {alert.generator_url, notification.incident_url}) {
    if (is_web_link(url)) return url;
  }
  return {};
}

AlertTexts common_of(std::span<const AlertTexts> all) {
  if (all.empty()) return {};
  AlertTexts common = all.front();
  for (const AlertTexts& each : all.subspan(1)) {
    std::erase_if(common, [&](const auto& text) {
      const auto found = each.find(text.first);
      return found == each.end() || found->second != text.second;
    });
  }
  return common;
}

std::string fingerprint(const AlertTexts& labels) {
  constexpr unsigned char kEnd = 0xFF;
  Fnv1a hash;
  for (const auto& [name, value] : labels) hash.add(name).add(kEnd).add(value).add(kEnd);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash.value()));
  return text;
}

}  // namespace sonde::notify
