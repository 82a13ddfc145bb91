#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/types.h"
#include "app/alerting_view.h"
#include "base/clock.h"
#include "base/result.h"
#include "serve/handler.h"

// What Alertmanager's API answers with, field by field (its api/v2/openapi.yaml).
namespace sonde::app {

/// What keeps an alert from being told.
struct AlertStatus {
  std::string state;  ///< active, suppressed, or unprocessed: nobody has looked at it yet
  std::vector<std::string> silenced_by;
  std::vector<std::string> inhibited_by;  ///< fingerprints
  std::vector<std::string> muted_by;      ///< names of time intervals and maintenance windows
};

/// 16 hexadecimal digits out of all labels, the same that Alertmanager has for them (common/model/fingerprinting.go).
std::string fingerprint_of(const store::Labels& labels);

/// Tells how alerts stand.  owner: the alerts outlive it.
class StatusReader {
 public:
  explicit StatusReader(std::span<const ActiveAlert> all);

  [[nodiscard]] AlertStatus status_of(const ActiveAlert& alert) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> fingerprints_;  // of the alerts of each name, a few
};

nlohmann::json alert_object(const ActiveAlert& alert, const AlertStatus& status);
nlohmann::json silence_object(const alerts::Silence& silence, WallTime now);

serve::HttpResponse answer(const nlohmann::json& body);

/// A fault, as a JSON text: so does Alertmanager.
serve::HttpResponse refuse(unsigned status, std::string_view what);

/// The same for what a desk has refused.
serve::HttpResponse refuse(const Error& error);

/// Nothing if the body is JSON by its type; else a 415.
std::optional<serve::HttpResponse> refuse_type(const serve::HttpRequest& request);

/// The matchers of every parameter `filter`.  errors: of parse_matchers.
Result<std::vector<store::Matcher>> read_filter(const serve::Parameters& query);

}  // namespace sonde::app
