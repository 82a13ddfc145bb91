#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "capture/types.h"
#include "cli/host_checks.h"
#include "cli/types.h"

namespace sonde::cli {

/// Everything `sonde doctor` says.
struct DoctorReport {
  std::span<const capture::SensorReport> sensors;  ///< what became of each when it was tried
  std::vector<Check> checks;
};

/// kAll: nothing to mend. kLimited: Sonde measures, but something is worse than it could be. kNothing: it cannot.
enum class Diagnosis : std::uint8_t { kAll, kLimited, kNothing };

Diagnosis diagnose(const DoctorReport& report);

/// Sensors and checks with what is wrong and how to mend it, and a sentence that sums up; or the same as JSON.
std::string render_doctor(const DoctorReport& report, OutputFormat format);

}  // namespace sonde::cli
