#include <gtest/gtest.h>

#include <algorithm>

#include "host/hwmon_chip.h"
#include "unit/host/host_tree.h"

namespace sonde::host {
namespace {

using Lines = std::vector<std::string>;

struct FileRow {
  const char* name;
  const char* parsed;  // type|number|element; nullptr: none
};

TEST(SensorFile, says_what_it_is_of_by_its_name) {
  const FileRow rows[] = {{"temp1_input", "temp|1|input"},
                          {"temp10_crit_alarm", "temp|10|crit_alarm"},
                          {"temp06_input", "temp|6|input"},
                          {"in0_min", "in|0|min"},
                          {"pwm1", "pwm|1|"},
                          {"pwm1_auto_point1_temp", "pwm|1|auto_point1_temp"},
                          {"beep_enable", "beep_enable|0|"},
                          {"update_interval", "update_interval|0|"},
                          {"vrm", "vrm|0|"},
                          {"intrusion0_alarm", "intrusion|0|alarm"},
                          {"power1_average_interval", "power|1|average_interval"},
                          {"name", nullptr},
                          {"temp4input", nullptr},
                          {"temp5_", nullptr},
                          {"temp_input", nullptr},
                          {"uevent", nullptr},
                          {"1", nullptr},
                          {"", nullptr},
                          {"temp99999999999999999999999_input", nullptr}};
  for (const FileRow& row : rows) {
    const auto file = parse_sensor_file(row.name);
    EXPECT_EQ(file ? file->type + "|" + file->number + "|" + file->element : "none",
              row.parsed != nullptr ? row.parsed : "none")
        << row.name;
  }
}

TEST(MetricPart, keeps_what_belongs_in_a_name) {
  EXPECT_EQ(to_metric_part("coretemp.0"), "coretemp_0");
  EXPECT_EQ(to_metric_part("0000:01:00.0"), "0000:01:00_0");
  EXPECT_EQ(to_metric_part("_Acpi Tz!"), "acpi_tz");
  EXPECT_EQ(to_metric_part("!?"), "");
}

class Hwmon : public HostTree {
 protected:
  static constexpr const char* kDevice = "sys/devices/platform/applesmc.768";

  void make_chip(const std::map<std::string, std::string>& files, const std::string& hwmon = "hwmon0") const {
    const std::string directory = std::string(kDevice) + "/hwmon/" + hwmon;
    for (const auto& [name, text] : files) write(directory + "/" + name, text + "\n");
    link("../../../applesmc.768", directory + "/device");
    link("../../devices/platform/applesmc.768/hwmon/" + hwmon, "sys/class/hwmon/" + hwmon);
  }
};

struct ReadingRow {
  const char* file;
  const char* text;
  const char* line;  // without the tags; nullptr: none
};

TEST_F(Hwmon, gives_each_sensor_its_unit) {
  const ReadingRow rows[] = {{"temp1_input", "55000", "temp_celsius 55"},
                             {"temp1_crit", "-1500", "temp_crit_celsius -1.5"},
                             {"temp1_crit_alarm", "1", "temp_crit_alarm_celsius 0.001"},
                             {"temp1_type", "4", "temp_type 4"},
                             {"temp1_alarm", "1", "temp_alarm 1"},
                             {"temp1_fault", "0", "temp_fault 0"},
                             {"temp1_beep", "1", "temp_beep_enabled 1"},
                             {"temp1_input", "abc", nullptr},
                             {"temp1_input", "", nullptr},
                             {"fan1_input", "2164", "fan_rpm 2164"},
                             {"fan1_min", "2160", "fan_min_rpm 2160"},
                             {"fan1_max", "6156", "fan_max_rpm 6156"},
                             {"fan1_target", "3000", "fan_target_rpm 3000"},
                             {"fan1_div", "2", "fan_div 2"},
                             {"fan1_alarm", "1", "fan_alarm 1"},
                             {"in1_input", "1056", "in_volts 1.056"},
                             {"in1_min", "900", "in_min_volts 0.9"},
                             {"cpu1_vid", "1200", "cpu_vid_volts 1.2"},
                             {"curr1_input", "900", "curr_amps 0.9"},
                             {"energy1_input", "123456789", "energy_joule_total 123.456789"},
                             {"power1_input", "44556677", "power_watt 44.556677"},
                             {"power1_cap_max", "1000000", "power_cap_max_watt 1"},
                             {"power1_accuracy", "5000", "power_accuracy 0.005"},
                             {"power1_average_interval", "1000", "power_average_interval_seconds 1"},
                             {"power1_average_interval_max", "3000", "power_average_interval_max_seconds 3"},
                             {"humidity1_input", "45678", "humidity 0.045678"},
                             {"pwm1", "127", "pwm 127"},
                             {"pwm1_enable", "2", "pwm_enable 2"},
                             {"intrusion1_alarm", "1", "intrusion_alarm 1"},
                             {"intrusion1_beep", "0", "intrusion_beep_enabled 0"}};
  for (const ReadingRow& row : rows) {
    make_chip({{row.file, row.text}});
    Lines expected;
    if (row.line != nullptr) {
      const std::string line = row.line;
      const std::string type = line.substr(0, line.find_first_of("_ "));
      const std::string tags = "{chip=platform_applesmc_768,sensor=" + type + "1}";
      expected.push_back("node_hwmon_" + line.substr(0, line.find(' ')) + tags + line.substr(line.find(' ')));
    }
    EXPECT_EQ(lines(collect_hwmon), expected) << row.file;
    EXPECT_FALSE(outcome_);
    remove("sys");
  }
}

TEST_F(Hwmon, counts_energy_and_measures_everything_else) {
  make_chip({{"energy1_input", "1"}, {"temp1_input", "1"}, {"pwm1", "1"}, {"name", "x"}});
  for (const auto& [name, type] : types(collect_hwmon)) {
    EXPECT_EQ(type == ReadingType::kCounter, name == "node_hwmon_energy_joule_total") << name;
  }
}

TEST_F(Hwmon, tells_what_is_of_the_whole_chip) {
  make_chip({{"beep_enable", "1"}, {"update_interval", "1500"}, {"vrm", "100"}, {"name", "applesmc"}});
  EXPECT_EQ(lines(collect_hwmon),
            (Lines{"node_hwmon_chip_names{chip=platform_applesmc_768,chip_name=applesmc} 1",
                   "node_hwmon_beep_enabled{chip=platform_applesmc_768,sensor=beep_enable0} 1",
                   "node_hwmon_update_interval_seconds{chip=platform_applesmc_768,sensor=update_interval0} 1.5",
                   "node_hwmon_voltage_regulator_version{chip=platform_applesmc_768,sensor=vrm0} 100"}));
}

TEST_F(Hwmon, gives_labels_as_they_are) {
  make_chip({{"fan1_label", "Left side  "}, {"fan2_label", "\xff"}});
  EXPECT_EQ(lines(collect_hwmon),
            (Lines{"node_hwmon_sensor_label{chip=platform_applesmc_768,label=Left side  ,sensor=fan1} 1",
                   "node_hwmon_sensor_label{chip=platform_applesmc_768,label=\xEF\xBF\xBD,sensor=fan2} 1"}));
}

TEST_F(Hwmon, tells_an_input_from_the_value_if_both_are_there) {
  make_chip({{"pwm1", "127"}, {"pwm1_input", "3"}});
  EXPECT_EQ(lines(collect_hwmon), (Lines{"node_hwmon_pwm{chip=platform_applesmc_768,sensor=pwm1} 127",
                                         "node_hwmon_pwm_input{chip=platform_applesmc_768,sensor=pwm1} 3"}));
}

TEST_F(Hwmon, also_looks_where_old_drivers_put_their_files) {
  make_chip({{"uevent", ""}});
  write(std::string(kDevice) + "/temp1_input", "20000\n");
  EXPECT_EQ(lines(collect_hwmon), (Lines{"node_hwmon_temp_celsius{chip=platform_applesmc_768,sensor=temp1} 20"}));
}

TEST_F(Hwmon, names_a_chip_without_a_device_by_its_driver_or_else_by_its_number) {
  for (const auto& [hwmon, name] : std::map<std::string, std::string>{{"hwmon1", "Acpi Tz!"}, {"hwmon2", ""}}) {
    write("sys/devices/virtual/hwmon/" + hwmon + "/temp1_input", "1000\n");
    if (!name.empty()) write("sys/devices/virtual/hwmon/" + hwmon + "/name", name + "\n");
    link("../../devices/virtual/hwmon/" + hwmon, "sys/class/hwmon/" + hwmon);
  }
  EXPECT_EQ(lines(collect_hwmon, "node_hwmon_temp_celsius"),
            (Lines{"{chip=acpi_tz,sensor=temp1} 1", "{chip=hwmon2,sensor=temp1} 1"}));
}

TEST_F(Hwmon, never_has_two_chips_of_one_name) {
  make_chip({{"temp1_input", "1000"}}, "hwmon0");
  make_chip({{"temp1_input", "2000"}}, "hwmon1");
  EXPECT_EQ(lines(collect_hwmon), (Lines{"node_hwmon_temp_celsius{chip=platform_applesmc_768,sensor=temp1} 1",
                                         "node_hwmon_temp_celsius{chip=hwmon1,sensor=temp1} 2"}));
}

TEST_F(Hwmon, passes_over_what_is_no_chip_or_cannot_be_read) {
  make_chip({{"temp1_input", "1000"}});
  std::filesystem::create_directories(root_ / kDevice / "hwmon/hwmon0/temp2_input");
  std::filesystem::create_directories(root_ / kDevice / "power");
  link("../../devices/gone", "sys/class/hwmon/hwmon8");
  write("sys/class/hwmon/hwmon9", "a file\n");
  EXPECT_EQ(lines(collect_hwmon).size(), 1U);
  EXPECT_FALSE(outcome_);
}

TEST_F(Hwmon, is_missing_with_a_reason) {
  EXPECT_EQ(lines(collect_hwmon), Lines{});
  EXPECT_EQ(outcome_, Code::kNotFound);
}

}  // namespace
}  // namespace sonde::host
