#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sonde::host {

/// What a file of a hardware monitor is of (Documentation/hwmon/sysfs-interface.rst): "temp1_crit_alarm" is the element
/// "crit_alarm" of the sensor 1 of type "temp".
struct SensorFile {
  std::string type;
  std::string number;   ///< "0" if the name has none
  std::string element;  ///< empty if the name ends with the number
};

/// None if the name is not of that form or the type is none of a hardware monitor's.
std::optional<SensorFile> parse_sensor_file(std::string_view name);

struct Sensor {
  std::string type;
  std::map<std::string, std::string> elements;  ///< texts of its files
};

struct HwmonChip {
  std::string chip;                       ///< stable from boot to boot, such as "platform_coretemp_0"
  std::string name;                       ///< of the driver, such as "coretemp"; may be empty
  std::map<std::string, Sensor> sensors;  ///< by type and number, such as "temp1"
};

/// Lower case, with _ for everything that does not belong in a metric's name.
std::string to_metric_part(std::string_view text);

/// Reads a directory of /sys/class/hwmon, and of the device it belongs to: old drivers put their files there.
/// errors: kNotFound, kPermission, kIo.
Result<HwmonChip> read_hwmon_chip(const std::string& path);

}  // namespace sonde::host
