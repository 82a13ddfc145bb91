#include "unit/host/fake_host.h"

// arp, udp_queues.
namespace sonde::host {
namespace {

constexpr std::string_view kArpHeader =
    "IP address       HW type     Flags       HW address            Mask     Device\n";

TEST(CollectArp, counts_entries_of_each_device) {
  FakeHost host;
  host.write("proc/net/arp", std::string(kArpHeader) +
                                 "192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0\n"
                                 "192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        eth0\n"
                                 "198.51.100.7     0x1         0x2         02:fc:00:00:00:06     *        br-3f\n");
  EXPECT_EQ(host.collect(&collect_arp), (Readings{{"gauge node_arp_entries{device=\"eth0\"}", 2},
                                                  {"gauge node_arp_entries{device=\"br-3f\"}", 1}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectArp, has_nothing_to_say_of_an_empty_table) {
  FakeHost host;
  host.write("proc/net/arp", kArpHeader);
  EXPECT_TRUE(host.collect(&collect_arp).empty());
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectArp, passes_over_short_lines_and_mends_names_that_are_no_text) {
  FakeHost host;
  host.write("proc/net/arp", std::string(kArpHeader) + "192.0.2.1 0x1 0x2 02:fc\n192.0.2.2 0x1 0x2 x * e\xff\n");
  EXPECT_EQ(host.collect(&collect_arp), (Readings{{"gauge node_arp_entries{device=\"e\xef\xbf\xbd\"}", 1}}));
  EXPECT_EQ(host.what(), "1 line of " + host.at("proc/net/arp") + " could not be read");
}

constexpr std::string_view kUdpHeader =
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer "
    "drops             \n";

std::string queue(std::string_view ip, std::string_view direction) {
  return "gauge node_udp_queues{ip=\"" + std::string(ip) + "\",queue=\"" + std::string(direction) + "\"}";
}

TEST(CollectUdpQueues, adds_up_the_queues_of_all_sockets) {
  FakeHost host;
  host.write("proc/net/udp", std::string(kUdpHeader) +
                                 "  423: 0100007F:0035 00000000:0000 07 00000015:00000100 00:00000000 00000000   101 "
                                 "       0 2740 2 00000000a1b2c3d4 0            \n"
                                 " 1216: 00000000:14E9 00000000:0000 07 0000000A:00000001 00:00000000 00000000     0 "
                                 "       0 2741 2 00000000a1b2c3d5 7            \n");
  host.write("proc/net/udp6", kUdpHeader);
  EXPECT_EQ(
      host.collect(&collect_udp_queues),
      (Readings{
          {queue("v4", "tx"), 0x1f}, {queue("v4", "rx"), 0x101}, {queue("v6", "tx"), 0}, {queue("v6", "rx"), 0}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectUdpQueues, does_with_either_version_of_ip) {
  FakeHost host;
  host.write("proc/net/udp6", kUdpHeader);
  EXPECT_EQ(host.collect(&collect_udp_queues), (Readings{{queue("v6", "tx"), 0}, {queue("v6", "rx"), 0}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectUdpQueues, passes_over_sockets_it_can_not_read) {
  FakeHost host;
  host.write("proc/net/udp", std::string(kUdpHeader) + " 1: a b 07 0000000A\n 1: a b 07 x:1\n 1: a b 07 1:2\n");
  EXPECT_EQ(host.collect(&collect_udp_queues), (Readings{{queue("v4", "tx"), 1}, {queue("v4", "rx"), 2}}));
  EXPECT_EQ(host.what(), "2 lines of " + host.at("proc/net/udp") + " could not be read");
}

}  // namespace
}  // namespace sonde::host
