#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "host/device_directory.h"
#include "host/host_files.h"

namespace sonde::host {

/// Left out of the traffic of the host, as Debian's node_exporter has it (--collector.netdev.device-exclude=^lo$).
inline constexpr std::string_view kLoopbackDevice = "lo";

/// A file of /sys/class/net/DEVICE that holds a number (Documentation/ABI/testing/sysfs-class-net).
enum class NetworkNumber : std::uint8_t {
  kAddressAssignType,
  kCarrier,
  kCarrierChanges,
  kCarrierDownChanges,
  kCarrierUpChanges,
  kDeviceId,
  kDormant,
  kFlags,
  kIndex,
  kLink,
  kLinkMode,
  kMtu,
  kNameAssignType,
  kGroup,
  kProtocolType,
  kSpeed,
  kTransmitQueueLength,
  kReceiveNoHandler,
  kCount
};

struct NetworkDevice {
  std::string address;
  std::string broadcast;
  std::string duplex;
  std::string alias;
  std::string operational_state;
  /// As in the files, by NetworkNumber; none if the device has no such thing.
  std::array<std::optional<std::int64_t>, static_cast<std::size_t>(NetworkNumber::kCount)> numbers;
  std::uint64_t inode = 0;  ///< of its directory

  [[nodiscard]] const std::optional<std::int64_t>& number(NetworkNumber which) const {
    return numbers[static_cast<std::size_t>(which)];
  }
};

/// The network devices of sysfs. A device has more than twenty files and each costs several microseconds, so where
/// there are many devices only the three files that tell of a change are read each pass; the rest is read when they do,
/// and of some devices in turn.  threads: one at a time.
class NetworkClass {
 public:
  /// `whole_reads` devices of a pass are read as a whole, whatever they tell.
  explicit NetworkClass(std::size_t whole_reads = 32);

  /// Looks at every device.  errors: kNotFound, kPermission, kIo if there is no list of devices.
  Result<> read(const HostFiles& files);

  /// As of the last reading, by name.
  [[nodiscard]] const std::map<std::string, NetworkDevice>& devices() const noexcept { return devices_; }

 private:
  static bool refresh(DeviceDirectory& directory, bool is_turn, NetworkDevice& device);

  std::size_t whole_reads_;
  std::size_t turn_ = 0;  // where the next pass begins to read devices as a whole
  std::map<std::string, NetworkDevice> devices_;
};

}  // namespace sonde::host
