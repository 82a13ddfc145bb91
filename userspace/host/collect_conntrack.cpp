#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/collectors.h"
#include "host/fields.h"
#include "host/line_tally.h"

namespace sonde::host {
namespace {

struct StatColumn {
  std::string_view header;
  std::string_view name;
  std::string_view help;
};

constexpr std::array kColumns = {
    StatColumn{"drop", "node_nf_conntrack_stat_drop", "Packets dropped because connection tracking failed."},
    StatColumn{"early_drop", "node_nf_conntrack_stat_early_drop",
               "Connections forgotten to make room for new ones in a full table."},
    StatColumn{"found", "node_nf_conntrack_stat_found", "Look-ups that found a connection."},
    StatColumn{"ignore", "node_nf_conntrack_stat_ignore", "Packets that were tracked already."},
    StatColumn{"insert", "node_nf_conntrack_stat_insert", "Connections entered into the table."},
    StatColumn{"insert_failed", "node_nf_conntrack_stat_insert_failed",
               "Connections that were not entered, mostly because they were there already."},
    StatColumn{"invalid", "node_nf_conntrack_stat_invalid", "Packets that can not be tracked."},
    StatColumn{"search_restart", "node_nf_conntrack_stat_search_restart",
               "Look-ups begun anew because the table was resized meanwhile."},
};

using Sums = std::array<std::optional<std::uint64_t>, kColumns.size()>;

/// Adds one CPU's line to the columns that the header names: kernels rename and retire some.
bool add_line(std::string_view header, std::string_view line, Sums& sums) {
  Fields names(header);
  Fields values(line);
  Sums added = sums;
  for (std::string_view name = names.next(); !name.empty(); name = names.next()) {
    const std::optional<std::uint64_t> value = to_count(values.next(), 16);
    if (!value) return false;
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      if (kColumns[i].header == name) added[i] = added[i].value_or(0) + *value;
    }
  }
  if (!values.next().empty()) return false;
  sums = added;
  return true;
}

}  // namespace

/// One line for each CPU, in hexadecimal: net/netfilter/nf_conntrack_standalone.c, ct_cpu_seq_show.
Result<> collect_conntrack(const CollectContext& context, ReadingWriter& out) {
  const std::uint64_t entries = SONDE_TRY(context.files.count_proc("sys/net/netfilter/nf_conntrack_count"));
  out.gauge("node_nf_conntrack_entries", "Connections in the connection tracking table.")
      .add(static_cast<double>(entries));
  const std::uint64_t limit = SONDE_TRY(context.files.count_proc("sys/net/netfilter/nf_conntrack_max"));
  out.gauge("node_nf_conntrack_entries_limit", "Connections the connection tracking table has room for.")
      .add(static_cast<double>(limit));

  LineTally tally;
  Sums sums;
  std::string_view header;
  for (const std::string_view line : Lines(SONDE_TRY(context.files.read_proc("net/stat/nf_conntrack")))) {
    if (header.empty()) {
      header = line;
    } else {
      tally.add(add_line(header, line, sums));
    }
  }
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    if (sums[i]) out.gauge(kColumns[i].name, kColumns[i].help).add(static_cast<double>(*sums[i]));
  }
  return tally.result(context.files.roots().proc + "/net/stat/nf_conntrack");
}

}  // namespace sonde::host
