#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "cli/host_checks.h"

namespace sonde::cli {
namespace {

/// A tree with the files of /proc and /sys that are read, removed afterwards.
class HostTree : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "sonde_host_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void put(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }

  std::string root_;
};

constexpr const char* kMountsOfDebian12 =
    "sysfs /sys sysfs rw 0 0\n"
    "cgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0\n"
    "tracefs /sys/kernel/tracing tracefs rw 0 0\n";

TEST_F(HostTree, is_read_as_a_host_under_systemd_shows_itself) {
  put("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  put("/proc/sys/kernel/bpf_stats_enabled", "0\n");
  put("/proc/sys/kernel/unprivileged_bpf_disabled", "2\n");
  put("/proc/self/status", "Name:\tsonde\nUid:\t1000\t0\t0\t0\nCapInh:\t0\nCapEff:\t000000c000080004\nSeccomp:\t0\n");
  put("/proc/self/mounts", kMountsOfDebian12);
  put("/sys/kernel/btf/vmlinux", "btf");
  put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
  std::filesystem::create_directories(root_ + "/proc/self/ns");
  std::filesystem::create_symlink("pid:[4026531836]", root_ + "/proc/self/ns/pid");
  const HostFacts facts = read_host_facts(root_);
  EXPECT_EQ(facts.kernel_release, "6.1.0-18-amd64");
  EXPECT_TRUE(facts.has_btf);
  EXPECT_TRUE(facts.is_root);
  EXPECT_EQ(facts.effective_capabilities, 0xc000080004u);
  EXPECT_EQ(facts.lockdown, Lockdown::kIntegrity);
  EXPECT_TRUE(facts.tracefs_mounted);
  EXPECT_EQ(facts.cgroup, CgroupHierarchy::kV2);
  EXPECT_EQ(facts.cgroup2_path, "/sys/fs/cgroup");
  EXPECT_EQ(facts.in_initial_pid_namespace, true);
  EXPECT_EQ(facts.bpf_stats_enabled, 0);
  EXPECT_EQ(facts.unprivileged_bpf_disabled, 2);
}

TEST_F(HostTree, leaves_everything_unknown_if_it_is_empty) {
  const HostFacts facts = read_host_facts(root_);
  EXPECT_EQ(facts.kernel_release, "");
  EXPECT_FALSE(facts.has_btf);
  EXPECT_FALSE(facts.is_root);
  EXPECT_EQ(facts.effective_capabilities, 0u);
  EXPECT_EQ(facts.lockdown, Lockdown::kUnknown);
  EXPECT_FALSE(facts.tracefs_mounted);
  EXPECT_EQ(facts.cgroup, CgroupHierarchy::kNone);
  EXPECT_FALSE(facts.in_initial_pid_namespace);
  EXPECT_FALSE(facts.bpf_stats_enabled);
  EXPECT_FALSE(facts.unprivileged_bpf_disabled);
}

TEST_F(HostTree, is_a_container_if_the_pid_namespace_is_another) {
  std::filesystem::create_directories(root_ + "/proc/self/ns");
  std::filesystem::create_symlink("pid:[4026532201]", root_ + "/proc/self/ns/pid");
  EXPECT_EQ(read_host_facts(root_).in_initial_pid_namespace, false);
}

TEST_F(HostTree, does_not_take_a_real_user_of_root_or_rubbish_for_rights) {
  put("/proc/self/status", "Uid:\t0\t1000\t1000\t1000\nCapEff:\tzz\n");
  put("/proc/sys/kernel/bpf_stats_enabled", "on\n");
  const HostFacts facts = read_host_facts(root_);
  EXPECT_FALSE(facts.is_root);
  EXPECT_EQ(facts.effective_capabilities, 0u);
  EXPECT_FALSE(facts.bpf_stats_enabled);
}

struct MountRow {
  const char* mounts;
  CgroupHierarchy cgroup;
};

TEST_F(HostTree, tells_the_cgroup_hierarchies_apart) {
  for (const MountRow& row : {MountRow{"cgroup /sys/fs/cgroup/cpu cgroup rw 0 0\n", CgroupHierarchy::kV1},
                              MountRow{"cgroup /sys/fs/cgroup/cpu cgroup rw 0 0\n"
                                       "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n",
                                       CgroupHierarchy::kHybrid},
                              MountRow{"tmpfs /cgroup2 tmpfs rw 0 0\n", CgroupHierarchy::kNone}}) {
    put("/proc/self/mounts", row.mounts);
    EXPECT_EQ(read_host_facts(root_).cgroup, row.cgroup) << row.mounts;
  }
}

TEST_F(HostTree, reads_every_state_of_lockdown) {
  put("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
  EXPECT_EQ(read_host_facts(root_).lockdown, Lockdown::kNone);
  put("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
  EXPECT_EQ(read_host_facts(root_).lockdown, Lockdown::kConfidentiality);
}

TEST(ThisHost, has_a_kernel_release_and_knows_its_user) {
  const HostFacts facts = read_host_facts();
  EXPECT_NE(facts.kernel_release, "");
  EXPECT_EQ(facts.is_root, ::geteuid() == 0);
  EXPECT_TRUE(facts.in_initial_pid_namespace.has_value());
}

}  // namespace
}  // namespace sonde::cli
