#include "cli/doctor.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>

#include "base/utf8.h"
#include "cli/human.h"

namespace sonde::cli {
namespace {

using capture::SensorReport;
using capture::SensorState;

/// One line of the report, whichever kind it stems from.
struct Entry {
  std::string mark;
  std::string name;
  std::string detail;
  std::string remedy;
};

std::string_view name_of(CheckState state) {
  switch (state) {
    case CheckState::kOk:
      return "ok";
    case CheckState::kWarn:
      return "warn";
    case CheckState::kBad:
      return "bad";
  }
  return "";
}

std::string_view name_of(Diagnosis diagnosis) {
  switch (diagnosis) {
    case Diagnosis::kAll:
      return "all";
    case Diagnosis::kLimited:
      return "limited";
    case Diagnosis::kNothing:
      return "nothing";
  }
  return "";
}

std::string_view sentence_of(Diagnosis diagnosis) {
  switch (diagnosis) {
    case Diagnosis::kAll:
      return "Sonde can measure everything on this host.";
    case Diagnosis::kLimited:
      return "Sonde can measure this host, with the limits above.";
    case Diagnosis::kNothing:
      return "Sonde cannot measure anything on this host until what is off or bad above is mended.";
  }
  return "";
}

Entry entry_of(const SensorReport& report) {
  std::string detail = report.variant;
  if (!report.why.empty()) detail += (detail.empty() ? "" : ": ") + report.why;
  return Entry{std::string(name_of(report.state)), sanitise_utf8(report.sensor), detail, report.remedy};
}

Entry entry_of(const Check& check) {
  return Entry{std::string(name_of(check.state)), sanitise_utf8(check.name), check.detail, check.remedy};
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, display_width(text)), ' ');
}

/// The lines of `text` below each other from column `indent` on, the first one after `lead`.
std::string hanging(const std::string& lead, const std::string& text, std::size_t indent) {
  std::string block;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    block += (block.empty() ? padded(lead, indent) : std::string(indent, ' ')) + sanitise_utf8(line) + "\n";
  }
  return block.empty() ? lead + "\n" : block;
}

std::string render_entries(const std::vector<Entry>& entries, std::size_t name_width) {
  constexpr std::size_t kMarkWidth = 8;
  constexpr std::string_view kRemedy = "mend: ";
  const std::size_t indent = 2 + kMarkWidth + 2 + name_width + 2;
  std::string text;
  for (const Entry& entry : entries) {
    const std::string lead = "  " + padded(entry.mark, kMarkWidth) + "  " + padded(entry.name, name_width) + "  ";
    text += hanging(lead, entry.detail, indent);
    if (entry.remedy.empty()) continue;
    text += hanging(std::string(indent, ' ') + std::string(kRemedy), entry.remedy, indent + kRemedy.size());
  }
  return text;
}

std::string as_text(const DoctorReport& report) {
  std::vector<Entry> sensors;
  std::vector<Entry> checks;
  for (const SensorReport& sensor : report.sensors) sensors.push_back(entry_of(sensor));
  for (const Check& check : report.checks) checks.push_back(entry_of(check));
  std::size_t name_width = 0;
  for (const Entry& entry : sensors) name_width = std::max(name_width, display_width(entry.name));
  for (const Entry& entry : checks) name_width = std::max(name_width, display_width(entry.name));
  std::string text = "Sensors\n";
  text += sensors.empty() ? "  none was tried\n" : render_entries(sensors, name_width);
  text += "Host\n" + render_entries(checks, name_width) + "\n";
  return text + std::string(sentence_of(diagnose(report))) + "\n";
}

std::string as_json(const DoctorReport& report) {
  using Json = nlohmann::ordered_json;
  Json sensors = Json::array();
  for (const SensorReport& sensor : report.sensors) {
    sensors.push_back(Json{{"sensor", sensor.sensor},
                           {"variant", sensor.variant},
                           {"state", name_of(sensor.state)},
                           {"why", sensor.why},
                           {"remedy", sensor.remedy}});
  }
  Json checks = Json::array();
  for (const Check& check : report.checks) {
    checks.push_back(Json{
        {"check", check.name}, {"state", name_of(check.state)}, {"detail", check.detail}, {"remedy", check.remedy}});
  }
  const Diagnosis diagnosis = diagnose(report);
  const Json answer{{"can_measure", name_of(diagnosis)},
                    {"summary", sentence_of(diagnosis)},
                    {"sensors", std::move(sensors)},
                    {"checks", std::move(checks)}};
  return answer.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Diagnosis diagnose(const DoctorReport& report) {
  const auto works = [](const SensorReport& sensor) { return sensor.state != SensorState::kOff; };
  const auto is_bad = [](const Check& check) { return check.state == CheckState::kBad; };
  // What a sensor that was tried says outweighs what the host's facts let one expect.
  const bool nothing = report.sensors.empty() ? std::any_of(report.checks.begin(), report.checks.end(), is_bad)
                                              : std::none_of(report.sensors.begin(), report.sensors.end(), works);
  if (nothing) return Diagnosis::kNothing;
  const bool whole = std::all_of(report.sensors.begin(), report.sensors.end(),
                                 [](const SensorReport& sensor) { return sensor.state == SensorState::kOn; }) &&
                     std::all_of(report.checks.begin(), report.checks.end(),
                                 [](const Check& check) { return check.state == CheckState::kOk; });
  return whole ? Diagnosis::kAll : Diagnosis::kLimited;
}

std::string render_doctor(const DoctorReport& report, OutputFormat format) {
  switch (format) {
    case OutputFormat::kTable:
      return as_text(report);
    case OutputFormat::kJson:
      return as_json(report);
  }
  return "";
}

}  // namespace sonde::cli
