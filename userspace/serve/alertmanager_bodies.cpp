#include "serve/alertmanager_bodies.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "measure/types.h"
#include "serve/json_body.h"
#include "serve/timestamp.h"

namespace sonde::serve {
namespace {

using nlohmann::json;

/// Nothing for a time that is missing, empty, or Go's zero: clients that leave it out send that.
Result<std::optional<WallTime>> read_time(const JsonObject& object, std::string_view name) {
  const std::string text = SONDE_TRY(object.text(name));
  if (text.empty()) return std::optional<WallTime>{};
  auto at = parse_rfc3339(text);
  if (!at) return std::move(at).error().with(object.place_of(name));
  if (*at == kEarliestTime) return std::optional<WallTime>{};
  return std::optional<WallTime>{*at};
}

/// Sorted by name, as the object's parser keeps them; those without a value are dropped if that is wanted.
Result<std::vector<measure::Label>> read_labels(const JsonObject& object, std::string_view name, bool drops_empty) {
  std::vector<measure::Label> labels;
  const json* const value = object.find(name);
  if (value == nullptr) return labels;
  const JsonObject pairs = SONDE_TRY(JsonObject::of(*value, object.place_of(name)));
  for (const auto& [label, unread] : value->items()) {
    std::string text = SONDE_TRY(pairs.text(label));
    if (!text.empty() || !drops_empty) labels.push_back({label, std::move(text)});
  }
  return labels;
}

void fill_times(alerts::ExternalAlert& alert, std::optional<WallTime> starts_at, std::optional<WallTime> ends_at,
                std::chrono::nanoseconds resolve_timeout) {
  const WallTime now = alert.updated_at;
  alert.starts_at = starts_at.value_or(ends_at.value_or(now));
  alert.ends_at = ends_at.value_or(now + resolve_timeout);
}

/// What speaks against an alert; empty: nothing.
std::string fault_of(const alerts::ExternalAlert& alert) {
  if (alert.labels.empty()) return "at least one label pair required";
  if (measure::value_of(alert.labels, "alertname").empty()) {
    return "the label alertname is missing: it is what people call the alert";
  }
  if (std::ranges::any_of(alert.labels, [](const measure::Label& label) { return label.name.empty(); })) {
    return "a label without a name";
  }
  if (alert.ends_at < alert.starts_at) return "start time must be before end time";
  return "";
}

Result<alerts::ExternalAlert> read_alert(const json& item, const std::string& place, WallTime now,
                                         std::chrono::nanoseconds resolve_timeout) {
  const JsonObject object = SONDE_TRY(JsonObject::of(item, place));
  if (object.find("labels") == nullptr) {
    return Error{Code::kBadInput, object.place_of("labels") + ": is missing, such as {\"alertname\": \"DiskFull\"}"};
  }
  alerts::ExternalAlert alert;
  alert.updated_at = now;
  alert.labels = SONDE_TRY(read_labels(object, "labels", true));
  alert.annotations = SONDE_TRY(read_labels(object, "annotations", false));
  alert.generator_url = SONDE_TRY(object.text("generatorURL"));
  const auto starts_at = SONDE_TRY(read_time(object, "startsAt"));
  fill_times(alert, starts_at, SONDE_TRY(read_time(object, "endsAt")), resolve_timeout);
  return alert;
}

}  // namespace

Result<AlertBatch> parse_alerts(std::string_view body, WallTime now, std::chrono::nanoseconds resolve_timeout) {
  const json parsed = SONDE_TRY(parse_json_body(body));
  if (!parsed.is_array()) return Error{Code::kBadInput, "the body: must be a list of alerts"};
  AlertBatch batch;
  std::vector<alerts::ExternalAlert> read;
  for (const json& item : parsed) {
    read.push_back(SONDE_TRY(read_alert(item, "[" + std::to_string(read.size()) + "]", now, resolve_timeout)));
  }
  for (std::size_t i = 0; i < read.size(); ++i) {
    std::string fault = fault_of(read[i]);
    if (fault.empty()) {
      batch.alerts.push_back(std::move(read[i]));
    } else {
      batch.faults.push_back("[" + std::to_string(i) + "]: " + fault);
    }
  }
  return batch;
}

Result<PostedSilence> parse_silence(std::string_view body) {
  const json parsed = SONDE_TRY(parse_json_body(body));
  const JsonObject object = SONDE_TRY(JsonObject::of(parsed));
  PostedSilence silence;
  silence.id = SONDE_TRY(object.text("id"));
  const json* const matchers = object.find("matchers");
  if (matchers == nullptr) return Error{Code::kBadInput, "matchers: are missing: they say what is silenced"};
  silence.matchers = SONDE_TRY(read_matchers(*matchers, "matchers"));
  silence.starts_at = SONDE_TRY(read_time(object, "startsAt"));
  const auto ends_at = SONDE_TRY(read_time(object, "endsAt"));
  if (!ends_at) return Error{Code::kBadInput, "endsAt: is missing: a silence has to end"};
  silence.ends_at = *ends_at;
  silence.author = SONDE_TRY(object.text("createdBy"));
  silence.comment = SONDE_TRY(object.text("comment"));
  return silence;
}

}  // namespace sonde::serve
