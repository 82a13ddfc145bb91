#include <gtest/gtest.h>

#include "unit/host/host_tree.h"

namespace sonde::host {
namespace {

using Lines = std::vector<std::string>;

constexpr std::string_view kHead = "Personalities : [linear] [raid0] [raid1] [raid6] [raid5] [raid4] [raid10]\n";
constexpr std::string_view kFoot = "unused devices: <none>\n";

struct ArrayRow {
  const char* name;
  const char* text;
  const char* told;  ///< state; required, active, failed, spare disks; blocks, synced blocks
};

const ArrayRow kRows[] = {
    {"is_whole",
     "md3 : active raid6 sda1[8] sdh1[7] sdg1[6] sdd1[10](S) sdd2[11](S)\n"
     "      5853468288 blocks super 1.2 level 6, 64k chunk, algorithm 2 [8/8] [UUUUUUUU]\n      \n",
     "active 8 8 0 2 5853468288 5853468288"},
    {"lacks_a_disk", "md127 : active raid1 sdi2[0] sdj2[1](F)\n      312319552 blocks [2/1] [U_]\n      \n",
     "active 2 1 1 0 312319552 312319552"},
    {"is_read_only_and_waits_for_a_resync",
     "md0 : active (read-only) raid1 sdi1[0] sdj1[1]\n      248896 blocks [2/2] [UU]\n      resync=PENDING\n      \n",
     "resync 2 2 0 0 248896 0"},
    {"waits_for_its_turn_below_a_bitmap",
     "md9 : active raid1 sdc2[2] sdb2[1]\n      523968 blocks super 1.2 [4/4] [UUUU]\n"
     "      bitmap: 0/3 pages [0KB], 65536KB chunk\n      resync=DELAYED\n      \n",
     "resync 4 4 0 0 523968 0"},
    {"is_synced_by_another_machine",
     "md9 : active raid1 sdc2[2] sdb2[1]\n      523968 blocks super 1.2 [2/2] [UU]\n      resync=REMOTE\n      \n",
     "resync 2 2 0 0 523968 0"},
    {"is_being_resynced",
     "md8 : active raid1 sdb1[1] sda1[0] sdc[2](S)\n      195310144 blocks [2/2] [UU]\n"
     "      [=>...................]  resync =  8.5% (16775552/195310144) finish=17.0min speed=259783K/sec\n      \n",
     "resync 2 2 0 1 195310144 16775552"},
    {"recovers_above_a_bitmap",
     "md11 : active raid1 sdb2[0] sdc2[1] sdc3[2](F) hda[4](S)\n      4190208 blocks super 1.2 [2/1] [U_]\n"
     "      [===>.................]  recovery = 15.0% (1000/4190208) finish=0.1min speed=1000K/sec\n"
     "      bitmap: 1/1 pages [4KB], 65536KB chunk\n\n",
     "recovering 2 1 1 1 4190208 1000"},
    {"is_being_checked",
     "md201 : active raid1 sda3[0] sdb3[1]\n      1993728 blocks super 1.2 [2/2] [UU]\n"
     "      [=>...................]  check =  5.7% (114176/1993728) finish=0.2min speed=114176K/sec\n      \n",
     "check 2 2 0 0 1993728 114176"},
    {"is_inactive", "md12 : inactive sda1[0](S)\n      3886394368 blocks super 1.2\n       \n",
     "inactive 0 0 0 1 3886394368 3886394368"},
    {"is_striped", "md10 : active raid0 sda1[0] sdb1[1]\n      314159265 blocks 64k chunks\n      \n",
     "active 2 2 0 0 314159265 314159265"},
    {"is_linear", "md101 : active linear sdb[2] sda[0]\n      322560 blocks super 1.2 512k rounding\n      \n",
     "active 2 2 0 0 322560 322560"},
};

class Mdadm : public HostTree {
 protected:
  /// What was written of the only array, in the order of ArrayRow::told.
  std::string told() {
    std::string state;
    std::string numbers;
    for (const ReadingFamily& family : families(collect_mdadm)) {
      for (const Reading& reading : family.readings) {
        const bool is_state = family.name == "node_md_state";
        if (is_state && reading.value == 1) state += reading.tags[1].value;
        if (!is_state) numbers += " " + std::to_string(static_cast<std::uint64_t>(reading.value));
      }
    }
    return state + numbers;
  }
};

class MdadmRow : public Mdadm, public testing::WithParamInterface<ArrayRow> {};

TEST_P(MdadmRow, is_told_right) {
  write("proc/mdstat", std::string(kHead) + GetParam().text + std::string(kFoot));
  EXPECT_EQ(told(), GetParam().told);
  EXPECT_FALSE(outcome_);
}

INSTANTIATE_TEST_SUITE_P(Array, MdadmRow, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(Mdadm, tells_every_array_in_every_family) {
  std::string text(kHead);
  for (const ArrayRow& row : {kRows[1], kRows[8]}) text += row.text;
  write("proc/mdstat", text + std::string(kFoot));
  EXPECT_EQ(lines(collect_mdadm),
            (Lines{"node_md_disks_required{device=md127} 2",         "node_md_disks_required{device=md12} 0",
                   "node_md_disks{device=md127,state=active} 1",     "node_md_disks{device=md127,state=failed} 1",
                   "node_md_disks{device=md127,state=spare} 0",      "node_md_disks{device=md12,state=active} 0",
                   "node_md_disks{device=md12,state=failed} 0",      "node_md_disks{device=md12,state=spare} 1",
                   "node_md_state{device=md127,state=active} 1",     "node_md_state{device=md127,state=inactive} 0",
                   "node_md_state{device=md127,state=recovering} 0", "node_md_state{device=md127,state=resync} 0",
                   "node_md_state{device=md127,state=check} 0",      "node_md_state{device=md12,state=active} 0",
                   "node_md_state{device=md12,state=inactive} 1",    "node_md_state{device=md12,state=recovering} 0",
                   "node_md_state{device=md12,state=resync} 0",      "node_md_state{device=md12,state=check} 0",
                   "node_md_blocks{device=md127} 312319552",         "node_md_blocks{device=md12} 3886394368",
                   "node_md_blocks_synced{device=md127} 312319552",  "node_md_blocks_synced{device=md12} 3886394368"}));
  for (const auto& [name, type] : types(collect_mdadm)) EXPECT_EQ(type, ReadingType::kGauge) << name;
}

TEST_F(Mdadm, is_silent_where_there_are_no_arrays) {
  write("proc/mdstat", std::string(kHead) + std::string(kFoot));
  EXPECT_EQ(lines(collect_mdadm), Lines{});
  EXPECT_FALSE(outcome_);
}

TEST_F(Mdadm, names_the_arrays_it_does_not_understand_and_tells_the_others) {
  const char* const rows[] = {"md5 : active raid1 sda[0]\n",
                              "md5 : active raid1 sda[0]\n\n",
                              "md5\n      1 blocks [2/2] [UU]\n",
                              "md5 : active raid1 sda[0]\n      many blocks [2/2] [UU]\n",
                              "md5 : active raid1 sda[0]\n      99999999999999999999999 blocks [2/2] [UU]\n",
                              "md5 : active raid1 sda[0]\n      1 blocks [2/x] [UU]\n",
                              "md5 : active raid1 sda[0]\n      1 blocks [ ] []\n"};
  for (const char* row : rows) {
    write("proc/mdstat", std::string(kHead) + row + kRows[1].text + std::string(kFoot));
    EXPECT_EQ(told(), kRows[1].told) << row;
    EXPECT_EQ(outcome_, Code::kBadInput) << row;
  }
}

TEST_F(Mdadm, outlives_every_cut) {
  std::string text(kHead);
  for (const ArrayRow& row : kRows) text += row.text;
  write("proc/mdstat", text);
  for (std::size_t length = text.size(); length-- > 0;) {
    std::filesystem::resize_file(root_ / "proc/mdstat", length);
    for (const std::string& line : lines(collect_mdadm, "node_md_disks_required")) {
      EXPECT_NE(line.find("{device=md"), std::string::npos);
    }
  }
}

TEST_F(Mdadm, is_missing_with_a_reason) {
  EXPECT_EQ(lines(collect_mdadm), Lines{});
  EXPECT_EQ(outcome_, Code::kNotFound);
}

}  // namespace
}  // namespace sonde::host
