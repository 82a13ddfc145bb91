#include "unit/host/fake_host.h"

// entropy, filefd, loadavg, stat, uname: small files and small system calls.
namespace sonde::host {
namespace {

TEST(CollectEntropy, gives_what_there_is_and_what_there_is_room_for) {
  FakeHost host;
  host.write("proc/sys/kernel/random/entropy_avail", "256\n");
  host.write("proc/sys/kernel/random/poolsize", "4096\n");
  EXPECT_EQ(host.collect(&collect_entropy),
            (Readings{{"gauge node_entropy_available_bits", 256}, {"gauge node_entropy_pool_size_bits", 4096}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectEntropy, keeps_one_half_if_the_other_is_missing) {
  FakeHost host;
  host.write("proc/sys/kernel/random/entropy_avail", "256\n");
  EXPECT_EQ(host.collect(&collect_entropy), (Readings{{"gauge node_entropy_available_bits", 256}}));
  EXPECT_EQ(host.code(), Code::kNotFound);
}

TEST(CollectFilefd, gives_open_files_and_their_limit) {
  FakeHost host;
  host.write("proc/sys/fs/file-nr", "1248\t0\t9223372036854775807\n");
  EXPECT_EQ(host.collect(&collect_filefd),
            (Readings{{"gauge node_filefd_allocated", 1248}, {"gauge node_filefd_maximum", 9223372036854775807.0}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectFilefd, explains_a_line_that_is_too_short) {
  FakeHost host;
  host.write("proc/sys/fs/file-nr", "1248\t0\n");
  EXPECT_TRUE(host.collect(&collect_filefd).empty());
  EXPECT_EQ(host.what(), "1 line of " + host.at("proc/sys/fs/file-nr") + " could not be read");
}

TEST(CollectLoadavg, gives_three_averages) {
  FakeHost host;
  host.write("proc/loadavg", "0.18 1.08 12.22 3/412 20375\n");
  EXPECT_EQ(host.collect(&collect_loadavg),
            (Readings{{"gauge node_load1", 0.18}, {"gauge node_load5", 1.08}, {"gauge node_load15", 12.22}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectLoadavg, explains_what_is_no_load) {
  FakeHost host;
  for (const char* text : {"", "\n", "0.18 1.08\n", "0.18 nan 12.22 3/412 20375\n", "lots 1.08 12.22 3/412 1\n"}) {
    host.write("proc/loadavg", text);
    EXPECT_TRUE(host.collect(&collect_loadavg).empty()) << text;
    ASSERT_FALSE(host.is_ok()) << text;
    EXPECT_EQ(host.code(), Code::kBadInput) << text;
  }
}

constexpr const char* kStat =
    "cpu  10 20 30 40 50 60 70 80 90 100\n"
    "cpu0 10 20 30 40 50 60 70 80 90 100\n"
    "intr 70001 41 0 0 0 0 0 0 2 0 0 0 66\n"
    "ctxt 912345678\n"
    "btime 1700000123\n"
    "processes 54321\n"
    "procs_running 2\n"
    "procs_blocked 1\n"
    "softirq 45 1 2 3 4 5 6 7 8 9 0\n"
    "some_new_line 1 2 3\n";

TEST(CollectStat, gives_what_the_kernel_counts_as_a_whole) {
  FakeHost host;
  host.write("proc/stat", kStat);
  EXPECT_EQ(host.collect(&collect_stat), (Readings{{"counter node_intr_total", 70001},
                                                   {"counter node_context_switches_total", 912345678},
                                                   {"gauge node_boot_time_seconds", 1700000123},
                                                   {"counter node_forks_total", 54321},
                                                   {"gauge node_procs_running", 2},
                                                   {"gauge node_procs_blocked", 1}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectStat, passes_over_a_line_it_can_not_read_and_says_so) {
  FakeHost host;
  host.write("proc/stat", "ctxt -4\nprocesses 54321\nprocs_running\n");
  EXPECT_EQ(host.collect(&collect_stat), (Readings{{"counter node_forks_total", 54321}}));
  EXPECT_EQ(host.what(), "2 lines of " + host.at("proc/stat") + " could not be read");
}

TEST(CollectStat, explains_a_file_with_nothing_of_use) {
  FakeHost host;
  host.write("proc/stat", "softirq 1 2 3\n");
  EXPECT_TRUE(host.collect(&collect_stat).empty());
  EXPECT_EQ(host.what(), "nothing of use in " + host.at("proc/stat"));
}

TEST(CollectUname, labels_a_one_with_what_the_kernel_is) {
  FakeHost host;
  ReadingWriter out;
  ASSERT_TRUE(collect_uname(host.context(), out));
  const std::vector<ReadingFamily> families = out.take();
  ASSERT_EQ(families.size(), 1U);
  EXPECT_EQ(families[0].name, "node_uname_info");
  ASSERT_EQ(families[0].readings.size(), 1U);
  EXPECT_EQ(families[0].readings[0].value, 1);
  std::string labels;
  for (const Tag& tag : families[0].readings[0].tags) labels += tag.name + " ";
  EXPECT_EQ(labels, "domainname machine nodename release sysname version ");
  EXPECT_EQ(families[0].readings[0].tags[4].value, "Linux");
}

struct MissingRow {
  const char* name;
  Collect collect;
};

void PrintTo(const MissingRow& row, std::ostream* out) { *out << row.name; }

class MissingFiles : public testing::TestWithParam<MissingRow> {};

TEST_P(MissingFiles, mean_that_the_host_has_no_such_thing) {
  FakeHost host;
  EXPECT_TRUE(host.collect(GetParam().collect).empty());
  ASSERT_FALSE(host.is_ok());
  EXPECT_EQ(host.code(), Code::kNotFound);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, MissingFiles,
    testing::Values(MissingRow{"arp", &collect_arp}, MissingRow{"conntrack", &collect_conntrack},
                    MissingRow{"cpu", &collect_cpu}, MissingRow{"dmi", &collect_dmi},
                    MissingRow{"entropy", &collect_entropy}, MissingRow{"filefd", &collect_filefd},
                    MissingRow{"loadavg", &collect_loadavg}, MissingRow{"meminfo", &collect_meminfo},
                    MissingRow{"netstat", &collect_netstat}, MissingRow{"os", &collect_os},
                    MissingRow{"pressure", &collect_pressure}, MissingRow{"schedstat", &collect_schedstat},
                    MissingRow{"sockstat", &collect_sockstat}, MissingRow{"softnet", &collect_softnet},
                    MissingRow{"stat", &collect_stat}, MissingRow{"udp_queues", &collect_udp_queues},
                    MissingRow{"vmstat", &collect_vmstat}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sonde::host
