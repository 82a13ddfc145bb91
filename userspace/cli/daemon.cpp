#include "cli/daemon.h"

#include <chrono>
#include <cstddef>
#include <string>

#include "base/quantity.h"
#include "cli/daemon_address.h"

namespace sonde::cli {

Result<std::vector<TopRow>> fetch_services(const DaemonAddress& address, std::chrono::nanoseconds window) {
  const std::string answer = SONDE_TRY(http_get(address, "/api/sonde/v1/services?window=" + format_duration(window)));
  auto rows = parse_services(answer);
  if (!rows) return std::move(rows).error().with("services of " + to_text(address));
  return rows;
}

Result<DaemonSensors> fetch_sensors(const DaemonAddress& address) {
  const std::string answer = SONDE_TRY(http_get(address, "/api/sonde/v1/sensors"));
  auto sensors = parse_sensors(answer);
  if (!sensors) return std::move(sensors).error().with("sensors of " + to_text(address));
  return sensors;
}

Result<std::vector<EventRow>> fetch_events(const DaemonAddress& address, const EventsQuestion& question) {
  std::string path =
      "/api/sonde/v1/events?since=" + format_duration(question.since) + "&limit=" + std::to_string(question.limit);
  if (question.service) path += "&service=" + percent_encoded(*question.service);
  const std::string answer = SONDE_TRY(http_get(address, path));
  auto events = parse_events(answer);
  if (!events) return std::move(events).error().with("events of " + to_text(address));
  return events;
}

Result<PrometheusAnswer> ask_prometheus(const DaemonAddress& address, const PrometheusQuestion& question) {
  // The daemon's own limit shall strike first, since it says more.
  constexpr std::chrono::milliseconds kGrace{5'000};
  constexpr std::size_t kMostBytes = 512U << 20U;
  const HttpLimits limits{.timeout = std::chrono::ceil<std::chrono::milliseconds>(question.timeout) + kGrace,
                          .body_bytes = kMostBytes};
  const HttpAnswer answer = SONDE_TRY(http_post_form(address, question.path, question.fields, limits));
  if (answer.status != 200 && !is_prometheus_answer(answer.body)) return refusal(address, question.path, answer);
  return parse_prometheus_answer(answer.body);
}

}  // namespace sonde::cli
