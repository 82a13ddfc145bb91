#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "host/collectors.h"
#include "host/fields.h"
#include "host/network_class.h"

namespace sonde::host {
namespace {

struct Column {
  std::string_view name;
  std::string_view help;
};

/// In the order of /proc/net/dev (dev_seq_printf_stats() in net/core/net-procfs.c).
constexpr std::array kColumns{
    Column{"node_network_receive_bytes_total", "Bytes received."},
    Column{"node_network_receive_packets_total", "Packets received."},
    Column{"node_network_receive_errs_total", "Packets received with an error."},
    Column{"node_network_receive_drop_total", "Packets dropped on receipt, for want of room or of a taker."},
    Column{"node_network_receive_fifo_total", "Packets lost because the device's queue overflowed."},
    Column{"node_network_receive_frame_total", "Packets of a wrong length, with a wrong checksum or misaligned."},
    Column{"node_network_receive_compressed_total", "Compressed packets received."},
    Column{"node_network_receive_multicast_total", "Multicast packets received."},
    Column{"node_network_transmit_bytes_total", "Bytes sent."},
    Column{"node_network_transmit_packets_total", "Packets sent."},
    Column{"node_network_transmit_errs_total", "Packets that could not be sent for an error."},
    Column{"node_network_transmit_drop_total", "Packets dropped before they were sent."},
    Column{"node_network_transmit_fifo_total", "Packets lost because the device's queue ran dry."},
    Column{"node_network_transmit_colls_total", "Collisions."},
    Column{"node_network_transmit_carrier_total", "Packets lost because the link was lost while sending."},
    Column{"node_network_transmit_compressed_total", "Compressed packets sent."},
};

struct Row {
  std::string device;
  std::array<std::uint64_t, kColumns.size()> values{};
};

std::optional<Row> parse_row(std::string_view line) {
  // The last colon: the name of an alias may have one. Old kernels put no blank after it.
  const std::size_t colon = line.rfind(':');
  if (colon == line.npos) return std::nullopt;
  Row row{.device = sanitise_utf8(trim(line.substr(0, colon)))};
  Fields fields(line.substr(colon + 1));
  for (std::uint64_t& value : row.values) {
    const std::optional<std::uint64_t> count = to_count(fields.next());
    if (!count) return std::nullopt;
    value = *count;
  }
  return row;
}

}  // namespace

Result<> collect_netdev(const CollectContext& context, ReadingWriter& out) {
  const std::string_view text = SONDE_TRY(context.files.read_proc("net/dev"));
  std::vector<Row> rows;
  for (const std::string_view line : Lines(text)) {
    std::optional<Row> row = parse_row(line);
    if (row && row->device != kLoopbackDevice) rows.push_back(*std::move(row));
  }
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    out.counter(kColumns[i].name, kColumns[i].help);
    for (const Row& row : rows) out.add(static_cast<double>(row.values[i]), {{"device", row.device}});
  }
  return Ok{};
}

}  // namespace sonde::host
