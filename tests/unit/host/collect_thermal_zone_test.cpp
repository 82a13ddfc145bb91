#include <gtest/gtest.h>

#include "unit/host/host_tree.h"

namespace sonde::host {
namespace {

using Lines = std::vector<std::string>;

class ThermalZone : public HostTree {
 protected:
  void make(const std::string& name, const std::map<std::string, std::string>& files) const {
    for (const auto& [file, text] : files) write("sys/class/thermal/" + name + "/" + file, text + "\n");
  }
};

TEST_F(ThermalZone, tells_temperatures_and_how_much_is_cooled) {
  make("thermal_zone0", {{"type", "x86_pkg_temp"}, {"temp", "49925"}});
  make("thermal_zone12", {{"type", "acpitz"}, {"temp", "-44000"}});
  make("cooling_device3", {{"type", "Processor"}, {"cur_state", "2"}, {"max_state", "50"}});
  make("cooling_device4", {{"type", "intel_powerclamp"}, {"cur_state", "-1"}, {"max_state", "100"}});
  EXPECT_EQ(lines(collect_thermal_zone), (Lines{"node_thermal_zone_temp{type=x86_pkg_temp,zone=0} 49.925",
                                                "node_thermal_zone_temp{type=acpitz,zone=12} -44",
                                                "node_cooling_device_cur_state{name=3,type=Processor} 2",
                                                "node_cooling_device_cur_state{name=4,type=intel_powerclamp} -1",
                                                "node_cooling_device_max_state{name=3,type=Processor} 50",
                                                "node_cooling_device_max_state{name=4,type=intel_powerclamp} 100"}));
  for (const auto& [name, type] : types(collect_thermal_zone)) EXPECT_EQ(type, ReadingType::kGauge) << name;
}

TEST_F(ThermalZone, leaves_out_what_cannot_be_read) {
  make("thermal_zone0", {{"type", "off"}});
  make("thermal_zone1", {{"temp", "1000"}});
  make("thermal_zone2", {{"type", "absurd"}, {"temp", "hot"}});
  make("thermal_zone3", {{"type", "on"}, {"temp", "1000"}});
  make("cooling_device0", {{"type", "x"}, {"cur_state", "1"}});
  make("cooling_device1", {{"type", "x"}, {"max_state", "1"}});
  make("thermal_zonex", {{"type", "x"}, {"temp", "1000"}});
  make("thermal_zone", {{"type", "x"}, {"temp", "1000"}});
  write("sys/class/thermal/thermal_zone4", "a file\n");
  link("../../devices/gone", "sys/class/thermal/cooling_device9");
  EXPECT_EQ(lines(collect_thermal_zone), (Lines{"node_thermal_zone_temp{type=on,zone=3} 1"}));
  EXPECT_FALSE(outcome_);
}

TEST_F(ThermalZone, is_no_fault_where_there_is_none) {
  EXPECT_EQ(lines(collect_thermal_zone), Lines{});
  EXPECT_FALSE(outcome_);
}

}  // namespace
}  // namespace sonde::host
