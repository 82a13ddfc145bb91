#include "app/alertmanager_answers.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <utility>

#include "alerts/label_set.h"
#include "alerts/matcher.h"
#include "alerts/quieting.h"
#include "alerts/silence_book.h"
#include "app/page_parameters.h"
#include "base/fnv1a.h"
#include "serve/json_body.h"
#include "serve/json_text.h"
#include "serve/timestamp.h"

namespace sonde::app {
namespace {

using nlohmann::json;
using serve::HttpResponse;

/// How Problem::held_by calls that not every rule has run since the start.
constexpr std::string_view kStart = "start";

/// Of many alerts of one name that inhibit others, so many are named: each of thousands need not name thousands.
constexpr std::size_t kMostInhibitors = 4;

json labels_object(std::span<const measure::Label> labels) {
  json object = json::object();
  for (const measure::Label& label : labels) object[label.name] = label.value;
  return object;
}

}  // namespace

std::string fingerprint_of(const store::Labels& labels) {
  constexpr unsigned char kSeparator = 0xFF;
  Fnv1a hash;
  for (const measure::Label& label : labels) hash.add(label.name).add(kSeparator).add(label.value).add(kSeparator);
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash.value()));
  return text.data();
}

StatusReader::StatusReader(std::span<const ActiveAlert> all) {
  for (const ActiveAlert& alert : all) {
    auto& named = fingerprints_[std::string(measure::value_of(alert.labels, alerts::kAlertLabel))];
    if (named.size() < kMostInhibitors) named.push_back(fingerprint_of(alert.labels));
  }
}

AlertStatus StatusReader::status_of(const ActiveAlert& alert) const {
  AlertStatus status{.state = "active", .silenced_by = {}, .inhibited_by = {}, .muted_by = alert.muted_by};
  bool is_waiting = false;
  for (const std::string& holder : alert.problem.held_by) {
    if (holder == kStart) {
      is_waiting = true;
    } else if (holder.starts_with(alerts::kSilencePrefix)) {
      status.silenced_by.push_back(holder.substr(alerts::kSilencePrefix.size()));
    } else if (holder.starts_with(alerts::kMaintenancePrefix)) {
      status.muted_by.push_back(holder.substr(alerts::kMaintenancePrefix.size()));
    } else {
      // What has ended meanwhile has no fingerprint any more, but still a name.
      const auto named = fingerprints_.find(holder);
      const std::vector<std::string> gone{holder};
      const auto& by = named == fingerprints_.end() ? gone : named->second;
      status.inhibited_by.insert(status.inhibited_by.end(), by.begin(), by.end());
    }
  }
  const bool is_quiet = !status.silenced_by.empty() || !status.inhibited_by.empty() || !status.muted_by.empty();
  if (is_waiting) status.state = "unprocessed";
  if (is_quiet) status.state = "suppressed";
  return status;
}

json alert_object(const ActiveAlert& alert, const AlertStatus& status) {
  json receivers = json::array();
  for (const std::string& name : alert.receivers) receivers.push_back({{"name", name}});
  json object{{"annotations", labels_object(alert.problem.annotations)},
              {"endsAt", serve::rfc3339_ms(alert.ends_at)},
              {"fingerprint", fingerprint_of(alert.labels)},
              {"labels", labels_object(alert.labels)},
              {"receivers", std::move(receivers)},
              {"startsAt", serve::rfc3339_ms(alert.problem.started_at.wall)},
              {"status",
               {{"inhibitedBy", status.inhibited_by},
                {"mutedBy", status.muted_by},
                {"silencedBy", status.silenced_by},
                {"state", status.state}}},
              {"updatedAt", serve::rfc3339_ms(alert.updated_at)}};
  if (!alert.generator_url.empty()) object["generatorURL"] = alert.generator_url;
  return object;
}

json silence_object(const alerts::Silence& silence, WallTime now) {
  json matchers = json::array();
  for (const store::Matcher& matcher : silence.matchers) {
    const bool is_regex = matcher.op == store::MatchOperator::kRegex || matcher.op == store::MatchOperator::kNotRegex;
    const bool is_equal = matcher.op == store::MatchOperator::kEqual || matcher.op == store::MatchOperator::kRegex;
    matchers.push_back(
        {{"isEqual", is_equal}, {"isRegex", is_regex}, {"name", matcher.name}, {"value", matcher.value}});
  }
  return {{"comment", silence.comment},
          {"createdBy", silence.author},
          {"endsAt", serve::rfc3339_ms(silence.ends_at)},
          {"id", silence.id},
          {"matchers", std::move(matchers)},
          {"startsAt", serve::rfc3339_ms(silence.starts_at)},
          {"status", {{"state", name_of(alerts::state_of(silence, now))}}},
          {"updatedAt", serve::rfc3339_ms(silence.updated_at)}};
}

HttpResponse answer(const json& body) {
  HttpResponse response = serve::json_response(200, body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
  response.content_type = "application/json";
  response.compressible = true;
  return response;
}

HttpResponse refuse(unsigned status, std::string_view what) {
  std::string body;
  serve::append_json_string(body, what);
  HttpResponse response = serve::json_response(status, body + "\n");
  response.content_type = "application/json";
  return response;
}

HttpResponse refuse(const Error& error) { return refuse(http_status(error.code), error.what); }

std::optional<HttpResponse> refuse_type(const serve::HttpRequest& request) {
  if (serve::is_json_type(request.content_type)) return std::nullopt;
  return refuse(415, "send JSON, with Content-Type: application/json");
}

Result<std::vector<store::Matcher>> read_filter(const serve::Parameters& query) {
  std::vector<store::Matcher> all;
  for (const std::string& text : query.values("filter")) {
    auto matcher = alerts::parse_matcher(text);
    if (!matcher) return std::move(matcher).error().with("filter");
    all.push_back(*std::move(matcher));
  }
  return all;
}

}  // namespace sonde::app
