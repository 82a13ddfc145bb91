#include <gtest/gtest.h>

#include "unit/host/host_tree.h"

namespace sonde::host {
namespace {

using Lines = std::vector<std::string>;

class Filesystems : public HostTree {
 protected:
  void answer(const std::string& path, std::uint64_t blocks) {
    struct statvfs facts {};
    facts.f_bsize = 1 << 20;  // what FUSE says it would like to be asked for at once
    facts.f_frsize = 4096;
    facts.f_blocks = blocks;
    facts.f_bfree = blocks / 2;
    facts.f_bavail = blocks / 4;
    facts.f_files = 1'000;
    facts.f_ffree = 900;
    answers_[root_ / "root" / path] = facts;
  }

  /// The table as seen from here: the host's root is mounted somewhere below.
  std::string below(const std::string& path) const { return root_ / "root" / path; }
};

TEST_F(Filesystems, say_how_full_they_are) {
  write("proc/1/mounts", "/dev/sda1 " + below("srv") + " ext4 rw,relatime 0 0\n");
  answer("srv", 1'000);
  const std::string tags = "{device=/dev/sda1,fstype=ext4,mountpoint=/srv}";
  EXPECT_EQ(lines(collect_filesystem),
            (Lines{"node_filesystem_device_error" + tags + " 0", "node_filesystem_size_bytes" + tags + " 4096000",
                   "node_filesystem_free_bytes" + tags + " 2048000", "node_filesystem_avail_bytes" + tags + " 1024000",
                   "node_filesystem_files" + tags + " 1000", "node_filesystem_files_free" + tags + " 900",
                   "node_filesystem_readonly" + tags + " 0"}));
  EXPECT_FALSE(outcome_);
  for (const auto& [name, type] : types(collect_filesystem)) EXPECT_EQ(type, ReadingType::kGauge) << name;
}

TEST_F(Filesystems, that_refuse_are_an_error_without_sizes) {
  write("proc/1/mounts", "server:/x " + below("mnt/x") + " nfs4 ro 0 0\n");
  EXPECT_EQ(lines(collect_filesystem),
            (Lines{"node_filesystem_device_error{device=server:/x,fstype=nfs4,mountpoint=/mnt/x} 1"}));
}

struct OptionsRow {
  const char* options;
  int read_only;
};

TEST_F(Filesystems, are_read_only_if_their_options_say_so) {
  const OptionsRow rows[] = {{"ro", 1}, {"ro,relatime", 1}, {"relatime,ro", 1},         {"rw,relatime", 0},
                             {"rw", 0}, {"norw,rorw", 0},   {"rw,errors=remount-ro", 0}};
  answer("a", 1);
  for (const OptionsRow& row : rows) {
    write("proc/1/mounts", "/dev/sda " + below("a") + " ext4 " + row.options + " 0 0\n");
    EXPECT_EQ(lines(collect_filesystem, "node_filesystem_readonly"),
              (Lines{"{device=/dev/sda,fstype=ext4,mountpoint=/a} " + std::to_string(row.read_only)}))
        << row.options;
  }
}

struct MountRow {
  const char* mount_point;
  const char* type;
  bool is_read;
};

TEST_F(Filesystems, leave_out_what_node_exporter_leaves_out) {
  const MountRow rows[] = {{"", "ext4", true},
                           {"devices", "ext4", true},
                           {"dev", "tmpfs", false},
                           {"dev/shm", "tmpfs", false},
                           {"proc/x", "ext4", false},
                           {"sys/fs/x", "tmpfs", false},
                           {"run", "tmpfs", true},
                           {"run/credentials/a.service", "tmpfs", false},
                           {"run/credentials", "tmpfs", true},
                           {"var/lib/docker", "xfs", true},
                           {"var/lib/docker/overlay2/x/merged", "xfs", false},
                           {"var/lib/containers/storage/x", "xfs", false},
                           {"a", "overlay", false},
                           {"a", "squashfs", false},
                           {"a", "cgroup2", false},
                           {"a", "cgroup", false},
                           {"a", "fuse.sshfs", true},
                           {"a", "nfs4", true}};
  for (const MountRow& row : rows) {
    write("proc/1/mounts", "d " + below(row.mount_point) + " " + row.type + " rw 0 0\n");
    EXPECT_EQ(!lines(collect_filesystem).empty(), row.is_read) << row.mount_point << " " << row.type;
  }
}

TEST_F(Filesystems, leave_out_what_the_configuration_says) {
  write("proc/1/mounts",
        "d " + below("a") + " x rw 0 0\nd " + below("b") + " y rw 0 0\nd " + below("c") + " y rw 0 0\n");
  options_.mount_points_exclude = "/b";
  options_.filesystem_types_exclude = "x";
  EXPECT_EQ(lines(collect_filesystem), (Lines{"node_filesystem_device_error{device=d,fstype=y,mountpoint=/c} 1"}));
}

TEST_F(Filesystems, say_what_is_wrong_with_the_expressions) {
  write("proc/1/mounts", "d " + below("a") + " x rw 0 0\n");
  options_.mount_points_exclude = "[";
  EXPECT_EQ(lines(collect_filesystem), Lines{});
  EXPECT_EQ(outcome_, Code::kBadConfig);
}

TEST_F(Filesystems, are_our_own_where_those_of_init_are_hidden) {
  write("proc/self/mounts", "d " + below("a") + " x rw 0 0\n");
  EXPECT_EQ(lines(collect_filesystem).size(), 1U);
  EXPECT_FALSE(outcome_);
  remove("proc/self/mounts");
  EXPECT_EQ(lines(collect_filesystem), Lines{});
  EXPECT_EQ(outcome_, Code::kNotFound);
}

TEST_F(Filesystems, of_the_pass_are_left_for_those_who_follow_them) {
  write("proc/1/mounts", "/dev/sda1 " + below("srv") + " ext4 ro 0 0\nproc /proc proc rw 0 0\n");
  answer("srv", 1'000);
  lines(collect_filesystem);
  ASSERT_EQ(filesystems_.latest().size(), 1U);
  EXPECT_EQ(filesystems_.latest()[0].mount.mount_point, "/srv");
  EXPECT_EQ(filesystems_.latest()[0].available_bytes, 1'024'000U);
  EXPECT_TRUE(filesystems_.latest()[0].read_only);
  remove("proc/1/mounts");
  lines(collect_filesystem);
  EXPECT_TRUE(filesystems_.latest().empty());
}

TEST_F(Filesystems, with_names_that_are_no_text_do_not_spoil_the_scrape) {
  write("proc/1/mounts", "d " + below("\xff\xfe") + " x rw 0 0\n");
  EXPECT_EQ(lines(collect_filesystem),
            (Lines{"node_filesystem_device_error{device=d,fstype=x,mountpoint=/\xEF\xBF\xBD\xEF\xBF\xBD} 1"}));
}

TEST_F(Filesystems, with_absurd_sizes_are_as_large_as_a_number_can_be) {
  write("proc/1/mounts", "d " + below("a") + " x rw 0 0\n");
  answer("a", ~std::uint64_t{0});
  lines(collect_filesystem);
  EXPECT_EQ(filesystems_.latest()[0].size_bytes, ~std::uint64_t{0});
}

TEST_F(Filesystems, are_not_invented_when_the_table_is_cut) {
  answer("srv", 1'000);
  EXPECT_EQ(invented_when_cut(collect_filesystem, "proc/1/mounts",
                              "/dev/sda1 " + below("srv") + " ext4 rw,relatime 0 0\nserver:/x /y nfs4 ro 0 0\n"),
            Lines{});
}

}  // namespace
}  // namespace sonde::host
