#include <chrono>
#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "host/collectors.h"
#include "host/fields.h"

namespace sonde::host {
namespace {

constexpr double kNanosecondsInSecond = 1e9;

void write_zone(WallTime now, ReadingWriter& out) {
  const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  std::tm local{};
  if (::localtime_r(&seconds, &local) == nullptr) return;
  out.gauge("node_time_zone_offset_seconds", "How far the host's time zone is ahead of UTC.")
      .add(static_cast<double>(local.tm_gmtoff), {{"time_zone", local.tm_zone}});
}

Result<> write_clocksource(HostFiles& files, const std::string& directory, const std::string& device,
                           ReadingWriter& out) {
  Fields names(trim(SONDE_TRY(files.read_sys(directory + "/available_clocksource"))));
  out.gauge("node_time_clocksource_available_info", "1 for each clock source the kernel could use.");
  for (std::string_view name = names.next(); !name.empty(); name = names.next()) {
    out.add(1, {{"clocksource", std::string(name)}, {"device", device}});
  }
  const std::string_view current = trim(SONDE_TRY(files.read_sys(directory + "/current_clocksource")));
  out.gauge("node_time_clocksource_current_info", "1 for the clock source the kernel uses.")
      .add(1, {{"clocksource", std::string(current)}, {"device", device}});
  return Ok{};
}

}  // namespace

Result<> collect_time(const CollectContext& context, ReadingWriter& out) {
  out.gauge("node_time_seconds", "Time of the host's clock, in seconds since 1970.")
      .add(static_cast<double>(context.now.time_since_epoch().count()) / kNanosecondsInSecond);
  write_zone(context.now, out);

  constexpr std::string_view kPrefix = "clocksource";
  const std::string directory = "devices/system/clocksource";
  const Result<std::vector<std::string>> names = context.files.list_sys(directory);
  if (!names) return names.error().code == Code::kNotFound ? Result<>{Ok{}} : names.error();
  std::size_t device = 0;
  for (const std::string& name : *names) {
    const std::string_view view = name;
    if (!view.starts_with(kPrefix) || !to_count(view.substr(kPrefix.size()))) continue;
    SONDE_TRY(write_clocksource(context.files, directory + "/" + name, std::to_string(device++), out));
  }
  return Ok{};
}

}  // namespace sonde::host
