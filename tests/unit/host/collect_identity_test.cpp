#include "unit/host/fake_host.h"

// dmi, os, selinux: what kind of host this is.
namespace sonde::host {
namespace {

TEST(CollectDmi, labels_a_one_with_what_the_firmware_says) {
  FakeHost host;
  host.write("sys/class/dmi/id/bios_date", "04/12/2021\n");
  host.write("sys/class/dmi/id/product_name", "  Some Machine 3 \n");
  host.write("sys/class/dmi/id/board_serial", "\n");
  host.write("sys/class/dmi/id/sys_vendor", "Vend\xffor\n");
  host.write("sys/class/dmi/id/modalias", "dmi:x\n");
  host.write("sys/class/dmi/id/chassis_type", "23\n");
  EXPECT_EQ(host.collect(&collect_dmi),
            (Readings{{"gauge node_dmi_info{bios_date=\"04/12/2021\",board_serial=\"\",product_name=\"Some Machine "
                       "3\",system_vendor=\"Vend\xef\xbf\xbdor\"}",
                       1}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectDmi, leaves_out_what_only_root_may_read) {
  FakeHost host;
  host.write("sys/class/dmi/id/product_name", "Machine\n");
  host.write("sys/class/dmi/id/product_serial", "secret\n");
  std::filesystem::permissions(host.at(""), std::filesystem::perms::all);
  std::filesystem::permissions(host.at("sys/class/dmi/id/product_serial"), std::filesystem::perms::none);
  const AsNobody nobody;
  EXPECT_EQ(host.collect(&collect_dmi), (Readings{{"gauge node_dmi_info{product_name=\"Machine\"}", 1}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectDmi, says_if_it_may_read_nothing) {
  FakeHost host;
  host.write("sys/class/dmi/id/product_serial", "secret\n");
  std::filesystem::permissions(host.at(""), std::filesystem::perms::all);
  std::filesystem::permissions(host.at("sys/class/dmi/id/product_serial"), std::filesystem::perms::none);
  const AsNobody nobody;
  EXPECT_TRUE(host.collect(&collect_dmi).empty());
  EXPECT_EQ(host.code(), Code::kPermission);
}

constexpr const char* kOsRelease =
    "PRETTY_NAME=\"Example Linux 4.2.1 (Fig)\"\nNAME=\"Example Linux\"\nVERSION_ID=\"4.2.1\"\n"
    "VERSION=\"4.2.1 (Fig)\"\nVERSION_CODENAME=fig\nID=example\nID_LIKE=\"one other\"\n"
    "HOME_URL=\"https://example.org/\"\n";

constexpr const char* kOsInfo =
    "gauge node_os_info{build_id=\"\",id=\"example\",id_like=\"one other\",image_id=\"\",image_version=\"\","
    "name=\"Example Linux\",pretty_name=\"Example Linux 4.2.1 (Fig)\",variant=\"\",variant_id=\"\","
    "version=\"4.2.1 (Fig)\",version_codename=\"fig\",version_id=\"4.2.1\"}";

constexpr const char* kOsVersion = "gauge node_os_version{id=\"example\",id_like=\"one other\",name=\"Example Linux\"}";

TEST(CollectOs, gives_the_name_and_version_of_the_operating_system) {
  FakeHost host;
  host.write("root/etc/os-release", kOsRelease);
  host.write("root/usr/lib/os-release", "ID=not_read\n");
  EXPECT_EQ(host.collect(&collect_os), (Readings{{kOsInfo, 1}, {kOsVersion, 4.2}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectOs, looks_in_usr_where_etc_has_nothing) {
  FakeHost host;
  host.write("root/usr/lib/os-release", kOsRelease);
  EXPECT_EQ(host.collect(&collect_os).size(), 2U);
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectOs, gives_no_version_where_there_is_none) {
  FakeHost host;
  host.write("root/etc/os-release", "ID=arch\nBUILD_ID=rolling\n");
  const Readings readings = host.collect(&collect_os);
  ASSERT_EQ(readings.size(), 1U);
  EXPECT_TRUE(readings.begin()->first.starts_with("gauge node_os_info{build_id=\"rolling\",id=\"arch\""));
}

TEST(CollectSelinux, is_off_where_its_file_system_is_missing) {
  FakeHost host;
  EXPECT_EQ(host.collect(&collect_selinux), (Readings{{"gauge node_selinux_enabled", 0}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectSelinux, is_off_before_a_policy_is_loaded) {
  FakeHost host;
  host.write("sys/fs/selinux/enforce", "0");
  host.write("proc/thread-self/attr/current", std::string_view("kernel\0", 7));
  EXPECT_EQ(host.collect(&collect_selinux), (Readings{{"gauge node_selinux_enabled", 0}}));
}

struct ModeRow {
  const char* name;
  const char* config;
  const char* enforce;
  double config_mode;
  double current_mode;
};

void PrintTo(const ModeRow& row, std::ostream* out) { *out << row.name; }

class SelinuxMode : public testing::TestWithParam<ModeRow> {};

TEST_P(SelinuxMode, is_configured_and_current) {
  FakeHost host;
  host.write("sys/fs/selinux/enforce", GetParam().enforce);
  host.write("proc/thread-self/attr/current", std::string_view("system_u:system_r:init_t:s0\0", 28));
  host.write("root/etc/selinux/config", GetParam().config);
  EXPECT_EQ(host.collect(&collect_selinux), (Readings{{"gauge node_selinux_enabled", 1},
                                                      {"gauge node_selinux_config_mode", GetParam().config_mode},
                                                      {"gauge node_selinux_current_mode", GetParam().current_mode}}));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SelinuxMode,
    testing::Values(ModeRow{"enforcing", "# SELINUX=disabled\nSELINUX=enforcing\nSELINUXTYPE=targeted\n", "1", 1, 1},
                    ModeRow{"permissive_since_the_start", "SELINUX=enforcing\n", "0", 1, 0},
                    ModeRow{"permissive", "SELINUX=permissive\n", "0\n", 0, 0},
                    ModeRow{"disabled_at_the_next_start", "SELINUX=disabled\n", "0", -1, 0},
                    ModeRow{"not_said", "", "", -1, -1}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sonde::host
