#include <gtest/gtest.h>

#include "unit/host/host_tree.h"

namespace sonde::host {
namespace {

using Lines = std::vector<std::string>;

class Cpufreq : public HostTree {
 protected:
  void set(const std::string& cpu, const std::string& file, const std::string& text) const {
    write("sys/devices/system/cpu/" + cpu + "/cpufreq/" + file, text + "\n");
  }
};

TEST_F(Cpufreq, is_told_in_hertz) {
  set("cpu0", "cpuinfo_cur_freq", "1699981");
  set("cpu0", "cpuinfo_min_freq", "800000");
  set("cpu0", "cpuinfo_max_freq", "3700000");
  set("cpu0", "scaling_cur_freq", "1699982");
  set("cpu0", "scaling_min_freq", "800001");
  set("cpu0", "scaling_max_freq", "3600000");
  EXPECT_EQ(
      lines(collect_cpufreq),
      (Lines{"node_cpu_frequency_hertz{cpu=0} 1699981000", "node_cpu_frequency_min_hertz{cpu=0} 800000000",
             "node_cpu_frequency_max_hertz{cpu=0} 3700000000", "node_cpu_scaling_frequency_hertz{cpu=0} 1699982000",
             "node_cpu_scaling_frequency_min_hertz{cpu=0} 800001000",
             "node_cpu_scaling_frequency_max_hertz{cpu=0} 3600000000"}));
  for (const auto& [name, type] : types(collect_cpufreq)) EXPECT_EQ(type, ReadingType::kGauge) << name;
}

TEST_F(Cpufreq, leaves_out_what_a_cpu_does_not_tell) {
  set("cpu0", "cpuinfo_cur_freq", "<unknown>");
  set("cpu0", "scaling_cur_freq", "-5");
  set("cpu1", "scaling_cur_freq", "");
  set("cpu10", "scaling_cur_freq", "7");
  set("cpufreq", "scaling_cur_freq", "8");
  set("cpuidle", "scaling_cur_freq", "8");
  set("cpu", "scaling_cur_freq", "8");
  write("sys/devices/system/cpu/cpu2/online", "0\n");
  write("sys/devices/system/cpu/possible", "0-10\n");
  EXPECT_EQ(lines(collect_cpufreq), (Lines{"node_cpu_scaling_frequency_hertz{cpu=10} 7000"}));
  EXPECT_FALSE(outcome_);
}

TEST_F(Cpufreq, is_no_fault_where_there_is_none) {
  EXPECT_EQ(lines(collect_cpufreq), Lines{});
  EXPECT_FALSE(outcome_);
}

}  // namespace
}  // namespace sonde::host
