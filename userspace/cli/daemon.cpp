#include "cli/daemon.h"

#include <string>

#include "base/quantity.h"
#include "cli/daemon_address.h"
#include "cli/http_client.h"

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

}  // namespace sonde::cli
