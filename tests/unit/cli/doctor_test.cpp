#include "cli/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace sonde::cli {
namespace {

using capture::SensorReport;
using capture::SensorState;
using testing::EndsWith;
using testing::HasSubstr;

const SensorReport kOn{"traffic", "tp_btf", SensorState::kOn, "", ""};
const SensorReport kDegraded{"traffic", "tracepoint", SensorState::kDegraded, "no BTF", "boot another kernel"};
const SensorReport kOff{"tls", "", SensorState::kOff, "uprobes are refused", "grant CAP_SYS_ADMIN"};
const Check kGood{"kernel", CheckState::kOk, "6.1.0", ""};
const Check kWarning{"tracefs", CheckState::kWarn, "not mounted", "mount it"};
const Check kFault{"capabilities", CheckState::kBad, "not root\nwithout CAP_BPF it may not load", "sudo\nor setcap"};

TEST(Doctor, lays_out_marks_reasons_and_remedies_below_each_other) {
  const std::vector<SensorReport> sensors{kDegraded, kOff};
  EXPECT_EQ(render_doctor(DoctorReport{sensors, {kGood, kFault}}, OutputFormat::kTable),
            "Sensors\n"
            "  degraded  traffic       tracepoint: no BTF\n"
            "                          mend: boot another kernel\n"
            "  off       tls           uprobes are refused\n"
            "                          mend: grant CAP_SYS_ADMIN\n"
            "Host\n"
            "  ok        kernel        6.1.0\n"
            "  bad       capabilities  not root\n"
            "                          without CAP_BPF it may not load\n"
            "                          mend: sudo\n"
            "                                or setcap\n"
            "\n"
            "Sonde can measure this host, with the limits above.\n");
}

struct DiagnosisRow {
  const char* name;
  std::vector<SensorReport> sensors;
  std::vector<Check> checks;
  Diagnosis diagnosis;
  const char* ends;
};

class Diagnose : public testing::TestWithParam<DiagnosisRow> {};

TEST_P(Diagnose, sums_up_in_one_sentence) {
  const DoctorReport report{GetParam().sensors, GetParam().checks};
  EXPECT_EQ(diagnose(report), GetParam().diagnosis);
  EXPECT_THAT(render_doctor(report, OutputFormat::kTable), EndsWith(GetParam().ends));
}

INSTANTIATE_TEST_SUITE_P(
    Reports, Diagnose,
    testing::Values(
        DiagnosisRow{"all_is_well", {kOn}, {kGood}, Diagnosis::kAll, "measure everything on this host.\n"},
        DiagnosisRow{"a_warning_limits", {kOn}, {kGood, kWarning}, Diagnosis::kLimited, "the limits above.\n"},
        DiagnosisRow{"a_degraded_sensor_limits", {kDegraded}, {kGood}, Diagnosis::kLimited, "the limits above.\n"},
        DiagnosisRow{"one_of_two_sensors_limits", {kOn, kOff}, {kGood}, Diagnosis::kLimited, "the limits above.\n"},
        DiagnosisRow{"no_sensor_is_nothing", {kOff}, {kGood}, Diagnosis::kNothing, "is mended.\n"},
        DiagnosisRow{"a_sensor_that_works_outweighs_facts", {kOn}, {kFault}, Diagnosis::kLimited, "limits above.\n"},
        DiagnosisRow{"facts_decide_if_none_was_tried", {}, {kFault}, Diagnosis::kNothing, "is mended.\n"},
        DiagnosisRow{"good_facts_if_none_was_tried", {}, {kGood}, Diagnosis::kAll, "on this host.\n"}),
    [](const auto& row) { return row.param.name; });

TEST(Doctor, says_if_no_sensor_was_tried) {
  EXPECT_THAT(render_doctor(DoctorReport{{}, {kGood}}, OutputFormat::kTable), HasSubstr("Sensors\n  none was tried\n"));
}

TEST(Doctor, prints_the_same_as_json) {
  const std::vector<SensorReport> sensors{kOff};
  const auto json = nlohmann::json::parse(render_doctor(DoctorReport{sensors, {kFault}}, OutputFormat::kJson));
  EXPECT_EQ(json["can_measure"], "nothing");
  EXPECT_EQ(json["sensors"][0]["sensor"], "tls");
  EXPECT_EQ(json["sensors"][0]["state"], "off");
  EXPECT_EQ(json["sensors"][0]["why"], "uprobes are refused");
  EXPECT_EQ(json["sensors"][0]["remedy"], "grant CAP_SYS_ADMIN");
  EXPECT_EQ(json["checks"][0]["check"], "capabilities");
  EXPECT_EQ(json["checks"][0]["state"], "bad");
  EXPECT_EQ(json["checks"][0]["remedy"], "sudo\nor setcap");
}

TEST(Doctor, survives_text_that_is_not_utf8) {
  const std::vector<SensorReport> sensors{SensorReport{"t\xFF", "", SensorState::kOff, "\xC0", ""}};
  EXPECT_THAT(render_doctor(DoctorReport{sensors, {}}, OutputFormat::kJson), HasSubstr("\xEF\xBF\xBD"));
  EXPECT_THAT(render_doctor(DoctorReport{sensors, {}}, OutputFormat::kTable), HasSubstr("\xEF\xBF\xBD"));
}

}  // namespace
}  // namespace sonde::cli
