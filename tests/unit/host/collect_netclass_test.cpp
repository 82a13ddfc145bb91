#include <gtest/gtest.h>

#include "host/network_class.h"
#include "unit/host/host_tree.h"

namespace sonde::host {
namespace {

using Lines = std::vector<std::string>;

class Netclass : public HostTree {
 protected:
  void set(const std::string& device, const std::string& file, const std::string& text) const {
    write("sys/devices/" + device + "/" + file, text + "\n");
  }

  void make_device(const std::string& device) const {
    for (const auto& [file, text] : std::map<std::string, std::string>{{"addr_assign_type", "3"},
                                                                       {"address", "01:02:03:04:05:06"},
                                                                       {"broadcast", "ff:ff:ff:ff:ff:ff"},
                                                                       {"carrier", "1"},
                                                                       {"carrier_changes", "5"},
                                                                       {"carrier_down_count", "2"},
                                                                       {"carrier_up_count", "3"},
                                                                       {"dev_id", "0x20"},
                                                                       {"dormant", "1"},
                                                                       {"duplex", "full"},
                                                                       {"flags", "0x1303"},
                                                                       {"ifalias", "my uplink"},
                                                                       {"ifindex", "4"},
                                                                       {"iflink", "6"},
                                                                       {"link_mode", "1"},
                                                                       {"mtu", "1500"},
                                                                       {"name_assign_type", "2"},
                                                                       {"netdev_group", "7"},
                                                                       {"operstate", "up"},
                                                                       {"speed", "1000"},
                                                                       {"statistics/rx_nohandler", "9"},
                                                                       {"tx_queue_len", "1000"},
                                                                       {"type", "1"}}) {
      set(device, file, text);
    }
    link("../../devices/" + device, "sys/class/net/" + device);
  }
};

TEST_F(Netclass, is_read_file_by_file) {
  make_device("eth0");
  EXPECT_EQ(lines(collect_netclass),
            (Lines{"node_network_up{device=eth0} 1",
                   "node_network_info{address=01:02:03:04:05:06,broadcast=ff:ff:ff:ff:ff:ff,device=eth0,duplex=full,"
                   "ifalias=my uplink,operstate=up} 1",
                   "node_network_address_assign_type{device=eth0} 3",
                   "node_network_carrier{device=eth0} 1",
                   "node_network_carrier_changes_total{device=eth0} 5",
                   "node_network_carrier_down_changes_total{device=eth0} 2",
                   "node_network_carrier_up_changes_total{device=eth0} 3",
                   "node_network_device_id{device=eth0} 32",
                   "node_network_dormant{device=eth0} 1",
                   "node_network_flags{device=eth0} 4867",
                   "node_network_iface_id{device=eth0} 4",
                   "node_network_iface_link{device=eth0} 6",
                   "node_network_iface_link_mode{device=eth0} 1",
                   "node_network_mtu_bytes{device=eth0} 1500",
                   "node_network_name_assign_type{device=eth0} 2",
                   "node_network_net_dev_group{device=eth0} 7",
                   "node_network_protocol_type{device=eth0} 1",
                   "node_network_speed_bytes{device=eth0} 125000000",
                   "node_network_transmit_queue_length{device=eth0} 1000",
                   "node_network_receive_nohandler_total{device=eth0} 9"}));
  EXPECT_FALSE(outcome_);
}

TEST_F(Netclass, has_counters_where_the_name_says_total) {
  make_device("eth0");
  for (const auto& [name, type] : types(collect_netclass)) {
    EXPECT_EQ(type == ReadingType::kCounter, name.ends_with("_total")) << name;
  }
}

struct StateRow {
  const char* state;
  int up;
};

TEST_F(Netclass, is_up_only_if_the_state_is_up) {
  make_device("eth0");
  for (const StateRow& row : {StateRow{"up", 1}, {"down", 0}, {"unknown", 0}, {"dormant", 0}, {"lowerlayerdown", 0}}) {
    set("eth0", "operstate", row.state);
    EXPECT_EQ(lines(collect_netclass, "node_network_up"), (Lines{"{device=eth0} " + std::to_string(row.up)}))
        << row.state;
  }
}

TEST_F(Netclass, leaves_out_what_a_device_does_not_have) {
  set("eth1", "operstate", "down");
  set("eth1", "ifindex", "8");
  set("eth1", "speed", "-1");
  set("eth1", "mtu", "<absurd>");
  set("eth1", "tx_queue_len", "99999999999999999999999");
  std::filesystem::create_directories(root_ / "sys/devices/eth1/carrier");  // cannot be read
  link("../../devices/eth1", "sys/class/net/eth1");
  EXPECT_EQ(lines(collect_netclass),
            (Lines{"node_network_up{device=eth1} 0",
                   "node_network_info{address=,broadcast=,device=eth1,duplex=,ifalias=,operstate=down} 1",
                   "node_network_iface_id{device=eth1} 8", "node_network_speed_bytes{device=eth1} -125000"}));
}

TEST_F(Netclass, passes_over_what_is_no_device_or_went_meanwhile) {
  make_device("eth0");
  write("sys/class/net/bonding_masters", "bond0\n");
  link("../../devices/gone", "sys/class/net/gone");
  std::filesystem::create_directories(root_ / "sys/class/net/emptied");
  EXPECT_EQ(lines(collect_netclass, "node_network_up"), (Lines{"{device=eth0} 1"}));
  EXPECT_FALSE(outcome_);
}

TEST_F(Netclass, does_not_count_unhandled_packets_of_loopback) {
  make_device("lo");
  EXPECT_EQ(lines(collect_netclass, "node_network_receive_nohandler_total"), Lines{});
  EXPECT_EQ(lines(collect_netclass, "node_network_mtu_bytes"), (Lines{"{device=lo} 1500"}));
}

TEST_F(Netclass, outlives_every_cut_of_every_file) {
  make_device("eth0");
  for (const auto& entry : std::filesystem::directory_iterator(root_ / "sys/devices/eth0")) {
    if (!entry.is_regular_file()) continue;
    const std::string path = std::filesystem::relative(entry.path(), root_);
    for (const char* text : {"", "0", "0x", "-", "-0x1", "up", "\n"}) {
      write(path, text);
      lines(collect_netclass);
      EXPECT_FALSE(outcome_) << path;
    }
  }
}

TEST_F(Netclass, is_missing_with_a_reason) {
  EXPECT_EQ(lines(collect_netclass), Lines{});
  EXPECT_EQ(outcome_, Code::kNotFound);
}

/// Reads one device as a whole each pass; the others only tell whether something changed.
class ManyDevices : public Netclass {
 protected:
  void SetUp() override {
    Netclass::SetUp();
    for (const char* device : {"a", "b", "c"}) make_device(device);
    ASSERT_TRUE(network_.read(files_));
  }

  std::vector<std::int64_t> mtus() {
    EXPECT_TRUE(network_.read(files_));
    std::vector<std::int64_t> found;
    for (const auto& [name, device] : network_.devices()) found.push_back(*device.number(NetworkNumber::kMtu));
    return found;
  }

  NetworkClass network_{1};
};

using Mtus = std::vector<std::int64_t>;

TEST_F(ManyDevices, are_read_in_turn) {
  for (const char* device : {"a", "b", "c"}) set(device, "mtu", "9000");
  EXPECT_EQ(mtus(), (Mtus{1500, 9000, 1500}));
  EXPECT_EQ(mtus(), (Mtus{1500, 9000, 9000}));
  EXPECT_EQ(mtus(), (Mtus{9000, 9000, 9000}));
}

struct PulseRow {
  const char* file;
  const char* text;
};

TEST_F(ManyDevices, are_read_at_once_when_they_tell_of_a_change) {
  for (const PulseRow& row : {PulseRow{"operstate", "down"}, {"flags", "0x1"}, {"carrier_changes", "6"}}) {
    NetworkClass network(1);
    make_device("z");
    ASSERT_TRUE(network.read(files_));
    set("z", "mtu", "9000");
    set("z", row.file, row.text);
    ASSERT_TRUE(network.read(files_));
    EXPECT_EQ(network.devices().at("z").number(NetworkNumber::kMtu), 9000) << row.file;
    remove("sys/class/net/z");
  }
}

TEST_F(ManyDevices, are_read_at_once_when_they_were_made_anew) {
  make_device("new");
  set("new", "mtu", "9000");
  remove("sys/class/net/c");
  link("../../devices/new", "sys/class/net/c");
  remove("sys/class/net/new");
  EXPECT_EQ(mtus(), (Mtus{1500, 1500, 9000}));
}

TEST_F(ManyDevices, are_forgotten_when_they_go) {
  remove("sys/class/net/a");
  EXPECT_EQ(mtus().size(), 2U);
  remove("sys/class/net/b");
  remove("sys/class/net/c");
  EXPECT_EQ(mtus().size(), 0U);
}

}  // namespace
}  // namespace sonde::host
