#include "unit/host/fake_host.h"

// meminfo, vmstat.
namespace sonde::host {
namespace {

TEST(CollectMeminfo, gives_every_field_in_bytes_or_pages) {
  FakeHost host;
  host.write("proc/meminfo",
             "MemTotal:       32792496 kB\n"
             "Active(anon):       1580 kB\n"
             "Inactive(file):   290204 kB\n"
             "HugePages_Total:      12\n"
             "Hugepagesize:       2048 kB\n"
             "VmallocTotal:   34359738367 kB\n"
             "DirectMap4k:       59252 kB\n");
  EXPECT_EQ(host.collect(&collect_meminfo), (Readings{{"gauge node_memory_MemTotal_bytes", 33579515904},
                                                      {"gauge node_memory_Active_anon_bytes", 1617920},
                                                      {"gauge node_memory_Inactive_file_bytes", 297168896},
                                                      {"gauge node_memory_HugePages_Total", 12},
                                                      {"gauge node_memory_Hugepagesize_bytes", 2097152},
                                                      {"gauge node_memory_VmallocTotal_bytes", 35184372087808},
                                                      {"gauge node_memory_DirectMap4k_bytes", 60674048}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectMeminfo, allows_empty_lines_and_fields_of_newer_kernels) {
  FakeHost host;
  host.write("proc/meminfo", "MemTotal: 1 kB\n\nZswapped: 2 kB\n  \nBrandNew(very_new): 3 kB\n");
  EXPECT_EQ(host.collect(&collect_meminfo), (Readings{{"gauge node_memory_MemTotal_bytes", 1024},
                                                      {"gauge node_memory_Zswapped_bytes", 2048},
                                                      {"gauge node_memory_BrandNew_very_new_bytes", 3072}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectMeminfo, takes_numbers_too_large_to_be_true_as_they_are) {
  FakeHost host;
  host.write("proc/meminfo", "Committed_AS: 18446744073709551615 kB\n");
  EXPECT_EQ(host.collect(&collect_meminfo).at("gauge node_memory_Committed_AS_bytes"), 18446744073709551616.0 * 1024);
}

TEST(CollectMeminfo, passes_over_lines_it_can_not_read) {
  for (const char* line : {"MemFree 12 kB\n", "MemFree: lots kB\n", "MemFree:\n", "MemFree: 12 MB\n",
                           "MemFree: 1 kB x\n", "Mem Free: 12 kB\n", "Mem-Free: 12 kB\n", "Active(anon: 12 kB\n",
                           "(anon): 12 kB x\n", ": 12 kB\n", "MemFree: nan kB\n"}) {
    FakeHost host;
    host.write("proc/meminfo", std::string(line) + "MemTotal: 1 kB\n");
    EXPECT_EQ(host.collect(&collect_meminfo), (Readings{{"gauge node_memory_MemTotal_bytes", 1024}})) << line;
    ASSERT_FALSE(host.is_ok()) << line;
    EXPECT_EQ(host.code(), Code::kBadInput) << line;
  }
}

TEST(CollectVmstat, gives_faults_paging_swapping_and_oom_kills) {
  FakeHost host;
  host.write("proc/vmstat",
             "nr_free_pages 5873\n"
             "pgpgin 100\npgpgout 200\npswpin 300\npswpout 400\n"
             "pgfault 500\npgmajfault 600\npgfaultish 650\nnuma_pgfault 1\n"
             "pgscan_kswapd 1\npgalloc_dma 1\npg 1\noom_kill 700\n");
  EXPECT_EQ(host.collect(&collect_vmstat), (Readings{{"untyped node_vmstat_pgpgin", 100},
                                                     {"untyped node_vmstat_pgpgout", 200},
                                                     {"untyped node_vmstat_pswpin", 300},
                                                     {"untyped node_vmstat_pswpout", 400},
                                                     {"untyped node_vmstat_pgfault", 500},
                                                     {"untyped node_vmstat_pgmajfault", 600},
                                                     {"untyped node_vmstat_pgfaultish", 650},
                                                     {"untyped node_vmstat_oom_kill", 700}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectVmstat, passes_over_lines_it_can_not_read) {
  FakeHost host;
  host.write("proc/vmstat", "pgpgin\npgpgout x\npgpg-bad 1\noom_kill 3\n");
  EXPECT_EQ(host.collect(&collect_vmstat), (Readings{{"untyped node_vmstat_oom_kill", 3}}));
  EXPECT_EQ(host.what(), "3 lines of " + host.at("proc/vmstat") + " could not be read");
}

}  // namespace
}  // namespace sonde::host
