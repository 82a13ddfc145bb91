#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/host/cgroup_tree.h"

namespace sonde::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kCpuLimit = "sonde_container_cpu_limit_cores";
constexpr std::string_view kMemoryLimit = "sonde_container_memory_limit_bytes";

/// What a service's cgroups come to over time and together.
class CgroupInstances : public CgroupTree {
 protected:
  void SetUp() override {
    CgroupTree::SetUp();
    mount(kUnifiedMount);
  }

  void run(const std::string& path, int user_seconds) const {
    cgroup(path, {{"cpu.stat", "user_usec " + std::to_string(user_seconds) + "000000\n"}});
  }

  std::vector<std::string> user_time(const std::vector<ServiceCgroup>& cgroups) {
    return written("container_cpu_time_seconds_total", cgroups);
  }
};

const ServiceCgroup kFirst{"db", "", "0::/db.slice/1\n"};
const ServiceCgroup kSecond{"db", "", "0::/db.slice/2\n"};

TEST_F(CgroupInstances, of_one_service_are_summed_up) {
  run("db.slice/1", 10);
  run("db.slice/2", 5);
  cgroup("db.slice/1", {{"memory.current", "100\n"}});
  cgroup("db.slice/2", {{"memory.current", "50\n"}});
  EXPECT_THAT(written({kFirst, kSecond, kFirst}),
              ElementsAre("container_cpu_time_seconds_total{service_name=db,cpu_mode=user} 15",
                          "container_memory_usage_bytes{service_name=db} 150"));
}

TEST_F(CgroupInstances, that_vanish_take_nothing_back) {
  run("db.slice/1", 10);
  run("db.slice/2", 5);
  user_time({kFirst, kSecond});
  remove_cgroup("db.slice/1");
  EXPECT_THAT(user_time({kFirst, kSecond}), ElementsAre("{service_name=db,cpu_mode=user} 15"));
  run("db.slice/2", 6);
  EXPECT_THAT(user_time({kSecond}), ElementsAre("{service_name=db,cpu_mode=user} 16"));
  EXPECT_THAT(user_time({}), IsEmpty());
  EXPECT_THAT(user_time({kSecond}), ElementsAre("{service_name=db,cpu_mode=user} 16"));
}

TEST_F(CgroupInstances, whose_file_cannot_be_read_for_a_while_go_on_where_they_were) {
  run("db.slice/1", 10);
  user_time({kFirst});
  cgroup("db.slice/1", {{"cpu.stat", "user_us"}});
  EXPECT_THAT(user_time({kFirst}), ElementsAre("{service_name=db,cpu_mode=user} 10"));
  run("db.slice/1", 12);
  EXPECT_THAT(user_time({kFirst}), ElementsAre("{service_name=db,cpu_mode=user} 12"));
}

TEST_F(CgroupInstances, that_are_made_again_count_from_their_beginning_even_if_they_have_more) {
  run("db.slice/1", 10);
  user_time({kFirst});
  make_again("db.slice/1", {{"cpu.stat", "user_usec 11000000\n"}});
  EXPECT_THAT(user_time({kFirst}), ElementsAre("{service_name=db,cpu_mode=user} 21"));
  make_again("db.slice/1", {{"cpu.stat", "user_usec 1000000\n"}});
  EXPECT_THAT(user_time({kFirst}), ElementsAre("{service_name=db,cpu_mode=user} 22"));
}

TEST_F(CgroupInstances, that_join_a_service_later_count_from_then_on) {
  run("db.slice/1", 10);
  user_time({kFirst});
  run("db.slice/2", 3'000);
  EXPECT_THAT(user_time({kFirst, kSecond}), ElementsAre("{service_name=db,cpu_mode=user} 10"));
  run("db.slice/2", 3'001);
  EXPECT_THAT(user_time({kFirst, kSecond}), ElementsAre("{service_name=db,cpu_mode=user} 11"));
}

TEST_F(CgroupInstances, lose_nothing_when_a_device_goes_away) {
  const auto bytes = [this] { return written("container_disk_io_bytes_total", {kFirst})[0]; };
  cgroup("db.slice/1", {{"io.stat", "8:0 rbytes=100 wbytes=0\n8:16 rbytes=1000 wbytes=0\n"}});
  EXPECT_EQ(bytes(), "{service_name=db,disk_io_direction=read} 1100");
  cgroup("db.slice/1", {{"io.stat", "8:0 rbytes=100 wbytes=0\n"}});
  EXPECT_EQ(bytes(), "{service_name=db,disk_io_direction=read} 1100");
  cgroup("db.slice/1", {{"io.stat", "8:0 rbytes=150 wbytes=0\n"}});
  EXPECT_EQ(bytes(), "{service_name=db,disk_io_direction=read} 1150");
}

TEST_F(CgroupInstances, that_go_to_another_service_count_for_that_from_then_on) {
  run("db.slice/1", 10);
  user_time({kFirst});
  run("db.slice/1", 12);
  EXPECT_THAT(user_time({{"mail", "", kFirst.cgroup_text}}), ElementsAre("{service_name=mail,cpu_mode=user} 2"));
}

TEST_F(CgroupInstances, go_on_where_they_were_for_an_hour_of_passes_and_then_begin_again) {
  run("db.slice/1", 10);
  run("db.slice/2", 5);
  user_time({kFirst, kSecond});
  run("db.slice/1", 13);
  for (int pass = 0; pass < 359; ++pass) user_time({});
  EXPECT_THAT(user_time({kFirst}), ElementsAre("{service_name=db,cpu_mode=user} 18"));
  for (int pass = 0; pass < 361; ++pass) user_time({});
  EXPECT_THAT(user_time({kFirst}), ElementsAre("{service_name=db,cpu_mode=user} 13"));
}

TEST_F(CgroupInstances, are_limited_by_the_smallest_limit_on_the_way_up) {
  cgroup("db.slice", {{"memory.max", "500\n"}, {"cpu.max", "max 100000\n"}});
  cgroup("db.slice/1", {{"memory.max", "800\n"}, {"cpu.max", "200000 100000\n"}});
  cgroup("db.slice/2", {{"memory.max", "300\n"}, {"cpu.max", "max 100000\n"}});
  EXPECT_THAT(written({kFirst}), ElementsAre("sonde_container_cpu_limit_cores{service_name=db} 2",
                                             "sonde_container_memory_limit_bytes{service_name=db} 500"));
  EXPECT_THAT(written({kSecond}), ElementsAre("sonde_container_memory_limit_bytes{service_name=db} 300"));
}

TEST_F(CgroupInstances, are_limited_by_a_parent_whose_controller_they_do_not_have) {
  cgroup("db.slice", {{"memory.max", "500\n"}});
  cgroup("db.slice/1", {{"cpu.stat", ""}});
  EXPECT_THAT(written({kFirst}), ElementsAre("sonde_container_memory_limit_bytes{service_name=db} 500"));
}

TEST_F(CgroupInstances, have_the_sum_of_their_limits_if_each_has_one) {
  cgroup("db.slice/1", {{"memory.max", "200\n"}, {"cpu.max", "50000 100000\n"}, {"pids.max", "7\n"}});
  cgroup("db.slice/2", {{"memory.max", "300\n"}, {"cpu.max", "max 100000\n"}, {"pids.max", "8\n"}});
  EXPECT_THAT(written({kFirst, kSecond}), ElementsAre("sonde_container_memory_limit_bytes{service_name=db} 500",
                                                      "sonde_container_processes_limit{service_name=db} 15"));
}

TEST_F(CgroupInstances, share_a_limit_that_their_parent_sets) {
  cgroup("db.slice", {{"memory.max", "250\n"}});
  cgroup("db.slice/1", {{"memory.max", "max\n"}});
  cgroup("db.slice/2", {{"memory.max", "max\n"}});
  EXPECT_THAT(written(kMemoryLimit, {kFirst, kSecond}), ElementsAre("{service_name=db} 250"));
}

TEST_F(CgroupInstances, of_version_1_have_no_limit_where_the_kernel_writes_its_largest_number) {
  mount(kHybridMounts);
  cgroup("memory", {{"memory.limit_in_bytes", "9223372036854771712\n"}});
  cgroup("memory/a", {{"memory.limit_in_bytes", "9223372036854771712\n"}});
  cgroup("memory/a/b", {{"memory.limit_in_bytes", "9223372036854771712\n"}});
  cgroup("cpu,cpuacct/a", {{"cpu.cfs_quota_us", "-1\n"}, {"cpu.cfs_period_us", "100000\n"}});
  const ServiceCgroup inner{"db", "", "5:cpu,cpuacct:/a\n4:memory:/a/b\n"};
  EXPECT_THAT(written({inner}), IsEmpty());
  cgroup("memory/a", {{"memory.limit_in_bytes", "4096\n"}});
  cgroup("cpu,cpuacct/a", {{"cpu.cfs_quota_us", "50000\n"}});
  EXPECT_THAT(written({inner}), ElementsAre("sonde_container_cpu_limit_cores{service_name=db} 0.5",
                                            "sonde_container_memory_limit_bytes{service_name=db} 4096"));
  cgroup("cpu,cpuacct/a", {{"cpu.cfs_period_us", "0\n"}});
  EXPECT_THAT(written(kCpuLimit, {inner}), IsEmpty());
}

}  // namespace
}  // namespace sonde::host
