#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/collectors.h"
#include "host/device_directory.h"
#include "host/fields.h"

namespace sonde::host {
namespace {

constexpr std::string_view kCpus = "devices/system/cpu";
constexpr std::string_view kCpu = "cpu";

struct Frequency {
  const char* file;  ///< of Documentation/admin-guide/pm/cpufreq.rst
  std::string_view name;
  std::string_view help;
};

constexpr std::array kFrequencies{
    Frequency{"cpuinfo_cur_freq", "node_cpu_frequency_hertz", "Frequency of the CPU as the hardware tells it."},
    Frequency{"cpuinfo_min_freq", "node_cpu_frequency_min_hertz", "Lowest frequency the hardware can do."},
    Frequency{"cpuinfo_max_freq", "node_cpu_frequency_max_hertz", "Highest frequency the hardware can do."},
    Frequency{"scaling_cur_freq", "node_cpu_scaling_frequency_hertz", "Frequency of the CPU as the kernel knows it."},
    Frequency{"scaling_min_freq", "node_cpu_scaling_frequency_min_hertz", "Lowest frequency the kernel will choose."},
    Frequency{"scaling_max_freq", "node_cpu_scaling_frequency_max_hertz", "Highest frequency the kernel will choose."},
};

struct Cpu {
  std::string number;
  std::array<std::optional<std::int64_t>, kFrequencies.size()> kilohertz;
};

/// None if it is not there, or the driver cannot tell and says <unknown>.
std::optional<std::int64_t> read_kilohertz(DeviceDirectory& directory, const char* file) {
  const auto kilohertz = directory.read_integer(file);
  return kilohertz && *kilohertz >= 0 ? kilohertz : std::nullopt;
}

std::vector<Cpu> read_cpus(const CollectContext& context, const std::vector<std::string>& names) {
  std::vector<Cpu> cpus;
  for (const std::string& name : names) {
    if (!name.starts_with(kCpu) || !to_count(std::string_view(name).substr(kCpu.size()))) continue;
    auto directory =
        DeviceDirectory::open(context.files.roots().sys + "/" + std::string(kCpus) + "/" + name + "/cpufreq");
    if (!directory) continue;
    Cpu& cpu = cpus.emplace_back();
    cpu.number = name.substr(kCpu.size());
    std::transform(kFrequencies.begin(), kFrequencies.end(), cpu.kilohertz.begin(),
                   [&](const Frequency& each) { return read_kilohertz(*directory, each.file); });
  }
  return cpus;
}

}  // namespace

Result<> collect_cpufreq(const CollectContext& context, ReadingWriter& out) {
  constexpr double kHertz = 1000;
  const auto names = context.files.list_sys(kCpus);
  if (!names) return names.error().code == Code::kNotFound ? Result<>(Ok{}) : Result<>(names.error());
  const std::vector<Cpu> cpus = read_cpus(context, *names);
  for (std::size_t i = 0; i < kFrequencies.size(); ++i) {
    out.gauge(kFrequencies[i].name, kFrequencies[i].help);
    for (const Cpu& cpu : cpus) {
      if (cpu.kilohertz[i]) out.add(static_cast<double>(*cpu.kilohertz[i]) * kHertz, {{"cpu", cpu.number}});
    }
  }
  return Ok{};
}

}  // namespace sonde::host
