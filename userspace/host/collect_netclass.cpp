#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "host/collect_memory.h"
#include "host/collectors.h"
#include "host/network_class.h"

namespace sonde::host {
namespace {

struct NumberFamily {
  NetworkNumber number;
  ReadingType type;
  std::string_view name;
  std::string_view help;
  double factor = 1;
};

constexpr double kBytesPerMegabit = 1'000'000.0 / 8;

/// All but node_network_receive_nohandler_total.
constexpr std::array kFamilies{
    NumberFamily{NetworkNumber::kAddressAssignType, ReadingType::kGauge, "node_network_address_assign_type",
                 "Where the device has its address from: 0 its own, 1 random, 2 another device, 3 set."},
    NumberFamily{NetworkNumber::kCarrier, ReadingType::kGauge, "node_network_carrier",
                 "Whether the physical link is up; absent while the device is down."},
    NumberFamily{NetworkNumber::kCarrierChanges, ReadingType::kCounter, "node_network_carrier_changes_total",
                 "How often the physical link came or went."},
    NumberFamily{NetworkNumber::kCarrierDownChanges, ReadingType::kCounter, "node_network_carrier_down_changes_total",
                 "How often the physical link went."},
    NumberFamily{NetworkNumber::kCarrierUpChanges, ReadingType::kCounter, "node_network_carrier_up_changes_total",
                 "How often the physical link came."},
    NumberFamily{NetworkNumber::kDeviceId, ReadingType::kGauge, "node_network_device_id",
                 "Tells devices apart that share an address."},
    NumberFamily{NetworkNumber::kDormant, ReadingType::kGauge, "node_network_dormant",
                 "Whether the device waits for something before it can be used, such as 802.1X."},
    NumberFamily{NetworkNumber::kFlags, ReadingType::kGauge, "node_network_flags",
                 "Flags of the device (IFF_*) as one number."},
    NumberFamily{NetworkNumber::kIndex, ReadingType::kGauge, "node_network_iface_id", "Index of the device."},
    NumberFamily{NetworkNumber::kLink, ReadingType::kGauge, "node_network_iface_link",
                 "Index of the device below, or its own."},
    NumberFamily{NetworkNumber::kLinkMode, ReadingType::kGauge, "node_network_iface_link_mode",
                 "Mode of the link: 0 default, 1 dormant."},
    NumberFamily{NetworkNumber::kMtu, ReadingType::kGauge, "node_network_mtu_bytes", "Largest packet."},
    NumberFamily{NetworkNumber::kNameAssignType, ReadingType::kGauge, "node_network_name_assign_type",
                 "Where the device has its name from: 1 the kernel's count, 2 predictable, 3 given, 4 renamed."},
    NumberFamily{NetworkNumber::kGroup, ReadingType::kGauge, "node_network_net_dev_group",
                 "Group the device was put in."},
    NumberFamily{NetworkNumber::kProtocolType, ReadingType::kGauge, "node_network_protocol_type",
                 "Kind of link (ARPHRD_*): 1 Ethernet, 772 loopback."},
    // -1 where the driver does not know, hence -125000, as node_exporter has it.
    NumberFamily{NetworkNumber::kSpeed, ReadingType::kGauge, "node_network_speed_bytes",
                 "Bytes per second that the link was negotiated for; negative if unknown.", kBytesPerMegabit},
    NumberFamily{NetworkNumber::kTransmitQueueLength, ReadingType::kGauge, "node_network_transmit_queue_length",
                 "Packets that may wait to be sent."},
};
static_assert(kFamilies.size() == static_cast<std::size_t>(NetworkNumber::kReceiveNoHandler),
              "every NetworkNumber needs a family");

void write_numbers(const NetworkClass& network, const NumberFamily& family, ReadingWriter& out) {
  family.type == ReadingType::kCounter ? out.counter(family.name, family.help) : out.gauge(family.name, family.help);
  for (const auto& [name, device] : network.devices()) {
    const auto& number = device.number(family.number);
    if (number) out.add(static_cast<double>(*number) * family.factor, {{"device", name}});
  }
}

/// The one statistic of netdev that /proc/net/dev lacks; it stands in the directories that are open here anyway.
void write_without_handler(const NetworkClass& network, ReadingWriter& out) {
  out.counter("node_network_receive_nohandler_total", "Packets received by an inactive device, and dropped.");
  for (const auto& [name, device] : network.devices()) {
    const auto& number = device.number(NetworkNumber::kReceiveNoHandler);
    if (number && name != kLoopbackDevice) out.add(static_cast<double>(*number), {{"device", name}});
  }
}

void write_texts(const NetworkClass& network, ReadingWriter& out) {
  out.gauge("node_network_up", "Whether the device is up (operstate).");
  for (const auto& [name, device] : network.devices()) {
    out.add(device.operational_state == "up" ? 1 : 0, {{"device", name}});
  }
  out.gauge("node_network_info", "What is no number about the device; always 1.");
  for (const auto& [name, device] : network.devices()) {
    out.add(1, {{"address", device.address},
                {"broadcast", device.broadcast},
                {"device", name},
                {"duplex", device.duplex},
                {"ifalias", device.alias},
                {"operstate", device.operational_state}});
  }
}

}  // namespace

Result<> collect_netclass(const CollectContext& context, ReadingWriter& out) {
  CollectMemory none;
  NetworkClass& network = (context.memory != nullptr ? *context.memory : none).network;
  SONDE_TRY(network.read(context.files));
  write_texts(network, out);
  for (const NumberFamily& family : kFamilies) write_numbers(network, family, out);
  write_without_handler(network, out);
  return Ok{};
}

}  // namespace sonde::host
