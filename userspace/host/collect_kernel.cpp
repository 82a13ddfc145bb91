#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/collectors.h"
#include "host/fields.h"
#include "host/line_tally.h"

// The small numbers the kernel keeps of itself.
namespace sonde::host {
namespace {

struct StatField {
  std::string_view key;
  std::string_view name;
  std::string_view help;
  ReadingType type = ReadingType::kGauge;
};

/// Lines of /proc/stat whose first number is all we want.
constexpr std::array kStatFields = {
    StatField{"btime", "node_boot_time_seconds", "When the host was started, in seconds since 1970."},
    StatField{"ctxt", "node_context_switches_total", "Context switches of all CPUs.", ReadingType::kCounter},
    StatField{"intr", "node_intr_total", "Interrupts serviced, all kinds together.", ReadingType::kCounter},
    StatField{"processes", "node_forks_total", "Processes and threads created.", ReadingType::kCounter},
    StatField{"procs_blocked", "node_procs_blocked", "Tasks waiting for a disk."},
    StatField{"procs_running", "node_procs_running", "Tasks running or waiting for a CPU."},
};

void open(const StatField& field, ReadingWriter& out) {
  switch (field.type) {
    case ReadingType::kCounter:
      out.counter(field.name, field.help);
      return;
    case ReadingType::kGauge:
      out.gauge(field.name, field.help);
      return;
    case ReadingType::kUntyped:
      out.untyped(field.name, field.help);
      return;
  }
}

}  // namespace

Result<> collect_entropy(const CollectContext& context, ReadingWriter& out) {
  const std::uint64_t available = SONDE_TRY(context.files.count_proc("sys/kernel/random/entropy_avail"));
  out.gauge("node_entropy_available_bits", "Entropy the kernel has for random numbers.")
      .add(static_cast<double>(available));
  const std::uint64_t size = SONDE_TRY(context.files.count_proc("sys/kernel/random/poolsize"));
  out.gauge("node_entropy_pool_size_bits", "Entropy the kernel has room for.").add(static_cast<double>(size));
  return Ok{};
}

/// allocated, free (always 0 since Linux 2.6), maximum: proc_sys_fs(5).
Result<> collect_filefd(const CollectContext& context, ReadingWriter& out) {
  Fields fields(first_line(SONDE_TRY(context.files.read_proc("sys/fs/file-nr"))));
  const std::optional<double> allocated = to_number(fields.next());
  const std::optional<double> maximum = to_number(fields.skip(1).next());
  LineTally tally;
  tally.add(allocated && maximum);
  if (allocated && maximum) {
    out.gauge("node_filefd_allocated", "Open files of all processes.").add(*allocated);
    out.gauge("node_filefd_maximum", "Open files the kernel allows at most (fs.file-max).").add(*maximum);
  }
  return tally.result(context.files.roots().proc + "/sys/fs/file-nr");
}

Result<> collect_loadavg(const CollectContext& context, ReadingWriter& out) {
  Fields fields(first_line(SONDE_TRY(context.files.read_proc("loadavg"))));
  const std::optional<double> one = to_number(fields.next());
  const std::optional<double> five = to_number(fields.next());
  const std::optional<double> fifteen = to_number(fields.next());
  LineTally tally;
  tally.add(one && five && fifteen);
  if (one && five && fifteen) {
    out.gauge("node_load1", "Tasks running, runnable or in disk sleep: average of about 1 minute.").add(*one);
    out.gauge("node_load15", "Tasks running, runnable or in disk sleep: average of about 15 minutes.").add(*fifteen);
    out.gauge("node_load5", "Tasks running, runnable or in disk sleep: average of about 5 minutes.").add(*five);
  }
  return tally.result(context.files.roots().proc + "/loadavg");
}

Result<> collect_stat(const CollectContext& context, ReadingWriter& out) {
  LineTally tally;
  for (const std::string_view line : Lines(SONDE_TRY(context.files.read_proc("stat")))) {
    Fields fields(line);
    const std::string_view key = fields.next();
    for (const StatField& field : kStatFields) {
      if (field.key != key) continue;
      const std::optional<std::uint64_t> value = to_count(fields.next());
      tally.add(value.has_value());
      if (!value) continue;
      open(field, out);
      out.add(static_cast<double>(*value));
    }
  }
  return tally.result(context.files.roots().proc + "/stat");
}

}  // namespace sonde::host
