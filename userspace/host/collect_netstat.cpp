#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "host/collectors.h"
#include "host/fields.h"
#include "host/line_tally.h"

namespace sonde::host {
namespace {

struct Choice {
  std::string_view protocol;
  std::string_view field;
  bool is_prefix = false;
};

/// What node_exporter exports unless told otherwise; besides, errors of every protocol.
constexpr std::array kChoices = {
    Choice{"Icmp", "InMsgs"},          Choice{"Icmp", "OutMsgs"},        Choice{"Icmp6", "InMsgs"},
    Choice{"Icmp6", "OutMsgs"},        Choice{"Ip", "Forwarding"},       Choice{"Ip6", "InOctets"},
    Choice{"Ip6", "OutOctets"},        Choice{"IpExt", "InOctets"},      Choice{"IpExt", "OutOctets"},
    Choice{"Tcp", "ActiveOpens"},      Choice{"Tcp", "CurrEstab"},       Choice{"Tcp", "InSegs"},
    Choice{"Tcp", "OutRsts"},          Choice{"Tcp", "OutSegs"},         Choice{"Tcp", "PassiveOpens"},
    Choice{"Tcp", "RetransSegs"},      Choice{"TcpExt", "Listen", true}, Choice{"TcpExt", "Syncookies", true},
    Choice{"TcpExt", "TCPSynRetrans"}, Choice{"TcpExt", "TCPTimeouts"},  Choice{"Udp", "InDatagrams"},
    Choice{"Udp", "NoPorts"},          Choice{"Udp", "OutDatagrams"},    Choice{"Udp", "RcvbufErrors"},
    Choice{"Udp", "SndbufErrors"},     Choice{"Udp6", "InDatagrams"},    Choice{"Udp6", "NoPorts"},
    Choice{"Udp6", "OutDatagrams"},    Choice{"Udp6", "RcvbufErrors"},   Choice{"Udp6", "SndbufErrors"},
};

bool is_wanted(std::string_view protocol, std::string_view field) {
  if (field == "InErrors" || field == "InErrs") return true;
  return std::any_of(kChoices.begin(), kChoices.end(), [&](const Choice& choice) {
    if (choice.protocol != protocol) return false;
    return choice.is_prefix ? field.starts_with(choice.field) : field == choice.field;
  });
}

class NetstatWriter {
 public:
  explicit NetstatWriter(ReadingWriter& out) : out_(out) {}

  /// Also true for a field that nobody wants.
  bool write(std::string_view protocol, std::string_view field, std::string_view value) {
    if (!is_wanted(protocol, field)) return true;
    const std::optional<double> number = to_number(value);
    if (!number || !is_word(protocol) || !is_word(field)) return false;
    name_.assign("node_netstat_").append(protocol).append("_").append(field);
    out_.untyped(name_, "A counter of the network stack, see /proc/net/snmp, snmp6 and netstat.").add(*number);
    return true;
  }

 private:
  ReadingWriter& out_;
  std::string name_;
};

bool have_as_many_fields(Fields names, Fields values) {
  std::string_view name;
  std::string_view value;
  do {
    name = names.next();
    value = values.next();
  } while (!name.empty() && !value.empty());
  return name.empty() && value.empty();
}

/// A line of names, a line of values, both after `Protocol:`. Values that cannot be told which name they are of are
/// passed over.
bool write_pair(std::string_view name_line, std::string_view value_line, NetstatWriter& out) {
  Fields names(name_line);
  Fields values(value_line);
  const std::string_view protocol = names.next();
  if (!protocol.ends_with(':') || values.next() != protocol || !have_as_many_fields(names, values)) return false;
  bool all_read = true;
  for (std::string_view name = names.next(); !name.empty(); name = names.next()) {
    all_read = out.write(protocol.substr(0, protocol.size() - 1), name, values.next()) && all_read;
  }
  return all_read;
}

Result<> write_pairs(HostFiles& files, std::string_view name, NetstatWriter& out) {
  LineTally tally;
  std::string_view name_line;
  for (const std::string_view line : Lines(SONDE_TRY(files.read_proc(name)))) {
    if (name_line.empty()) {
      name_line = line;
      continue;
    }
    tally.add(write_pair(name_line, line, out));
    name_line = {};
  }
  return tally.result(files.roots().proc + "/" + std::string(name));
}

/// `Udp6InErrors   12`: the protocol ends with the first 6.
Result<> write_snmp6(HostFiles& files, NetstatWriter& out) {
  LineTally tally;
  for (const std::string_view line : Lines(SONDE_TRY(files.read_proc("net/snmp6")))) {
    Fields fields(line);
    const std::string_view key = fields.next();
    const std::size_t six = key.find('6');
    if (six == key.npos) continue;
    tally.add(out.write(key.substr(0, six + 1), key.substr(six + 1), fields.next()));
  }
  return tally.result(files.roots().proc + "/net/snmp6");
}

}  // namespace

/// Of the network namespace Sonde runs in, as with node_exporter: /proc/net is /proc/self/net (proc(5)).
Result<> collect_netstat(const CollectContext& context, ReadingWriter& out) {
  NetstatWriter writer(out);
  const Result<> extended = write_pairs(context.files, "net/netstat", writer);
  const Result<> snmp = write_pairs(context.files, "net/snmp", writer);
  const Result<> snmp6 = write_snmp6(context.files, writer);
  if (!extended) return extended;
  if (!snmp) return snmp;
  // A kernel that was told to do without IPv6 has no such file.
  if (!snmp6 && snmp6.error().code != Code::kNotFound) return snmp6;
  return Ok{};
}

}  // namespace sonde::host
