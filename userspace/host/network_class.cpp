#include "host/network_class.h"

#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"

namespace sonde::host {
namespace {

constexpr std::size_t kNumbers = static_cast<std::size_t>(NetworkNumber::kCount);

/// In the order of NetworkNumber.
constexpr std::array<const char*, kNumbers> kFiles{"addr_assign_type",
                                                   "carrier",
                                                   "carrier_changes",
                                                   "carrier_down_count",
                                                   "carrier_up_count",
                                                   "dev_id",
                                                   "dormant",
                                                   "flags",
                                                   "ifindex",
                                                   "iflink",
                                                   "link_mode",
                                                   "mtu",
                                                   "name_assign_type",
                                                   "netdev_group",
                                                   "type",
                                                   "speed",
                                                   "tx_queue_len",
                                                   "statistics/rx_nohandler"};
static_assert(kFiles.back() != nullptr, "every NetworkNumber needs its file");

std::optional<std::int64_t> read_number(DeviceDirectory& directory, NetworkNumber which) {
  return directory.read_integer(kFiles[static_cast<std::size_t>(which)]);
}

std::string read_text(DeviceDirectory& directory, const char* name) {
  return sanitise_utf8(directory.read(name).value_or(std::string_view()));
}

/// What changes whenever anything of the link does: carrier and its counts, speed and duplex (negotiated when the
/// carrier comes), dormant (changes the state), and what an administrator sets with the link down.
struct Pulse {
  std::string operational_state;
  std::optional<std::int64_t> flags;
  std::optional<std::int64_t> carrier_changes;

  bool operator==(const Pulse&) const = default;
};

Pulse read_pulse(DeviceDirectory& directory) {
  return {.operational_state = read_text(directory, "operstate"),
          .flags = read_number(directory, NetworkNumber::kFlags),
          .carrier_changes = read_number(directory, NetworkNumber::kCarrierChanges)};
}

Pulse pulse_of(const NetworkDevice& device) {
  return {.operational_state = device.operational_state,
          .flags = device.number(NetworkNumber::kFlags),
          .carrier_changes = device.number(NetworkNumber::kCarrierChanges)};
}

void read_whole(DeviceDirectory& directory, NetworkDevice& device) {
  device.address = read_text(directory, "address");
  device.broadcast = read_text(directory, "broadcast");
  device.duplex = read_text(directory, "duplex");
  device.operational_state = read_text(directory, "operstate");
  device.alias = read_text(directory, "ifalias");
  for (std::size_t i = 0; i < kNumbers; ++i) device.numbers[i] = directory.read_integer(kFiles[i]);
}

}  // namespace

NetworkClass::NetworkClass(std::size_t whole_reads) : whole_reads_(whole_reads) {}

Result<> NetworkClass::read(const HostFiles& files) {
  std::map<std::string, NetworkDevice> before = std::exchange(devices_, {});
  const std::vector<std::string> names = SONDE_TRY(files.list_sys("class/net"));
  const std::size_t count = names.size();
  if (turn_ >= count) turn_ = 0;
  for (std::size_t i = 0; i < count; ++i) {
    // Not everything there is a device: bonding_masters is a file.
    Result<DeviceDirectory> directory = DeviceDirectory::open(files.roots().sys + "/class/net/" + names[i]);
    if (!directory) continue;
    const bool is_turn = (i + count - turn_) % count < whole_reads_;
    NetworkDevice device;
    if (const auto known = before.find(names[i]); known != before.end()) device = std::move(known->second);
    if (refresh(*directory, is_turn, device)) devices_.emplace_hint(devices_.end(), names[i], std::move(device));
  }
  turn_ += whole_reads_;
  return Ok{};
}

/// returns: whether it is there; a device that went meanwhile has a directory, but nothing in it.
bool NetworkClass::refresh(DeviceDirectory& directory, bool is_turn, NetworkDevice& device) {
  const bool is_same = device.inode == directory.inode();
  if (is_turn || !is_same || read_pulse(directory) != pulse_of(device)) read_whole(directory, device);
  device.inode = directory.inode();
  return !device.operational_state.empty() || device.number(NetworkNumber::kFlags);
}

}  // namespace sonde::host
