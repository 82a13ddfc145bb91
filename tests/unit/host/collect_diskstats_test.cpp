#include <gtest/gtest.h>

#include "unit/host/host_tree.h"

namespace sonde::host {
namespace {

using Lines = std::vector<std::string>;

constexpr std::string_view kDisk =
    " 259       0 nvme0n1 326552 841 9657779 84368 41822 2895 1972905 5007 3 60730 67070 68851 7 1925 11130 1555 "
    "1944\n";

class Diskstats : public HostTree {};

TEST_F(Diskstats, are_all_read_off_a_line_of_linux_5_5) {
  write("proc/diskstats", kDisk);
  EXPECT_EQ(
      lines(collect_diskstats),
      (Lines{
          "node_disk_info{device=nvme0n1,path=,wwn=,model=,serial=,revision=,major=259,minor=0} 1",
          "node_disk_reads_completed_total{device=nvme0n1} 326552", "node_disk_reads_merged_total{device=nvme0n1} 841",
          "node_disk_read_bytes_total{device=nvme0n1} 4944782848",
          "node_disk_read_time_seconds_total{device=nvme0n1} 84.368",
          "node_disk_writes_completed_total{device=nvme0n1} 41822",
          "node_disk_writes_merged_total{device=nvme0n1} 2895",
          "node_disk_written_bytes_total{device=nvme0n1} 1010127360",
          "node_disk_write_time_seconds_total{device=nvme0n1} 5.007", "node_disk_io_now{device=nvme0n1} 3",
          "node_disk_io_time_seconds_total{device=nvme0n1} 60.73",
          "node_disk_io_time_weighted_seconds_total{device=nvme0n1} 67.07",
          "node_disk_discards_completed_total{device=nvme0n1} 68851",
          "node_disk_discards_merged_total{device=nvme0n1} 7", "node_disk_discarded_sectors_total{device=nvme0n1} 1925",
          "node_disk_discard_time_seconds_total{device=nvme0n1} 11.13",
          "node_disk_flush_requests_total{device=nvme0n1} 1555",
          "node_disk_flush_requests_time_seconds_total{device=nvme0n1} 1.944"}));
  EXPECT_FALSE(outcome_);
}

TEST_F(Diskstats, are_counters_but_for_requests_in_flight) {
  write("proc/diskstats", kDisk);
  for (const auto& [name, type] : types(collect_diskstats)) {
    const bool is_gauge = name == "node_disk_io_now" || name == "node_disk_info";
    EXPECT_EQ(type, is_gauge ? ReadingType::kGauge : ReadingType::kCounter) << name;
  }
}

TEST_F(Diskstats, have_no_discards_or_flushes_on_kernels_that_do_not_tell) {
  write("proc/diskstats",
        "   8       0 sda 1 2 3 4 5 6 7 8 9 10 11\n"
        "   8      16 sdb 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n");
  EXPECT_EQ(lines(collect_diskstats, "node_disk_io_now"), (Lines{"{device=sda} 9", "{device=sdb} 9"}));
  EXPECT_EQ(lines(collect_diskstats, "node_disk_discards_completed_total"), (Lines{"{device=sdb} 12"}));
  EXPECT_EQ(lines(collect_diskstats, "node_disk_flush_requests_total"), Lines{});
}

struct NameRow {
  const char* name;
  bool is_read;
};

TEST_F(Diskstats, leave_out_what_node_exporter_leaves_out) {
  const NameRow rows[] = {{"sda", true},     {"sda1", false},       {"vda", true},    {"xvda12", false},
                          {"hdb3", false},   {"loop0", false},      {"ram15", false}, {"fd0", false},
                          {"nvme0n1", true}, {"nvme10n1p3", false}, {"dm-0", true},   {"md0", true},
                          {"sr0", true},     {"mmcblk0p1", true},   {"zram0", true}};
  for (const NameRow& row : rows) {
    write("proc/diskstats", "   1       0 " + std::string(row.name) + " 0 0 0 0 0 0 0 0 0 0 0\n");
    EXPECT_EQ(!lines(collect_diskstats).empty(), row.is_read) << row.name;
  }
}

TEST_F(Diskstats, leave_out_what_the_configuration_says) {
  options_.disks_exclude = "md.*";
  write("proc/diskstats", "9 0 md0 0 0 0 0 0 0 0 0 1 0 0\n1 0 ram0 0 0 0 0 0 0 0 0 2 0 0\n");
  EXPECT_EQ(lines(collect_diskstats, "node_disk_io_now"), (Lines{"{device=ram0} 2"}));
  options_.disks_exclude = "";
  EXPECT_EQ(lines(collect_diskstats, "node_disk_io_now"), (Lines{"{device=md0} 1", "{device=ram0} 2"}));
}

TEST_F(Diskstats, say_what_is_wrong_with_the_expression) {
  write("proc/diskstats", kDisk);
  options_.disks_exclude = "(";
  EXPECT_EQ(lines(collect_diskstats), Lines{});
  EXPECT_EQ(outcome_, Code::kBadConfig);
}

TEST_F(Diskstats, pass_over_lines_that_are_none) {
  const char* const rows[] = {"\n",
                              "   \n",
                              "8 0\n",
                              "8 0 sda\n",
                              "8 0 sda 1 2 3 4 5 6 7 8 9 10\n",
                              "8 0 sda 1 2 3 4 5 6 7 8 x 10 11\n",
                              "x 0 sda 1 2 3 4 5 6 7 8 9 10 11\n",
                              "8 -1 sda 1 2 3 4 5 6 7 8 9 10 11\n",
                              "8 0 sda 1 2 3 99999999999999999999 5 6 7 8 9 10 11\n",
                              "8 0 sda -1 2 3 4 5 6 7 8 9 10 11\n"};
  for (const char* row : rows) {
    write("proc/diskstats", row + std::string("8 16 sdb 1 2 3 4 5 6 7 8 9 10 11\n"));
    EXPECT_EQ(lines(collect_diskstats, "node_disk_io_now"), (Lines{"{device=sdb} 9"})) << row;
    EXPECT_FALSE(outcome_) << row;
  }
}

TEST_F(Diskstats, invent_nothing_when_the_file_is_cut) {
  const std::string text = std::string(kDisk) + "   8       0 sda 1 2 3 4 5 6 7 8 9 10 11\n";
  EXPECT_EQ(invented_when_cut(collect_diskstats, "proc/diskstats", text), Lines{});
}

TEST_F(Diskstats, are_missing_with_a_reason) {
  EXPECT_EQ(lines(collect_diskstats), Lines{});
  EXPECT_EQ(outcome_, Code::kNotFound);
}

TEST_F(Diskstats, come_with_what_udev_knows) {
  write("proc/diskstats", "   8       0 sda 1 2 3 4 5 6 7 8 9 10 11\n 253       1 dm-1 1 2 3 4 5 6 7 8 9 10 11\n");
  write("root/run/udev/data/b8:0",
        "S:disk/by-id/ata-x\nE:ID_MODEL=SAMSUNG=MZ\nE:ID_SERIAL_SHORT=S2R\nE:ID_PATH=pci-0000:00:1f.2-ata-1\n"
        "E:ID_WWN=0x5002\nE:ID_REVISION=GXM7\nE:ID_ATA=1\nE:ID_ATA_WRITE_CACHE=1\nE:ID_ATA_WRITE_CACHE_ENABLED=0\n"
        "E:ID_ATA_ROTATION_RATE_RPM=7200\nE:nonsense\n");
  write("root/run/udev/data/b253:1",
        "E:DM_NAME=vg-home\nE:DM_UUID=LVM-x\nE:DM_VG_NAME=vg\nE:DM_LV_NAME=home\nE:ID_FS_TYPE=ext4\n"
        "E:ID_FS_USAGE=filesystem\nE:ID_FS_UUID=3deafd0d\nE:ID_FS_VERSION=1.0\nE:ID_ATA_WRITE_CACHE=1\n");
  EXPECT_EQ(
      lines(collect_diskstats, "node_disk_info"),
      (Lines{"{device=sda,path=pci-0000:00:1f.2-ata-1,wwn=0x5002,model=SAMSUNG=MZ,serial=S2R,revision=GXM7,major=8,"
             "minor=0} 1",
             "{device=dm-1,path=,wwn=,model=,serial=,revision=,major=253,minor=1} 1"}));
  EXPECT_EQ(lines(collect_diskstats, "node_disk_filesystem_info"),
            (Lines{"{device=dm-1,type=ext4,usage=filesystem,uuid=3deafd0d,version=1.0} 1"}));
  EXPECT_EQ(lines(collect_diskstats, "node_disk_device_mapper_info"),
            (Lines{"{device=dm-1,name=vg-home,uuid=LVM-x,vg_name=vg,lv_name=home,lv_layer=} 1"}));
  EXPECT_EQ(lines(collect_diskstats, "node_disk_ata_write_cache"), (Lines{"{device=sda} 1"}));
  EXPECT_EQ(lines(collect_diskstats, "node_disk_ata_write_cache_enabled"), (Lines{"{device=sda} 0"}));
  EXPECT_EQ(lines(collect_diskstats, "node_disk_ata_rotation_rate_rpm"), (Lines{"{device=sda} 7200"}));
}

}  // namespace
}  // namespace sonde::host
