#include "host/cgroup_resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "unit/host/cgroup_tree.h"

namespace sonde::host {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class CgroupResourcesTest : public CgroupTree {};

const ServiceCgroup kWeb{"web", "", "0::/system.slice/web.service\n"};
constexpr const char* kWebFolder = "system.slice/web.service";
constexpr std::string_view kUserTime = "user_usec 2000000\nsystem_usec 0\n";

TEST_F(CgroupResourcesTest, version_2_gives_every_reading_in_base_units) {
  mount(kUnifiedMount);
  cgroup(
      kWebFolder,
      {{"cpu.stat",
        "usage_usec 1750000\nuser_usec 1500000\nsystem_usec 250000\nnice_usec 0\ncore_sched.force_idle_usec 0\n"
        "nr_periods 40\nnr_throttled 4\nthrottled_usec 125000\nnr_bursts 0\nburst_usec 0\n"},
       {"cpu.max", "150000 100000\n"},
       {"memory.current", "10000000\n"},
       {"memory.stat",
        "anon 6000000\nfile 3000000\ninactive_anon 1\ninactive_file 2000000\npgfault 500\npgmajfault 20\n"},
       {"memory.swap.current", "4096\n"},
       {"memory.max", "20000000\n"},
       {"memory.events", "low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\noom_group_kill 0\n"},
       {"io.stat", "8:0 rbytes=1000 wbytes=2000 rios=1 wios=1 dbytes=0 dios=0\n8:16 rbytes=10 wbytes=20\n7:0 \n"},
       {"pids.current", "12\n"},
       {"pids.max", "100\n"},
       {"cpu.pressure",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=500000\n"},
       {"memory.pressure",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=2000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=250000\n"},
       {"io.pressure",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=3000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 "
        "total=125000\n"}});
  EXPECT_THAT(written({kWeb}),
              ElementsAre("container_cpu_time_seconds_total{service_name=web,cpu_mode=user} 1.5",
                          "container_cpu_time_seconds_total{service_name=web,cpu_mode=system} 0.25",
                          "sonde_container_cpu_throttled_seconds_total{service_name=web} 0.125",
                          "sonde_container_cpu_throttled_periods_total{service_name=web} 4",
                          "sonde_container_cpu_periods_total{service_name=web} 40",
                          "container_paging_faults_total{service_name=web,container_paging_fault_type=minor} 480",
                          "container_paging_faults_total{service_name=web,container_paging_fault_type=major} 20",
                          "container_disk_io_bytes_total{service_name=web,disk_io_direction=read} 1010",
                          "container_disk_io_bytes_total{service_name=web,disk_io_direction=write} 2020",
                          "sonde_container_oom_kills_total{service_name=web} 2",
                          "sonde_container_pressure_waiting_seconds_total{service_name=web,resource=cpu} 1",
                          "sonde_container_pressure_waiting_seconds_total{service_name=web,resource=memory} 2",
                          "sonde_container_pressure_waiting_seconds_total{service_name=web,resource=io} 3",
                          "sonde_container_pressure_stalled_seconds_total{service_name=web,resource=cpu} 0.5",
                          "sonde_container_pressure_stalled_seconds_total{service_name=web,resource=memory} 0.25",
                          "sonde_container_pressure_stalled_seconds_total{service_name=web,resource=io} 0.125",
                          "container_memory_usage_bytes{service_name=web} 10000000",
                          "container_memory_working_set_bytes{service_name=web} 8000000",
                          "container_memory_rss_bytes{service_name=web} 6000000",
                          "sonde_container_memory_swap_bytes{service_name=web} 4096",
                          "sonde_container_processes{service_name=web} 12",
                          "sonde_container_cpu_limit_cores{service_name=web} 1.5",
                          "sonde_container_memory_limit_bytes{service_name=web} 20000000",
                          "sonde_container_processes_limit{service_name=web} 100"));
}

TEST_F(CgroupResourcesTest, version_1_gives_every_reading_but_pressure) {
  mount(kHybridMounts);
  cgroup("cpu,cpuacct/web", {{"cpuacct.usage_user", "1500000000\n"},
                             {"cpuacct.usage_sys", "250000000\n"},
                             {"cpu.stat", "nr_periods 40\nnr_throttled 4\nthrottled_time 125000000\n"},
                             {"cpu.cfs_quota_us", "150000\n"},
                             {"cpu.cfs_period_us", "100000\n"}});
  cgroup("memory/web", {{"memory.usage_in_bytes", "10000000\n"},
                        {"memory.stat",
                         "rss 1\nhierarchical_memory_limit 20000000\ntotal_rss 6000000\ntotal_swap 4096\n"
                         "total_pgfault 500\ntotal_pgmajfault 20\ntotal_inactive_file 2000000\n"},
                        {"memory.limit_in_bytes", "20000000\n"},
                        {"memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"}});
  cgroup("blkio/web", {{"blkio.throttle.io_service_bytes_recursive",
                        "8:0 Read 1000\n8:0 Write 2000\n8:0 Sync 1\n8:0 Total 3000\n8:16 Read 10\n8:16 Write 20\n"
                        "Total 3030\n"}});
  cgroup("pids/web", {{"pids.current", "12\n"}, {"pids.max", "max\n"}});
  EXPECT_THAT(written({{"web", "", "4:cpu,cpuacct:/web\n3:memory:/web\n2:blkio:/web\n1:pids:/web\n0::/\n"}}),
              ElementsAre("container_cpu_time_seconds_total{service_name=web,cpu_mode=user} 1.5",
                          "container_cpu_time_seconds_total{service_name=web,cpu_mode=system} 0.25",
                          "sonde_container_cpu_throttled_seconds_total{service_name=web} 0.125",
                          "sonde_container_cpu_throttled_periods_total{service_name=web} 4",
                          "sonde_container_cpu_periods_total{service_name=web} 40",
                          "container_paging_faults_total{service_name=web,container_paging_fault_type=minor} 480",
                          "container_paging_faults_total{service_name=web,container_paging_fault_type=major} 20",
                          "container_disk_io_bytes_total{service_name=web,disk_io_direction=read} 1010",
                          "container_disk_io_bytes_total{service_name=web,disk_io_direction=write} 2020",
                          "sonde_container_oom_kills_total{service_name=web} 2",
                          "container_memory_usage_bytes{service_name=web} 10000000",
                          "container_memory_working_set_bytes{service_name=web} 8000000",
                          "container_memory_rss_bytes{service_name=web} 6000000",
                          "sonde_container_memory_swap_bytes{service_name=web} 4096",
                          "sonde_container_processes{service_name=web} 12",
                          "sonde_container_cpu_limit_cores{service_name=web} 1.5",
                          "sonde_container_memory_limit_bytes{service_name=web} 20000000"));
}

TEST_F(CgroupResourcesTest, older_files_of_version_1_stand_in_for_the_newer) {
  mount(kHybridMounts);
  cgroup("cpu,cpuacct/web", {{"cpuacct.stat", "user 150\nsystem 25\n"}});
  cgroup("blkio/web", {{"blkio.throttle.io_service_bytes", "8:0 Read 7\n8:0 Write 8\nTotal 15\n"}});
  const std::string ticks = std::to_string(::sysconf(_SC_CLK_TCK));
  ASSERT_EQ(ticks, "100");
  EXPECT_THAT(written({{"web", "", "4:cpu,cpuacct:/web\n2:blkio:/web\n"}}),
              ElementsAre("container_cpu_time_seconds_total{service_name=web,cpu_mode=user} 1.5",
                          "container_cpu_time_seconds_total{service_name=web,cpu_mode=system} 0.25",
                          "container_disk_io_bytes_total{service_name=web,disk_io_direction=read} 7",
                          "container_disk_io_bytes_total{service_name=web,disk_io_direction=write} 8"));
}

TEST_F(CgroupResourcesTest, a_hybrid_machine_has_each_controller_where_it_is) {
  mount(kHybridMounts);
  cgroup("memory/m", {{"memory.usage_in_bytes", "4096\n"}});
  cgroup("memory", {{"memory.usage_in_bytes", "999\n"}});
  cgroup("cpu,cpuacct", {{"cpuacct.usage_user", "999\n"}, {"cpuacct.usage_sys", "999\n"}});
  cgroup("unified/u", {{"cpu.stat", kUserTime}, {"io.pressure", "some avg10=0.00 total=3000000\n"}});
  EXPECT_THAT(written({{"web", "", "5:cpu,cpuacct:/\n4:memory:/m\n0::/u\n"}}),
              ElementsAre("container_cpu_time_seconds_total{service_name=web,cpu_mode=user} 2",
                          "container_cpu_time_seconds_total{service_name=web,cpu_mode=system} 0",
                          "sonde_container_pressure_waiting_seconds_total{service_name=web,resource=io} 3",
                          "container_memory_usage_bytes{service_name=web} 4096"));
}

TEST_F(CgroupResourcesTest, time_that_both_versions_know_counts_once) {
  mount(kHybridMounts);
  cgroup("cpu,cpuacct/w", {{"cpuacct.usage_user", "1000000000\n"}, {"cpuacct.usage_sys", "0\n"}});
  cgroup("unified/w", {{"cpu.stat", "user_usec 1000000\nsystem_usec 0\n"}});
  const std::string both = "5:cpu,cpuacct:/w\n0::/w\n";
  EXPECT_THAT(written({{"web", "", both}}),
              Contains("container_cpu_time_seconds_total{service_name=web,cpu_mode=user} 1"));
  cgroup("unified/w", {{"cpu.stat", "user_usec 1500000\nsystem_usec 0\n"}});
  EXPECT_THAT(written({{"web", "", "5:cpu,cpuacct:/\n0::/w\n"}}),
              Contains("container_cpu_time_seconds_total{service_name=web,cpu_mode=user} 1.5"));
}

TEST_F(CgroupResourcesTest, the_root_belongs_to_nobody) {
  mount(kUnifiedMount);
  cgroup(".", {{"cpu.stat", kUserTime}, {"memory.current", "4096\n"}});
  EXPECT_THAT(written({{"web", "", "0::/\n"}}), IsEmpty());
}

TEST_F(CgroupResourcesTest, a_cgroup_that_two_services_share_is_left_out) {
  mount(kUnifiedMount);
  cgroup("shared", {{"memory.current", "1\n"}});
  cgroup("own", {{"memory.current", "2\n"}});
  EXPECT_THAT(written({{"web", "", "0::/shared\n"}, {"db", "", "0::/shared\n"}, {"db", "", "0::/own\n"}}),
              ElementsAre("container_memory_usage_bytes{service_name=db} 2"));
}

TEST_F(CgroupResourcesTest, a_container_has_its_id) {
  mount(kUnifiedMount);
  cgroup("a", {{"memory.current", "1\n"}});
  cgroup("b", {{"memory.current", "2\n"}});
  EXPECT_THAT(written({{"web", "aaaa", "0::/a\n"}, {"web", "bbbb", "0::/b\n"}}),
              ElementsAre("container_memory_usage_bytes{service_name=web,container_id=aaaa} 1",
                          "container_memory_usage_bytes{service_name=web,container_id=bbbb} 2"));
}

TEST_F(CgroupResourcesTest, the_working_set_is_never_below_nothing) {
  mount(kUnifiedMount);
  cgroup(kWebFolder, {{"memory.current", "100\n"}, {"memory.stat", "inactive_file 200\npgfault 1\npgmajfault 5\n"}});
  EXPECT_THAT(written({kWeb}),
              ElementsAre("container_paging_faults_total{service_name=web,container_paging_fault_type=minor} 0",
                          "container_paging_faults_total{service_name=web,container_paging_fault_type=major} 5",
                          "container_memory_usage_bytes{service_name=web} 100",
                          "container_memory_working_set_bytes{service_name=web} 0"));
}

TEST_F(CgroupResourcesTest, of_files_that_are_cut_or_of_nonsense_what_can_be_read_is_written) {
  mount(kUnifiedMount);
  cgroup(kWebFolder, {{"cpu.stat", "user_usec 2000000\nsystem_usec 17"},
                      {"memory.current", "1000"},
                      {"memory.stat", "anon 12\ninactive_file -1\npgfault\npgmajfault x\nfile 1 2\n"},
                      {"memory.events", ""},
                      {"io.stat", "8:0 rbytes=1000 wbytes=2000\n8:16 rby"},
                      {"cpu.pressure", "some avg10=0.00 total=1000000\nfull avg10=0.00 tot"},
                      {"cpu.max", "100000\n"},
                      {"memory.max", "\n"},
                      {"pids.current", "99999999999999999999999\n"}});
  EXPECT_THAT(written({kWeb}),
              ElementsAre("container_cpu_time_seconds_total{service_name=web,cpu_mode=user} 2",
                          "sonde_container_pressure_waiting_seconds_total{service_name=web,resource=cpu} 1",
                          "container_memory_rss_bytes{service_name=web} 12"));
}

TEST_F(CgroupResourcesTest, without_hierarchies_there_is_nothing_to_read) {
  EXPECT_THAT(written({kWeb}), IsEmpty());
  mount(kUnifiedMount);
  EXPECT_THAT(written({kWeb}), IsEmpty());
}

TEST_F(CgroupResourcesTest, a_hierarchy_that_is_mounted_elsewhere_is_read_there) {
  mount("1 1 0:1 / /my\\040cgroups/mem rw - cgroup none rw,memory\n");
  write("my cgroups/mem/web/memory.usage_in_bytes", "5\n");
  EXPECT_THAT(written({{"web", "", "3:memory:/web\n"}}),
              ElementsAre("container_memory_usage_bytes{service_name=web} 5"));
}

TEST_F(CgroupResourcesTest, a_containers_own_cgroup_is_the_folder_itself) {
  mount("1 1 0:1 /docker/x /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  cgroup("memory", {{"memory.usage_in_bytes", "5\n"}, {"memory.limit_in_bytes", "6\n"}});
  EXPECT_THAT(written({{"web", "", "3:memory:/docker/x\n"}}),
              ElementsAre("container_memory_usage_bytes{service_name=web} 5",
                          "sonde_container_memory_limit_bytes{service_name=web} 6"));
}

}  // namespace
}  // namespace sonde::host
