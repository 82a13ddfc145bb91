#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/collectors.h"
#include "host/fields.h"
#include "host/line_tally.h"

namespace sonde::host {
namespace {

class SockstatWriter {
 public:
  explicit SockstatWriter(ReadingWriter& out) : out_(out), page_bytes_(static_cast<double>(::sysconf(_SC_PAGESIZE))) {}

  /// `TCP: inuse 4 orphan 0 tw 0 alloc 5 mem 1`: a protocol, then names and numbers in turn.
  bool write(std::string_view line) {
    Fields fields(line);
    std::string_view protocol = fields.next();
    if (!protocol.ends_with(':')) return false;
    protocol.remove_suffix(1);
    if (!is_word(protocol)) return false;
    for (std::string_view state = fields.next(); !state.empty(); state = fields.next()) {
      const std::optional<std::int64_t> value = to_integer(fields.next());
      if (!value) return false;
      write(protocol, state, static_cast<double>(*value));
    }
    return true;
  }

 private:
  void write(std::string_view protocol, std::string_view state, double value) {
    if (protocol == "sockets") {
      if (state == "used") out_.gauge("node_sockstat_sockets_used", "Sockets of every kind.").add(value);
      return;
    }
    for (const std::string_view known : {"inuse", "orphan", "tw", "alloc", "mem", "memory"}) {
      if (state == known) add(protocol, state, value);
    }
    if (state == "mem") add(protocol, "mem_bytes", value * page_bytes_);
  }

  void add(std::string_view protocol, std::string_view state, double value) {
    name_.assign("node_sockstat_").append(protocol).append("_").append(state);
    out_.gauge(name_, "Sockets of a protocol in a state, or memory they hold, see /proc/net/sockstat.").add(value);
  }

  ReadingWriter& out_;
  const double page_bytes_;
  std::string name_;
};

Result<> write_file(HostFiles& files, std::string_view name, SockstatWriter& out) {
  LineTally tally;
  for (const std::string_view line : Lines(SONDE_TRY(files.read_proc(name)))) tally.add(out.write(line));
  return tally.result(files.roots().proc + "/" + std::string(name));
}

}  // namespace

/// Either file may be missing: a kernel without IPv4 or IPv6.
Result<> collect_sockstat(const CollectContext& context, ReadingWriter& out) {
  SockstatWriter writer(out);
  const Result<> v4 = write_file(context.files, "net/sockstat", writer);
  const Result<> v6 = write_file(context.files, "net/sockstat6", writer);
  if (!v4 && v4.error().code != Code::kNotFound) return v4;
  if (!v6 && v6.error().code != Code::kNotFound) return v6;
  if (!v4 && !v6) return v4;
  return Ok{};
}

}  // namespace sonde::host
