#include <fstream>
#include <sstream>
#include <vector>

#include "unit/host/fake_host.h"

// Files that end in the middle, at every byte: a file may shrink while it is read, and a disk may be full of surprises.
namespace sonde::host {
namespace {

struct CutRow {
  const char* name;
  Collect collect;
  const char* file;
  std::string text;
  /// Whether each line is read for itself: then what is left of the file gives what the whole file gave for it. Sums
  /// over lines become smaller.
  bool by_line = true;
};

void PrintTo(const CutRow& row, std::ostream* out) { *out << row.name; }

class CutFile : public testing::TestWithParam<CutRow> {
 protected:
  void SetUp() override {
    host_.write("proc/sys/net/netfilter/nf_conntrack_count", "1\n");
    host_.write("proc/sys/net/netfilter/nf_conntrack_max", "2\n");
    for (const char* file : {"cpu", "io", "memory"}) {
      host_.write(std::string("proc/pressure/") + file, "some avg10=0.00 total=12\nfull avg10=0.00 total=34\n");
    }
    for (const char* file : {"netstat", "snmp"}) {
      host_.write(std::string("proc/net/") + file, "IpExt: x\nIpExt: 1\n");
    }
    host_.write(GetParam().file, GetParam().text);
    whole_ = host_.collect(GetParam().collect);
  }

  FakeHost host_;
  Readings whole_;
};

TEST_P(CutFile, gives_readings_of_the_whole_file_or_none) {
  ASSERT_TRUE(host_.is_ok()) << host_.what();
  ASSERT_FALSE(whole_.empty());
  for (std::size_t length = 0; length < GetParam().text.size(); ++length) {
    host_.write(GetParam().file, GetParam().text.substr(0, length));
    for (const auto& [name, value] : host_.collect(GetParam().collect)) {
      ASSERT_TRUE(whole_.contains(name)) << name << " after " << length << " bytes";
      if (GetParam().by_line) {
        ASSERT_EQ(whole_.at(name), value) << name << " after " << length << " bytes";
      } else {
        ASSERT_GE(whole_.at(name), value) << name << " after " << length << " bytes";
      }
    }
  }
}

TEST_P(CutFile, outlives_every_byte_that_is_not_what_it_was) {
  for (std::size_t at = 0; at < GetParam().text.size(); ++at) {
    for (const char byte : {'\0', '\n', ' ', ':', '-', '9', '\xff'}) {
      std::string text = GetParam().text;
      text[at] = byte;
      host_.write(GetParam().file, text);
      ReadingWriter out;
      const Result<> answer = GetParam().collect(host_.context(), out);
      for (const ReadingFamily& family : out.take()) {
        ASSERT_EQ(family.name.find_first_of(std::string_view("\0\n :-\xff", 6)), std::string::npos) << family.name;
      }
      if (!answer) {
        ASSERT_FALSE(answer.error().what.empty());
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, CutFile,
    testing::Values(
        CutRow{"arp", &collect_arp, "proc/net/arp",
               "IP address HW type Flags HW address Mask Device\n192.0.2.1 0x1 0x2 02:fc * eth0\n", false},
        CutRow{"conntrack", &collect_conntrack, "proc/net/stat/nf_conntrack",
               "entries found drop search_restart\n00000001 00000002 00000003 00000004\n01 02 03 04\n", false},
        CutRow{"cpu", &collect_cpu, "proc/stat", "cpu  4 3 2 1\ncpu0 11 22 33 44 55 66 77 88 99 10\nintr 12\n"},
        CutRow{"filefd", &collect_filefd, "proc/sys/fs/file-nr", "1248\t0\t99999\n"},
        CutRow{"loadavg", &collect_loadavg, "proc/loadavg", "0.18 1.08 12.22 3/412 20375\n"},
        CutRow{"meminfo", &collect_meminfo, "proc/meminfo",
               "MemTotal:  32792496 kB\nActive(anon):  1580 kB\nHugePages_Total:  12\n"},
        CutRow{"netstat", &collect_netstat, "proc/net/netstat",
               "TcpExt: SyncookiesSent ListenDrops\nTcpExt: 12 34\nIpExt: InOctets\nIpExt: 56\n"},
        CutRow{"snmp6", &collect_netstat, "proc/net/snmp6", "Ip6InOctets 12\nUdp6InErrors 34\n"},
        CutRow{"pressure", &collect_pressure, "proc/pressure/io",
               "some avg10=0.00 avg60=0.08 total=2441\nfull avg10=0.00 avg60=0.00 total=123\n"},
        CutRow{"schedstat", &collect_schedstat, "proc/schedstat",
               "version 15\ntimestamp 4295\ncpu0 1 0 2 3 4 5 678 90 12\ndomain0 3 1 2\ncpu1 1 0 2 3 4 5 678 90 12\n"},
        CutRow{"sockstat", &collect_sockstat, "proc/net/sockstat",
               "sockets: used 229\nTCP: inuse 41 orphan 12 mem 34\nFRAG: inuse 0 memory 12\n"},
        CutRow{"softnet", &collect_softnet, "proc/net/softnet_stat",
               "0401f523 00000001 0000000a 0 0 0 0 0 0 0 0 0 0000000b 0 0\n"},
        CutRow{"stat", &collect_stat, "proc/stat", "cpu  1 2\nintr 123 4\nctxt 456\nbtime 789\nprocs_running 12\n"},
        CutRow{"udp_queues", &collect_udp_queues, "proc/net/udp",
               "sl local_address\n 1: 0100007F:0035 00000000:0000 07 00000015:00000100 00:0 0 0 0 2740\n", false},
        CutRow{"vmstat", &collect_vmstat, "proc/vmstat", "nr_free_pages 12\npgfault 345\noom_kill 678\n"}),
    [](const auto& row) { return std::string(row.param.name); });

/// Names and words may be cut here; the test is that nothing else happens.
TEST(CutFile, of_words_is_read_as_far_as_it_goes) {
  FakeHost host;
  const std::string text = "NAME=\"A \\\"B\\\" C\"\nID='d'\nVERSION_ID=\"22.04\"\nPRETTY_NAME=e\\ f # g\n";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    host.write("root/etc/os-release", text.substr(0, length));
    EXPECT_GE(host.collect(&collect_os).size(), 1U) << length;
    EXPECT_TRUE(host.is_ok()) << length;
  }
}

TEST(CutFile, of_isolated_cpus_is_read_as_far_as_it_goes) {
  FakeHost host;
  host.write("proc/stat", "cpu0 1 2 3 4\n");
  const std::string text = "1-3,5,7-9\n";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    host.write("sys/devices/system/cpu/isolated", text.substr(0, length));
    EXPECT_LE(host.collect(&collect_cpu).size(), 17U) << length;
  }
}

}  // namespace
}  // namespace sonde::host
