#include <gtest/gtest.h>

#include "unit/host/host_tree.h"

namespace sonde::host {
namespace {

using Lines = std::vector<std::string>;

constexpr std::string_view kHead =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier "
    "compressed\n";

class Netdev : public HostTree {
 protected:
  void write_rows(const std::string& rows) { write("proc/net/dev", std::string(kHead) + rows); }
};

TEST_F(Netdev, is_read_column_by_column) {
  write_rows("  eth0: 18446744073709551615 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n");
  EXPECT_EQ(
      lines(collect_netdev),
      (Lines{"node_network_receive_bytes_total{device=eth0} 1.84467440737e+19",
             "node_network_receive_packets_total{device=eth0} 2", "node_network_receive_errs_total{device=eth0} 3",
             "node_network_receive_drop_total{device=eth0} 4", "node_network_receive_fifo_total{device=eth0} 5",
             "node_network_receive_frame_total{device=eth0} 6", "node_network_receive_compressed_total{device=eth0} 7",
             "node_network_receive_multicast_total{device=eth0} 8", "node_network_transmit_bytes_total{device=eth0} 9",
             "node_network_transmit_packets_total{device=eth0} 10", "node_network_transmit_errs_total{device=eth0} 11",
             "node_network_transmit_drop_total{device=eth0} 12", "node_network_transmit_fifo_total{device=eth0} 13",
             "node_network_transmit_colls_total{device=eth0} 14", "node_network_transmit_carrier_total{device=eth0} 15",
             "node_network_transmit_compressed_total{device=eth0} 16"}));
  for (const auto& [name, type] : types(collect_netdev)) EXPECT_EQ(type, ReadingType::kCounter) << name;
}

TEST_F(Netdev, leaves_out_loopback_only) {
  const std::string zeros = " 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
  write_rows("    lo:" + zeros + "   lo1:" + zeros + "veth1234567890a:" + zeros);
  EXPECT_EQ(lines(collect_netdev, "node_network_receive_bytes_total"),
            (Lines{"{device=lo1} 0", "{device=veth1234567890a} 0"}));
}

TEST_F(Netdev, needs_no_blank_after_the_name_and_takes_odd_names) {
  write_rows("eth0:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\neth0:1:2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
  EXPECT_EQ(lines(collect_netdev, "node_network_receive_bytes_total"), (Lines{"{device=eth0} 1", "{device=eth0:1} 2"}));
}

TEST_F(Netdev, passes_over_rows_that_are_none) {
  const char* const rows[] = {"\n",
                              "eth1\n",
                              "eth1:\n",
                              "eth1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n",
                              "eth1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 x\n",
                              "eth1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 99999999999999999999999\n"};
  for (const char* row : rows) {
    write_rows(row + std::string("eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"));
    EXPECT_EQ(lines(collect_netdev, "node_network_receive_bytes_total"), (Lines{"{device=eth0} 1"})) << row;
    EXPECT_FALSE(outcome_);
  }
}

TEST_F(Netdev, invents_nothing_when_the_file_is_cut) {
  EXPECT_EQ(invented_when_cut(collect_netdev, "proc/net/dev",
                              std::string(kHead) + "  eth0: 10 20 30 40 50 60 70 80 90 10 11 12 13 14 15 16\n"),
            Lines{});
}

TEST_F(Netdev, is_missing_with_a_reason) {
  EXPECT_EQ(lines(collect_netdev), Lines{});
  EXPECT_EQ(outcome_, Code::kNotFound);
}

}  // namespace
}  // namespace sonde::host
