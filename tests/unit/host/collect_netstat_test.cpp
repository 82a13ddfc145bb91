#include "unit/host/fake_host.h"

// netstat, sockstat, softnet, conntrack.
namespace sonde::host {
namespace {

TEST(CollectNetstat, gives_chosen_fields_of_all_three_files) {
  FakeHost host;
  host.write(
      "proc/net/netstat",
      "TcpExt: SyncookiesSent SyncookiesRecv EmbryonicRsts ListenOverflows ListenDrops TCPTimeouts TCPSynRetrans\n"
      "TcpExt: 1 2 3 4 5 6 7\n"
      "IpExt: InNoRoutes InOctets OutOctets\nIpExt: 8 9 10\n"
      "MPTcpExt: MPCapableSYNRX\nMPTcpExt: 0\n");
  host.write("proc/net/snmp",
             "Ip: Forwarding DefaultTTL InReceives\nIp: 1 64 57\n"
             "Icmp: InMsgs InErrors OutMsgs\nIcmp: 11 12 13\n"
             "IcmpMsg: InType3\nIcmpMsg: 104\n"
             "Tcp: RtoAlgorithm MaxConn ActiveOpens PassiveOpens CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts\n"
             "Tcp: 1 -1 14 15 16 17 18 19 20 21\n"
             "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors IgnoredMulti\n"
             "Udp: 22 23 24 25 26 27 28\n"
             "UdpLite: InDatagrams InErrors\nUdpLite: 29 30\n");
  host.write("proc/net/snmp6",
             "Ip6InReceives                   \t7\nIp6InOctets                     \t31\nIp6OutOctets \t32\n"
             "Icmp6InMsgs \t33\nIcmp6OutMsgs \t34\nIcmp6InErrors \t35\nIcmp6OutType133 \t36\n"
             "Udp6InDatagrams \t37\nUdp6NoPorts \t38\nUdp6InErrors \t39\nUdp6OutDatagrams \t40\n"
             "Udp6RcvbufErrors \t41\nUdp6SndbufErrors \t42\nUdpLite6InErrors \t43\n");
  Readings expected;
  for (const auto& [name, value] :
       Readings{{"TcpExt_SyncookiesSent", 1}, {"TcpExt_SyncookiesRecv", 2}, {"TcpExt_ListenOverflows", 4},
                {"TcpExt_ListenDrops", 5},    {"TcpExt_TCPTimeouts", 6},    {"TcpExt_TCPSynRetrans", 7},
                {"IpExt_InOctets", 9},        {"IpExt_OutOctets", 10},      {"Ip_Forwarding", 1},
                {"Icmp_InMsgs", 11},          {"Icmp_InErrors", 12},        {"Icmp_OutMsgs", 13},
                {"Tcp_ActiveOpens", 14},      {"Tcp_PassiveOpens", 15},     {"Tcp_CurrEstab", 16},
                {"Tcp_InSegs", 17},           {"Tcp_OutSegs", 18},          {"Tcp_RetransSegs", 19},
                {"Tcp_InErrs", 20},           {"Tcp_OutRsts", 21},          {"Udp_InDatagrams", 22},
                {"Udp_NoPorts", 23},          {"Udp_InErrors", 24},         {"Udp_OutDatagrams", 25},
                {"Udp_RcvbufErrors", 26},     {"Udp_SndbufErrors", 27},     {"UdpLite_InErrors", 30},
                {"Ip6_InOctets", 31},         {"Ip6_OutOctets", 32},        {"Icmp6_InMsgs", 33},
                {"Icmp6_OutMsgs", 34},        {"Icmp6_InErrors", 35},       {"Udp6_InDatagrams", 37},
                {"Udp6_NoPorts", 38},         {"Udp6_InErrors", 39},        {"Udp6_OutDatagrams", 40},
                {"Udp6_RcvbufErrors", 41},    {"Udp6_SndbufErrors", 42},    {"UdpLite6_InErrors", 43}}) {
    expected["untyped node_netstat_" + name] = value;
  }
  EXPECT_EQ(host.collect(&collect_netstat), expected);
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectNetstat, needs_no_ipv6) {
  FakeHost host;
  host.write("proc/net/netstat", "IpExt: InOctets\nIpExt: 9\n");
  host.write("proc/net/snmp", "Tcp: InErrs\nTcp: 2\n");
  EXPECT_EQ(host.collect(&collect_netstat).size(), 2U);
  EXPECT_TRUE(host.is_ok());
}

struct PairRow {
  const char* name;
  const char* text;
  bool is_read = false;
};

void PrintTo(const PairRow& row, std::ostream* out) { *out << row.name; }

class NetstatPair : public testing::TestWithParam<PairRow> {};

TEST_P(NetstatPair, is_passed_over_unless_its_lines_match) {
  FakeHost host;
  host.write("proc/net/netstat", "IpExt: InOctets\nIpExt: 9\n");
  host.write("proc/net/snmp", std::string(GetParam().text) + "Udp: NoPorts\nUdp: 1\n");
  const Readings readings = host.collect(&collect_netstat);
  EXPECT_EQ(readings.contains("untyped node_netstat_Tcp_InErrs"), GetParam().is_read);
  EXPECT_TRUE(readings.contains("untyped node_netstat_IpExt_InOctets"));
  EXPECT_EQ(host.is_ok(), GetParam().is_read);
}

INSTANTIATE_TEST_SUITE_P(Rows, NetstatPair,
                         testing::Values(PairRow{"match", "Tcp: InErrs x\nTcp: 2 3\n", true},
                                         PairRow{"unwanted_number_is_odd", "Tcp: InErrs x\nTcp: 2 ?\n", true},
                                         PairRow{"too_few_values", "Tcp: x InErrs\nTcp: 2\n"},
                                         PairRow{"too_many_values", "Tcp: InErrs\nTcp: 2 3\n"},
                                         PairRow{"another_protocol", "Tcp: InErrs\nTcpExt: 2\n"},
                                         PairRow{"no_protocol", "Tcp InErrs\nTcp 2\n"},
                                         PairRow{"no_number", "Tcp: InErrs\nTcp: two\n"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(CollectSockstat, gives_sockets_and_memory_of_each_protocol) {
  FakeHost host;
  host.write("proc/net/sockstat",
             "sockets: used 229\nTCP: inuse 4 orphan 1 tw 7 alloc 17 mem 3\nUDP: inuse 2 mem 0\nUDPLITE: inuse 0\n"
             "RAW: inuse 1\nFRAG: inuse 5 memory 4096\n");
  host.write("proc/net/sockstat6", "TCP6: inuse 17\nFRAG6: inuse 0 memory 0 newer 9\n");
  const auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
  EXPECT_EQ(host.collect(&collect_sockstat), (Readings{{"gauge node_sockstat_sockets_used", 229},
                                                       {"gauge node_sockstat_TCP_inuse", 4},
                                                       {"gauge node_sockstat_TCP_orphan", 1},
                                                       {"gauge node_sockstat_TCP_tw", 7},
                                                       {"gauge node_sockstat_TCP_alloc", 17},
                                                       {"gauge node_sockstat_TCP_mem", 3},
                                                       {"gauge node_sockstat_TCP_mem_bytes", 3 * page_bytes},
                                                       {"gauge node_sockstat_UDP_inuse", 2},
                                                       {"gauge node_sockstat_UDP_mem", 0},
                                                       {"gauge node_sockstat_UDP_mem_bytes", 0},
                                                       {"gauge node_sockstat_UDPLITE_inuse", 0},
                                                       {"gauge node_sockstat_RAW_inuse", 1},
                                                       {"gauge node_sockstat_FRAG_inuse", 5},
                                                       {"gauge node_sockstat_FRAG_memory", 4096},
                                                       {"gauge node_sockstat_TCP6_inuse", 17},
                                                       {"gauge node_sockstat_FRAG6_inuse", 0},
                                                       {"gauge node_sockstat_FRAG6_memory", 0}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectSockstat, does_with_either_version_of_ip) {
  for (const char* name : {"proc/net/sockstat", "proc/net/sockstat6"}) {
    FakeHost host;
    host.write(name, "RAW: inuse 1\n");
    EXPECT_EQ(host.collect(&collect_sockstat), (Readings{{"gauge node_sockstat_RAW_inuse", 1}})) << name;
    EXPECT_TRUE(host.is_ok()) << name;
  }
}

TEST(CollectSockstat, passes_over_lines_it_can_not_read) {
  FakeHost host;
  host.write("proc/net/sockstat", "TCP inuse 4\nU-P: inuse 1\nUDP: inuse\nRAW: inuse -1\n");
  EXPECT_EQ(host.collect(&collect_sockstat), (Readings{{"gauge node_sockstat_RAW_inuse", -1}}));
  EXPECT_EQ(host.what(), "3 lines of " + host.at("proc/net/sockstat") + " could not be read");
}

std::string softnet(std::string_view what, std::string_view cpu) {
  return "counter node_softnet_" + std::string(what) + "_total{cpu=\"" + std::string(cpu) + "\"}";
}

TEST(CollectSoftnet, takes_the_cpu_from_the_line_where_it_is_told) {
  FakeHost host;
  host.write("proc/net/softnet_stat",
             "0401f523 00000001 0000000a 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
             "00000000 00000000 00000000 00000000\n"
             "00000010 00000000 00000002 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
             "00000000 0000000b 00000000 00000000\n");
  EXPECT_EQ(host.collect(&collect_softnet), (Readings{{softnet("processed", "0"), 67237155},
                                                      {softnet("dropped", "0"), 1},
                                                      {softnet("times_squeezed", "0"), 10},
                                                      {softnet("processed", "11"), 16},
                                                      {softnet("dropped", "11"), 0},
                                                      {softnet("times_squeezed", "11"), 2}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectSoftnet, counts_lines_where_the_kernel_is_too_old_to_tell_the_cpu) {
  FakeHost host;
  host.write("proc/net/softnet_stat",
             "00000001 0 0 0 0 0 0 0 0\n"
             "00000002 0 0 0 0 0 0 0 0 0 0\n");
  const Readings readings = host.collect(&collect_softnet);
  EXPECT_EQ(readings.at(softnet("processed", "0")), 1);
  EXPECT_EQ(readings.at(softnet("processed", "1")), 2);
}

TEST(CollectSoftnet, passes_over_lines_it_can_not_read) {
  FakeHost host;
  host.write("proc/net/softnet_stat", "1 2 3\nx 0 0 0 0 0 0 0 0\n00000007 0 0 0 0 0 0 0 0\n");
  const Readings readings = host.collect(&collect_softnet);
  EXPECT_EQ(readings.size(), 3U);
  EXPECT_EQ(readings.at(softnet("processed", "2")), 7);
  EXPECT_EQ(host.what(), "2 lines of " + host.at("proc/net/softnet_stat") + " could not be read");
}

void write_conntrack(const FakeHost& host) {
  host.write("proc/sys/net/netfilter/nf_conntrack_count", "123\n");
  host.write("proc/sys/net/netfilter/nf_conntrack_max", "262144\n");
}

std::string conntrack(std::string_view what) { return "gauge node_nf_conntrack_" + std::string(what); }

TEST(CollectConntrack, adds_up_what_each_cpu_counted) {
  FakeHost host;
  write_conntrack(host);
  host.write("proc/net/stat/nf_conntrack",
             "entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop "
             "icmp_error  expect_new expect_create expect_delete search_restart\n"
             "00000021  00000000 00000001 00000000 00000003 00000588 00000000 00000000 00000005 00000006 00000007 "
             "00000008 00000000  00000000 00000000 00000000 00000009\n"
             "00000021  00000000 0000000f 00000000 00000000 00000001 00000000 00000000 00000000 00000000 00000000 "
             "00000000 00000000  00000000 00000000 00000000 ffffffff\n");
  EXPECT_EQ(host.collect(&collect_conntrack), (Readings{{conntrack("entries"), 123},
                                                        {conntrack("entries_limit"), 262144},
                                                        {conntrack("stat_found"), 16},
                                                        {conntrack("stat_invalid"), 3},
                                                        {conntrack("stat_ignore"), 0x589},
                                                        {conntrack("stat_insert"), 5},
                                                        {conntrack("stat_insert_failed"), 6},
                                                        {conntrack("stat_drop"), 7},
                                                        {conntrack("stat_early_drop"), 8},
                                                        {conntrack("stat_search_restart"), 4294967304}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectConntrack, finds_columns_by_their_names) {
  FakeHost host;
  write_conntrack(host);
  host.write("proc/net/stat/nf_conntrack", "drop found brand_new\n00000001 00000002 00000003\n");
  EXPECT_EQ(host.collect(&collect_conntrack), (Readings{{conntrack("entries"), 123},
                                                        {conntrack("entries_limit"), 262144},
                                                        {conntrack("stat_found"), 2},
                                                        {conntrack("stat_drop"), 1}}));
}

TEST(CollectConntrack, keeps_the_table_size_where_nothing_is_counted) {
  FakeHost host;
  write_conntrack(host);
  EXPECT_EQ(host.collect(&collect_conntrack),
            (Readings{{conntrack("entries"), 123}, {conntrack("entries_limit"), 262144}}));
  EXPECT_EQ(host.code(), Code::kNotFound);
}

TEST(CollectConntrack, passes_over_cpus_with_too_many_or_too_few_columns) {
  FakeHost host;
  write_conntrack(host);
  host.write("proc/net/stat/nf_conntrack", "found drop\n01\n01 02 03\n01 xx\n04 05\n");
  const Readings readings = host.collect(&collect_conntrack);
  EXPECT_EQ(readings.at(conntrack("stat_found")), 4);
  EXPECT_EQ(readings.at(conntrack("stat_drop")), 5);
  EXPECT_EQ(host.what(), "3 lines of " + host.at("proc/net/stat/nf_conntrack") + " could not be read");
}

}  // namespace
}  // namespace sonde::host
