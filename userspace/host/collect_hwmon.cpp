#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host/collectors.h"
#include "host/fields.h"
#include "host/hwmon_chip.h"

namespace sonde::host {
namespace {

constexpr double kThousandth = 0.001;
constexpr double kMillion = 1e6;

/// How the elements of a type of sensor become a metric.
struct Unit {
  std::string_view type;
  std::string_view suffix;
  std::string_view help;
  double factor = 1;
  double divisor = 1;  // apart, so that the last bit is as node_exporter has it
  ReadingType reading = ReadingType::kGauge;
};

constexpr Unit kPlain{"", "", "As the driver gives it."};
constexpr Unit kRatio{"power", "", "Accuracy of the power meter as a ratio.", 1, kMillion};
constexpr Unit kPowerInterval{"power", "_seconds", "Interval that the power meter averages over.", kThousandth};
constexpr Unit kRevolutions{"fan", "_rpm", "Revolutions of the fan per minute."};
constexpr std::array kUnits{
    Unit{"in", "_volts", "Voltage.", kThousandth},
    Unit{"cpu", "_volts", "Voltage of the CPU.", kThousandth},
    Unit{"temp", "_celsius", "Temperature in degrees Celsius.", kThousandth},
    Unit{"curr", "_amps", "Current.", kThousandth},
    Unit{"energy", "_joule_total", "Energy used.", 1, kMillion, ReadingType::kCounter},
    Unit{"power", "_watt", "Power.", 1, kMillion},
    Unit{"humidity", "", "Humidity as a ratio.", 1, kMillion},
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

const Unit& unit_of(std::string_view type, std::string_view element) {
  if (is_one_of(element, {"fault", "alarm"})) return kPlain;
  if (type == "temp" && element == "type") return kPlain;
  if (type == "fan") return is_one_of(element, {"input", "min", "max", "target"}) ? kRevolutions : kPlain;
  if (type == "power" && element == "accuracy") return kRatio;
  const bool is_interval = is_one_of(element, {"average_interval", "average_interval_min", "average_interval_max"});
  if (type == "power" && is_interval) return kPowerInterval;
  const auto* const found =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& each) { return each.type == type; });
  return found == kUnits.end() ? kPlain : *found;
}

std::string name_of(const Sensor& sensor, const std::string& element) {
  std::string name = "node_hwmon_" + sensor.type;
  // The input is the value itself, unless there is a file without an element, as pwm1 has.
  const bool is_value = element.empty() || (element == "input" && !sensor.elements.contains(""));
  return is_value ? name : name + "_" + to_metric_part(element);
}

struct SensorPlace {
  const std::string& chip;
  const std::string& sensor;

  [[nodiscard]] std::vector<Tag> tags() const { return {{"chip", chip}, {"sensor", sensor}}; }
};

void write_element(const Sensor& sensor, const std::string& element, const SensorPlace& place, ReadingWriter& out) {
  const std::optional<double> value = to_number(sensor.elements.at(element));
  if (!value) return;
  const std::string name = name_of(sensor, element);
  if (element == "beep") {
    out.gauge(name + "_enabled", "Whether the sensor may beep.").add(*value, place.tags());
    return;
  }
  const Unit& unit = unit_of(sensor.type, element);
  const std::string full = name + std::string(unit.suffix);
  unit.reading == ReadingType::kCounter ? out.counter(full, unit.help) : out.gauge(full, unit.help);
  out.add(*value * unit.factor / unit.divisor, place.tags());
}

/// Sensors that are a property of the whole chip.  returns: false if this is none.
bool write_property(const Sensor& sensor, const SensorPlace& place, ReadingWriter& out) {
  const auto text = sensor.elements.find("");
  const std::string plain = text == sensor.elements.end() ? std::string() : text->second;
  const std::optional<double> value = to_number(plain);
  if (sensor.type == "beep_enable") {
    out.gauge("node_hwmon_beep_enabled", "Whether the chip may beep.").add(plain == "1" ? 1 : 0, place.tags());
    return true;
  }
  if (sensor.type == "vrm") {
    out.gauge("node_hwmon_voltage_regulator_version", "Version of the voltage regulator module.");
    if (value) out.add(*value, place.tags());
    return true;
  }
  if (sensor.type != "update_interval") return false;
  out.gauge("node_hwmon_update_interval_seconds", "How often the chip updates its readings.");
  if (value) out.add(*value * kThousandth, place.tags());
  return true;
}

void write_sensor(const Sensor& sensor, const SensorPlace& place, ReadingWriter& out) {
  const auto label = sensor.elements.find("label");
  if (label != sensor.elements.end()) {
    out.gauge("node_hwmon_sensor_label", "What the sensor is called; always 1.");
    out.add(1, {{"chip", place.chip}, {"label", label->second}, {"sensor", place.sensor}});
  }
  if (write_property(sensor, place, out)) return;
  for (const auto& [element, text] : sensor.elements) {
    if (element != "label") write_element(sensor, element, place, out);
  }
}

void write_chip(const HwmonChip& chip, ReadingWriter& out) {
  if (!chip.name.empty()) {
    out.gauge("node_hwmon_chip_names", "What the driver calls the chip; always 1.");
    out.add(1, {{"chip", chip.chip}, {"chip_name", chip.name}});
  }
  for (const auto& [name, sensor] : chip.sensors) write_sensor(sensor, {chip.chip, name}, out);
}

}  // namespace

Result<> collect_hwmon(const CollectContext& context, ReadingWriter& out) {
  const std::vector<std::string> names = SONDE_TRY(context.files.list_sys("class/hwmon"));
  std::set<std::string> taken;
  for (const std::string& name : names) {
    Result<HwmonChip> chip = read_hwmon_chip(context.files.roots().sys + "/class/hwmon/" + name);
    if (!chip) continue;
    // Two of one driver without a device of their own: series must differ.
    if (chip->chip.empty() || !taken.insert(chip->chip).second) chip->chip = name;
    write_chip(*chip, out);
  }
  return Ok{};
}

}  // namespace sonde::host
