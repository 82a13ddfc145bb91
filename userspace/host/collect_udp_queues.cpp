#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/collectors.h"
#include "host/fields.h"
#include "host/line_tally.h"

namespace sonde::host {
namespace {

/// The column tx_queue:rx_queue, in hexadecimal: proc_net(5).
bool add_queues(std::string_view line, std::uint64_t& transmit_bytes, std::uint64_t& receive_bytes) {
  Fields fields(line);
  const std::optional<Halves> queues = split(fields.skip(4).next(), ':');
  if (!queues) return false;
  const std::optional<std::uint64_t> transmit = to_count(queues->before, 16);
  const std::optional<std::uint64_t> receive = to_count(queues->after, 16);
  if (!transmit || !receive) return false;
  transmit_bytes += *transmit;
  receive_bytes += *receive;
  return true;
}

Result<> write_file(HostFiles& files, const std::string& name, const std::string& ip, ReadingWriter& out) {
  LineTally tally;
  std::uint64_t transmit_bytes = 0;
  std::uint64_t receive_bytes = 0;
  bool is_header = true;
  for (const std::string_view line : Lines(SONDE_TRY(files.read_proc(name)))) {
    tally.add(is_header || add_queues(line, transmit_bytes, receive_bytes));
    is_header = false;
  }
  out.gauge("node_udp_queues", "Bytes that wait in the queues of UDP sockets.")
      .add(static_cast<double>(transmit_bytes), {{"ip", ip}, {"queue", "tx"}})
      .add(static_cast<double>(receive_bytes), {{"ip", ip}, {"queue", "rx"}});
  return tally.result(files.roots().proc + "/" + name);
}

}  // namespace

/// Either file may be missing: a kernel without IPv4 or IPv6.
Result<> collect_udp_queues(const CollectContext& context, ReadingWriter& out) {
  const Result<> v4 = write_file(context.files, "net/udp", "v4", out);
  const Result<> v6 = write_file(context.files, "net/udp6", "v6", out);
  if (!v4 && v4.error().code != Code::kNotFound) return v4;
  if (!v6 && v6.error().code != Code::kNotFound) return v6;
  if (!v4 && !v6) return v4;
  return Ok{};
}

}  // namespace sonde::host
