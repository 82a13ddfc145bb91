#include "host/hwmon_chip.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/utf8.h"
#include "host/device_directory.h"
#include "host/fields.h"

namespace sonde::host {
namespace {

constexpr std::string_view kDigits = "0123456789";

/// node_exporter's.
constexpr std::array<std::string_view, 13> kTypes{
    "vrm",  "beep_enable", "update_interval", "in",     "cpu",      "fan",      "pwm",
    "temp", "curr",        "power",           "energy", "humidity", "intrusion"};

/// The path without links; empty if there is none.
std::filesystem::path canonical(const std::filesystem::path& path) {
  std::error_code failed;
  std::filesystem::path found = std::filesystem::canonical(path, failed);
  return failed ? std::filesystem::path() : found;
}

/// The number of /sys/class/hwmon/hwmonN depends on the order in which modules were loaded; the place of the device
/// does not.
std::string chip_of(const std::string& path, const std::string& name) {
  const std::filesystem::path device = canonical(path + "/device");
  const std::string type = to_metric_part(device.parent_path().filename().string());
  std::string chip = to_metric_part(device.filename().string());
  if (!type.empty() && !chip.empty()) chip = type + "_" + chip;
  if (chip.empty()) chip = name;
  if (chip.empty()) chip = to_metric_part(canonical(path).filename().string());
  return chip;
}

void read_sensors(DeviceDirectory& directory, std::map<std::string, Sensor>& sensors) {
  for (const std::string& name : directory.list()) {
    std::optional<SensorFile> file = parse_sensor_file(name);
    if (!file) continue;
    auto text = directory.read_raw(name.c_str());
    if (!text) continue;
    // Blanks belong to a label: applesmc has "Left side  ".
    while (text->ends_with('\n')) text->remove_suffix(1);
    Sensor& sensor = sensors[file->type + file->number];
    sensor.type = std::move(file->type);
    sensor.elements.insert_or_assign(std::move(file->element), sanitise_utf8(*text));
  }
}

}  // namespace

std::string to_metric_part(std::string_view text) {
  std::string part(text);
  for (char& byte : part) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
    const bool is_kept = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == ':' || byte == '_';
    if (!is_kept) byte = '_';
  }
  const std::size_t first = part.find_first_not_of('_');
  if (first == part.npos) return {};
  return part.substr(first, part.find_last_not_of('_') - first + 1);
}

std::optional<SensorFile> parse_sensor_file(std::string_view name) {
  const std::string_view type = name.substr(0, name.find_first_of(kDigits));
  if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) return std::nullopt;
  name.remove_prefix(type.size());
  const std::string_view digits = name.substr(0, name.find_first_not_of(kDigits));
  name.remove_prefix(digits.size());
  const auto number = digits.empty() ? std::optional<std::uint64_t>(0) : to_count(digits);
  if (!number) return std::nullopt;
  if (!name.empty() && (name.front() != '_' || name.size() == 1)) return std::nullopt;
  return SensorFile{std::string(type), std::to_string(*number), std::string(name.substr(name.empty() ? 0 : 1))};
}

Result<HwmonChip> read_hwmon_chip(const std::string& path) {
  DeviceDirectory directory = SONDE_TRY(DeviceDirectory::open(path));
  HwmonChip chip;
  chip.name = to_metric_part(directory.read("name").value_or(std::string_view()));
  chip.chip = chip_of(path, chip.name);
  read_sensors(directory, chip.sensors);
  Result<DeviceDirectory> device = DeviceDirectory::open(path + "/device");
  if (device) read_sensors(*device, chip.sensors);
  return chip;
}

}  // namespace sonde::host
