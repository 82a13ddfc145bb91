#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "host/collectors.h"
#include "host/device_directory.h"

namespace sonde::host {
namespace {

constexpr std::string_view kZone = "thermal_zone";
constexpr std::string_view kCooling = "cooling_device";

struct Zone {
  std::string zone;
  std::string type;
  double celsius = 0;
};

struct CoolingDevice {
  std::string name;
  std::string type;
  double state = 0;
  double most = 0;
};

struct Thermal {
  std::vector<Zone> zones;
  std::vector<CoolingDevice> devices;
};

/// None unless `name` is `kind` and a number.
std::optional<std::string> number_of(std::string_view name, std::string_view kind) {
  if (!name.starts_with(kind) || name.size() == kind.size()) return std::nullopt;
  const char first = name[kind.size()];
  return first >= '0' && first <= '9' ? std::optional(std::string(name.substr(kind.size()))) : std::nullopt;
}

std::optional<std::string> read_type(DeviceDirectory& directory) {
  const auto type = directory.read("type");
  return type ? std::optional(sanitise_utf8(*type)) : std::nullopt;
}

/// A zone whose sensor is off has no data to read, and is left out.
void read_zone(DeviceDirectory& directory, const std::string& number, Thermal& thermal) {
  constexpr double kCelsius = 1000;
  const auto type = read_type(directory);
  const auto millidegrees = directory.read_integer("temp");
  if (!type || !millidegrees) return;
  thermal.zones.push_back({number, *type, static_cast<double>(*millidegrees) / kCelsius});
}

void read_cooling_device(DeviceDirectory& directory, const std::string& number, Thermal& thermal) {
  const auto type = read_type(directory);
  const auto state = directory.read_integer("cur_state");
  const auto most = directory.read_integer("max_state");
  if (!type || !state || !most) return;
  thermal.devices.push_back({number, *type, static_cast<double>(*state), static_cast<double>(*most)});
}

void write_thermal(const Thermal& thermal, ReadingWriter& out) {
  out.gauge("node_thermal_zone_temp", "Temperature of the zone in degrees Celsius.");
  for (const Zone& zone : thermal.zones) out.add(zone.celsius, {{"type", zone.type}, {"zone", zone.zone}});
  out.gauge("node_cooling_device_cur_state", "How much the cooling device cools or throttles now.");
  for (const CoolingDevice& each : thermal.devices) out.add(each.state, {{"name", each.name}, {"type", each.type}});
  out.gauge("node_cooling_device_max_state", "How much the cooling device can cool or throttle.");
  for (const CoolingDevice& each : thermal.devices) out.add(each.most, {{"name", each.name}, {"type", each.type}});
}

}  // namespace

Result<> collect_thermal_zone(const CollectContext& context, ReadingWriter& out) {
  const auto names = context.files.list_sys("class/thermal");
  if (!names) return names.error().code == Code::kNotFound ? Result<>(Ok{}) : Result<>(names.error());
  Thermal thermal;
  for (const std::string& name : *names) {
    const auto zone = number_of(name, kZone);
    const auto cooling = number_of(name, kCooling);
    if (!zone && !cooling) continue;
    auto directory = DeviceDirectory::open(context.files.roots().sys + "/class/thermal/" + name);
    if (!directory) continue;
    if (zone) read_zone(*directory, *zone, thermal);
    if (cooling) read_cooling_device(*directory, *cooling, thermal);
  }
  write_thermal(thermal, out);
  return Ok{};
}

}  // namespace sonde::host
