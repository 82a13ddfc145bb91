#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "host/collect_memory.h"
#include "host/collectors.h"
#include "host/fields.h"

namespace sonde::host {
namespace {

constexpr double kMilliseconds = 0.001;
constexpr double kSectorBytes = 512;  // whatever the sectors of the device are (Documentation/block/stat.rst)

struct Column {
  ReadingType type;
  std::string_view name;
  std::string_view help;
  double factor = 1;
};

/// In the order of /proc/diskstats (Documentation/admin-guide/iostats.rst). Discards came with Linux 4.18, flushes with
/// 5.5; partitions of old kernels have fewer columns than the first eleven and are left out.
constexpr std::array kColumns{
    Column{ReadingType::kCounter, "node_disk_reads_completed_total", "Reads completed."},
    Column{ReadingType::kCounter, "node_disk_reads_merged_total", "Reads merged into others."},
    Column{ReadingType::kCounter, "node_disk_read_bytes_total", "Bytes read.", kSectorBytes},
    Column{ReadingType::kCounter, "node_disk_read_time_seconds_total", "Time that reads took, added up.",
           kMilliseconds},
    Column{ReadingType::kCounter, "node_disk_writes_completed_total", "Writes completed."},
    Column{ReadingType::kCounter, "node_disk_writes_merged_total", "Writes merged into others."},
    Column{ReadingType::kCounter, "node_disk_written_bytes_total", "Bytes written.", kSectorBytes},
    Column{ReadingType::kCounter, "node_disk_write_time_seconds_total", "Time that writes took, added up.",
           kMilliseconds},
    Column{ReadingType::kGauge, "node_disk_io_now", "Requests in flight."},
    Column{ReadingType::kCounter, "node_disk_io_time_seconds_total", "Time with at least one request in flight.",
           kMilliseconds},
    Column{ReadingType::kCounter, "node_disk_io_time_weighted_seconds_total",
           "Time with requests in flight, each request counted.", kMilliseconds},
    Column{ReadingType::kCounter, "node_disk_discards_completed_total", "Discards completed."},
    Column{ReadingType::kCounter, "node_disk_discards_merged_total", "Discards merged into others."},
    Column{ReadingType::kCounter, "node_disk_discarded_sectors_total", "Sectors discarded, of 512 bytes."},
    Column{ReadingType::kCounter, "node_disk_discard_time_seconds_total", "Time that discards took, added up.",
           kMilliseconds},
    Column{ReadingType::kCounter, "node_disk_flush_requests_total", "Flushes completed."},
    Column{ReadingType::kCounter, "node_disk_flush_requests_time_seconds_total", "Time that flushes took, added up.",
           kMilliseconds},
};
constexpr std::size_t kFewestColumns = 11;

/// What udev knows of a device (the E: lines of /run/udev/data/bMAJOR:MINOR), such as ID_MODEL.
using Properties = std::map<std::string, std::string, std::less<>>;

struct Disk {
  std::string device;
  std::string major;
  std::string minor;
  std::vector<std::uint64_t> values;
  Properties properties;
};

std::optional<Disk> parse_disk(std::string_view line) {
  Fields fields(line);
  Disk disk;
  disk.major = fields.next();
  disk.minor = fields.next();
  disk.device = sanitise_utf8(fields.next());
  if (!to_count(disk.major) || !to_count(disk.minor)) return std::nullopt;
  while (disk.values.size() < kColumns.size()) {
    const std::optional<std::uint64_t> value = to_count(fields.next());
    if (!value) break;
    disk.values.push_back(*value);
  }
  return disk.values.size() >= kFewestColumns ? std::optional(std::move(disk)) : std::nullopt;
}

Properties read_properties(HostFiles& files, const Disk& disk) {
  constexpr std::string_view kProperty = "E:";
  Properties properties;
  const auto text = files.read_root("run/udev/data/b" + disk.major + ":" + disk.minor);
  if (!text) return properties;
  for (const std::string_view line : Lines(*text)) {
    if (!line.starts_with(kProperty)) continue;
    const auto halves = split(line.substr(kProperty.size()), '=');
    if (halves) properties.insert_or_assign(std::string(halves->before), sanitise_utf8(halves->after));
  }
  return properties;
}

/// A label whose value udev has.
struct InfoLabel {
  std::string_view label;
  std::string_view property;
};

std::string property_of(const Disk& disk, std::string_view name) {
  const auto found = disk.properties.find(name);
  return found == disk.properties.end() ? std::string() : found->second;
}

std::vector<Tag> tags_of(const Disk& disk, std::span<const InfoLabel> labels) {
  std::vector<Tag> tags{{"device", disk.device}};
  for (const InfoLabel& each : labels) tags.push_back({std::string(each.label), property_of(disk, each.property)});
  return tags;
}

void write_info(const std::vector<Disk>& disks, ReadingWriter& out) {
  constexpr std::array kLabels{InfoLabel{"path", "ID_PATH"}, InfoLabel{"wwn", "ID_WWN"}, InfoLabel{"model", "ID_MODEL"},
                               InfoLabel{"serial", "ID_SERIAL_SHORT"}, InfoLabel{"revision", "ID_REVISION"}};
  out.gauge("node_disk_info", "What is no number about the disk; always 1.");
  for (const Disk& disk : disks) {
    std::vector<Tag> tags = tags_of(disk, kLabels);
    tags.push_back({"major", disk.major});
    tags.push_back({"minor", disk.minor});
    out.add(1, std::move(tags));
  }
}

void write_contents(const std::vector<Disk>& disks, ReadingWriter& out) {
  constexpr std::array kFilesystem{InfoLabel{"type", "ID_FS_TYPE"}, InfoLabel{"usage", "ID_FS_USAGE"},
                                   InfoLabel{"uuid", "ID_FS_UUID"}, InfoLabel{"version", "ID_FS_VERSION"}};
  constexpr std::array kMapper{InfoLabel{"name", "DM_NAME"}, InfoLabel{"uuid", "DM_UUID"},
                               InfoLabel{"vg_name", "DM_VG_NAME"}, InfoLabel{"lv_name", "DM_LV_NAME"},
                               InfoLabel{"lv_layer", "DM_LV_LAYER"}};
  out.gauge("node_disk_filesystem_info", "The file system on the disk; always 1.");
  for (const Disk& disk : disks) {
    if (!property_of(disk, kFilesystem[0].property).empty()) out.add(1, tags_of(disk, kFilesystem));
  }
  out.gauge("node_disk_device_mapper_info", "What the device mapper calls the disk; always 1.");
  for (const Disk& disk : disks) {
    if (!property_of(disk, kMapper[0].property).empty()) out.add(1, tags_of(disk, kMapper));
  }
}

void write_ata(const std::vector<Disk>& disks, ReadingWriter& out) {
  struct Attribute {
    std::string_view property, name, help;
  };
  constexpr std::array kAttributes{
      Attribute{"ID_ATA_WRITE_CACHE", "node_disk_ata_write_cache", "Whether the disk has a write cache."},
      Attribute{"ID_ATA_WRITE_CACHE_ENABLED", "node_disk_ata_write_cache_enabled",
                "Whether the disk uses its write cache."},
      Attribute{"ID_ATA_ROTATION_RATE_RPM", "node_disk_ata_rotation_rate_rpm",
                "Revolutions of the disk per minute; 0 if nothing turns."}};
  for (const Attribute& attribute : kAttributes) {
    out.gauge(attribute.name, attribute.help);
    for (const Disk& disk : disks) {
      const auto value = to_number(property_of(disk, attribute.property));
      if (value && !property_of(disk, "ID_ATA").empty()) out.add(*value, {{"device", disk.device}});
    }
  }
}

void write_columns(const std::vector<Disk>& disks, ReadingWriter& out) {
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    const Column& column = kColumns[i];
    column.type == ReadingType::kCounter ? out.counter(column.name, column.help) : out.gauge(column.name, column.help);
    for (const Disk& disk : disks) {
      if (i < disk.values.size())
        out.add(static_cast<double>(disk.values[i]) * column.factor, {{"device", disk.device}});
    }
  }
}

}  // namespace

Result<> collect_diskstats(const CollectContext& context, ReadingWriter& out) {
  CollectMemory none;
  NameFilter& excluded = (context.memory != nullptr ? *context.memory : none).disks;
  SONDE_TRY(excluded.use(context.options.disks_exclude));
  const std::string_view text = SONDE_TRY(context.files.read_proc("diskstats"));
  std::vector<Disk> disks;
  for (const std::string_view line : Lines(text)) {
    std::optional<Disk> disk = parse_disk(line);
    if (disk && !excluded.matches(disk->device)) disks.push_back(*std::move(disk));
  }
  for (Disk& disk : disks) disk.properties = read_properties(context.files, disk);
  write_info(disks, out);
  write_columns(disks, out);
  write_contents(disks, out);
  write_ata(disks, out);
  return Ok{};
}

}  // namespace sonde::host
