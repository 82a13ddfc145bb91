#include "cli/daemon.h"

#include <string>
#include <string_view>

#include "base/quantity.h"
#include "cli/daemon_address.h"
#include "cli/http_client.h"

namespace sonde::cli {
namespace {

/// RFC 3986, section 2: what is not unreserved becomes %XX.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') ||
                          std::string_view("-._~").find(letter) != std::string_view::npos;
    if (is_plain) {
      encoded += letter;
    } else {
      encoded += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
    }
  }
  return encoded;
}

}  // namespace

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

}  // namespace sonde::cli
