#include "host/cgroup_hierarchy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>

#include "unit/host/cgroup_tree.h"

namespace sonde::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Controller = CgroupController;

/// The one hierarchy that is version 2, or has the controller.
const CgroupHierarchy* find(const std::vector<CgroupHierarchy>& all, std::optional<Controller> controller) {
  for (const CgroupHierarchy& each : all) {
    if (controller ? !each.is_unified && each.has(*controller) : each.is_unified) return &each;
  }
  return nullptr;
}

std::vector<std::string> folders_of(const std::vector<CgroupHierarchy>& all) {
  std::vector<std::string> folders;
  for (const CgroupHierarchy& each : all) folders.push_back((each.is_elsewhere ? "elsewhere:" : "") + each.folder);
  return folders;
}

TEST(CgroupHierarchies, of_a_version_2_machine_is_one_with_every_controller) {
  const auto all = find_hierarchies(kUnifiedMount, "/sys/fs/cgroup");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(all[0].is_unified);
  EXPECT_EQ(all[0].folder, "");
  for (int i = 0; i < static_cast<int>(Controller::kCount); ++i) EXPECT_TRUE(all[0].has(static_cast<Controller>(i)));
}

TEST(CgroupHierarchies, of_a_hybrid_machine_share_the_controllers) {
  const auto all = find_hierarchies(kHybridMounts, "/sys/fs/cgroup");
  EXPECT_THAT(folders_of(all), UnorderedElementsAre("cpu,cpuacct", "memory", "blkio", "pids", "unified"));
  EXPECT_EQ(find(all, Controller::kCpu)->folder, "cpu,cpuacct");
  EXPECT_EQ(find(all, Controller::kCpuacct)->folder, "cpu,cpuacct");
  EXPECT_EQ(find(all, Controller::kMemory)->folder, "memory");
  EXPECT_EQ(find(all, std::nullopt)->controllers, 0u);
}

TEST(CgroupHierarchies, leave_to_version_2_the_controllers_version_1_does_not_have) {
  const auto all = find_hierarchies(
      "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
      "/sys/fs/cgroup");
  EXPECT_TRUE(find(all, std::nullopt)->has(Controller::kPids));
  EXPECT_FALSE(find(all, std::nullopt)->has(Controller::kMemory));
}

TEST(CgroupHierarchies, are_found_where_the_cgroup_root_is_although_the_text_has_the_usual_place) {
  EXPECT_THAT(folders_of(find_hierarchies(kUnifiedMount, "/tmp/tree/cgroup")), ElementsAre(""));
  EXPECT_THAT(folders_of(find_hierarchies("1 1 0:1 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "/tmp/x/")),
              ElementsAre("memory"));
}

TEST(CgroupHierarchies, of_several_mounts_are_read_below_the_cgroup_root_and_from_the_top) {
  EXPECT_THAT(folders_of(find_hierarchies("1 1 0:1 / /sys/fs/cgroup rw - cgroup2 c rw\n"
                                          "2 1 0:1 /../.. /host/cgroup rw - cgroup2 c rw\n",
                                          "/host/cgroup")),
              ElementsAre(""));
  const auto all = find_hierarchies(
      "1 1 0:1 /a /sys/fs/cgroup/a rw - cgroup2 c rw\n"
      "2 1 0:1 / /sys/fs/cgroup/unified rw - cgroup2 c rw\n"
      "3 1 0:1 / /run/cgroup2 rw - cgroup2 c rw\n",
      "/sys/fs/cgroup");
  EXPECT_THAT(folders_of(all), ElementsAre("unified"));
}

TEST(CgroupHierarchies, may_be_mounted_elsewhere_and_have_blanks_in_their_path) {
  EXPECT_THAT(
      folders_of(find_hierarchies("1 1 0:1 / /my\\040cgroups/mem rw - cgroup none rw,memory\n", "/sys/fs/cgroup")),
      ElementsAre("elsewhere:my cgroups/mem"));
}

TEST(CgroupHierarchies, are_not_found_in_lines_that_are_cut_or_of_something_else) {
  const std::string line = "1 1 0:1 / /sys/fs/cgroup/memory rw shared:1 - cgroup cgroup rw,memory\n";
  for (std::size_t length = 0; length < line.size(); ++length) {
    EXPECT_THAT(find_hierarchies(line.substr(0, length), "/sys/fs/cgroup"), IsEmpty()) << length;
  }
  EXPECT_THAT(find_hierarchies("1 1 0:1 / /sys/fs/cgroup/x rw - cgroupfs cgroup rw,memory\n"
                               "1 1 0:1 / /sys/fs/cgroup/x rw - cgroup cgroup rw,name=memory\n"
                               "1 1 0:1 memory x rw - cgroup cgroup rw,memory\n - cgroup2\n",
                               "/sys/fs/cgroup"),
              IsEmpty());
}

struct PathRow {
  const char* name;
  const char* top;
  const char* text;
  std::optional<std::string> path;
};

void PrintTo(const PathRow& row, std::ostream* out) { *out << row.name; }

class CgroupPathCase : public testing::TestWithParam<PathRow> {};

TEST_P(CgroupPathCase, is_found_in_version_2) {
  CgroupHierarchy hierarchy;
  hierarchy.is_unified = true;
  hierarchy.top = GetParam().top;
  EXPECT_EQ(find_cgroup(hierarchy, GetParam().text), GetParam().path);
}

const auto row_name = [](const auto& row) { return std::string(row.param.name); };

INSTANTIATE_TEST_SUITE_P(
    Paths, CgroupPathCase,
    testing::Values(PathRow{"service", "/", "0::/system.slice/a.service\n", "/system.slice/a.service"},
                    PathRow{"without_line_end", "/", "0::/a", "/a"},
                    PathRow{"with_colons", "/", "0::/a:b:c\n", "/a:b:c"},
                    PathRow{"behind_other_lines", "/", "x\n4:memory:/m\n1:name=systemd:/s\n0::/a\n", "/a"},
                    PathRow{"root", "/", "0::/\n", std::nullopt},
                    PathRow{"version_1_only", "/", "4:memory:/m\n", std::nullopt},
                    PathRow{"no_path", "/", "0::a\n", std::nullopt}, PathRow{"empty", "/", "", std::nullopt},
                    PathRow{"removed", "/", "0::/a (deleted)\n", std::nullopt},
                    PathRow{"inside_a_mounted_part", "/docker/x", "0::/docker/x/y\n", "/y"},
                    PathRow{"the_mounted_part_itself", "/docker/x", "0::/docker/x\n", ""},
                    PathRow{"outside_of_the_mounted_part", "/docker/x", "0::/docker/xy\n", std::nullopt},
                    PathRow{"beside_the_namespace_as_its_mount_sees_it", "/..", "0::/../c\n", "/c"},
                    PathRow{"beside_the_namespace_where_only_that_is_mounted", "/", "0::/../c\n", std::nullopt},
                    PathRow{"in_the_namespace_whose_own_name_is_not_known", "/..", "0::/c\n", std::nullopt},
                    PathRow{"root_seen_from_a_namespace", "/../..", "0::/../..\n", std::nullopt},
                    PathRow{"higher_than_the_mount", "/..", "0::/../../c\n", std::nullopt},
                    PathRow{"steps_up_inside", "/", "0::/a/../b\n", std::nullopt},
                    PathRow{"names_with_dots", "/", "0::/..a/b..\n", "/..a/b.."}),
    row_name);

TEST(CgroupPath, of_a_controller_is_that_of_its_own_line) {
  const auto all = find_hierarchies(kHybridMounts, "/sys/fs/cgroup");
  const std::string text = "9:name=systemd:/s\n8:pids:/p\n5:cpu,cpuacct:/c\n4:memory:/m\n0::/u\n";
  EXPECT_EQ(find_cgroup(*find(all, Controller::kCpu), text), "/c");
  EXPECT_EQ(find_cgroup(*find(all, Controller::kMemory), text), "/m");
  EXPECT_EQ(find_cgroup(*find(all, Controller::kBlkio), text), std::nullopt);
  EXPECT_EQ(find_cgroup(*find(all, std::nullopt), text), "/u");
}

std::vector<std::string> kept(const std::vector<CgroupClaim>& claims) {
  std::vector<std::string> texts;
  for (const CgroupClaim& own : keep_own(claims)) {
    texts.push_back(std::to_string(own.owner) + " has " + std::to_string(own.hierarchy) + own.path);
  }
  return texts;
}

TEST(CgroupClaims, of_one_owner_on_different_cgroups_are_kept_once) {
  EXPECT_THAT(kept({{7, 0, "/a"}, {7, 0, "/a"}, {7, 0, "/b"}, {8, 0, "/c"}}),
              UnorderedElementsAre("7 has 0/a", "7 has 0/b", "8 has 0/c"));
}

TEST(CgroupClaims, of_two_owners_on_one_cgroup_are_left_out_in_that_hierarchy) {
  EXPECT_THAT(kept({{7, 0, "/a"}, {8, 0, "/a"}, {7, 1, "/a"}, {8, 1, "/b"}}),
              UnorderedElementsAre("7 has 1/a", "8 has 1/b"));
}

TEST(CgroupClaims, on_a_cgroup_around_that_of_another_owner_are_left_out) {
  EXPECT_THAT(kept({{7, 0, "/a"}, {8, 0, "/a/b/c"}, {9, 0, "/ab"}}),
              UnorderedElementsAre("8 has 0/a/b/c", "9 has 0/ab"));
  EXPECT_THAT(kept({{7, 0, ""}, {8, 0, "/a"}}), ElementsAre("8 has 0/a"));
}

TEST(CgroupClaims, on_a_cgroup_inside_the_owners_own_are_counted_there_already) {
  EXPECT_THAT(kept({{7, 0, "/a/b/c"}, {7, 0, "/a"}}), ElementsAre("7 has 0/a"));
  EXPECT_THAT(kept({{7, 0, "/a/b"}, {7, 0, "/a"}, {8, 0, "/a/c"}}), UnorderedElementsAre("7 has 0/a/b", "8 has 0/a/c"));
}

}  // namespace
}  // namespace sonde::host
