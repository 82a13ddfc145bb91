#include "serve/api.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string_view>

#include "rules/types.h"
#include "serve/json_labels.h"

namespace sonde::serve {
namespace {

// Keeps fields in the order they are written here, which is the order people read them in.
using Json = nlohmann::ordered_json;

double seconds(std::chrono::nanoseconds value) { return static_cast<double>(value.count()) / 1e9; }

std::string dump(const Json& json) {
  // Names stem from the host: a byte that is not UTF-8 becomes U+FFFD instead of an exception.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// RFC 3339 with milliseconds, UTC.
std::string timestamp(WallTime at) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  const auto ms = static_cast<int>(std::chrono::floor<std::chrono::milliseconds>(at - whole).count());
  const std::time_t since_epoch = whole.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&since_epoch, &parts);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, ms);
  return text.data();
}

Json service_row(const store::ServiceWindow& service) {
  const auto quantile = [&](double q) {
    return service.duration.empty() ? Json(nullptr) : Json(seconds(service.duration.quantile(q)));
  };
  const auto ratio = [&](std::uint64_t part) {
    return service.requests == 0 ? Json(nullptr)
                                 : Json(static_cast<double>(part) / static_cast<double>(service.requests));
  };
  const double covered_seconds = seconds(service.covered);
  return Json{
      {"service", service.service},
      {"role", service.server ? "server" : "client"},
      {"requests", service.requests},
      {"requests_per_second", covered_seconds > 0 ? static_cast<double>(service.requests) / covered_seconds : 0.0},
      {"p50_seconds", quantile(0.50)},
      {"p95_seconds", quantile(0.95)},
      {"p99_seconds", quantile(0.99)},
      {"client_error_ratio", ratio(service.client_errors)},
      {"error_ratio", ratio(service.server_errors)},
      {"covered_seconds", covered_seconds}};
}

}  // namespace

std::string services_json(std::span<const store::ServiceWindow> services, std::chrono::nanoseconds window) {
  Json rows = Json::array();
  for (const store::ServiceWindow& service : services) rows.push_back(service_row(service));
  return dump(Json{{"window_seconds", seconds(window)}, {"services", std::move(rows)}});
}

std::string sensors_json(std::span<const capture::SensorReport> sensors, std::span<const capture::HookCost> hooks,
                         std::span<const capture::Loss> losses) {
  Json answer{{"sensors", Json::array()}, {"hooks", Json::array()}, {"losses", Json::array()}};
  for (const capture::SensorReport& sensor : sensors) {
    answer["sensors"].push_back(Json{{"sensor", sensor.sensor},
                                     {"variant", sensor.variant},
                                     {"state", name_of(sensor.state)},
                                     {"why", sensor.why},
                                     {"remedy", sensor.remedy}});
  }
  for (const capture::HookCost& hook : hooks) {
    answer["hooks"].push_back(
        Json{{"hook", hook.hook}, {"runs", hook.runs}, {"time_seconds", static_cast<double>(hook.time_ns) / 1e9}});
  }
  for (const capture::Loss& loss : losses) {
    answer["losses"].push_back(Json{{"reason", loss.reason}, {"count", loss.count}});
  }
  return dump(answer);
}

std::string alerts_json(std::span<const alerts::Instance> instances) {
  Json rows = Json::array();
  for (const alerts::Instance& instance : instances) {
    if (instance.state == alerts::InstanceState::kInactive) continue;
    const bool has_fired = instance.state != alerts::InstanceState::kPending;
    rows.push_back(Json{{"rule", measure::value_of(instance.labels, "alertname")},
                        {"severity", rules::name_of(rules::severity_of(instance.labels))},
                        {"service", measure::value_of(instance.labels, "service_name")},
                        {"labels", labels_object(instance.labels)},
                        {"state", name_of(instance.state)},
                        {"active_since", timestamp(instance.active_at.wall)},
                        {"fired_at", has_fired ? Json(timestamp(instance.fired_at.wall)) : Json(nullptr)},
                        {"value", instance.value},
                        {"note", instance.why},
                        {"annotations", labels_object(instance.annotations)}});
  }
  return dump(Json{{"alerts", std::move(rows)}});
}

std::string events_json(std::span<const host::Event> events) {
  Json rows = Json::array();
  for (const host::Event& event : events) {
    rows.push_back(Json{{"id", event.id},
                        {"at", timestamp(event.at)},
                        {"event", host::name_of(event.kind)},
                        {"service", event.service},
                        {"pid", event.pid},
                        {"what", event.what}});
  }
  return dump(Json{{"events", std::move(rows)}});
}

}  // namespace sonde::serve
