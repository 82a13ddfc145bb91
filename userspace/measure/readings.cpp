#include "measure/readings.h"

#include <memory>
#include <numeric>
#include <utility>

namespace sonde::measure {
namespace {

void open(const host::ReadingFamily& family, FamilyBuilder& out) {
  switch (family.type) {
    case host::ReadingType::kCounter:
      out.counter(family.name, family.help);
      return;
    case host::ReadingType::kGauge:
      out.gauge(family.name, family.help);
      return;
    case host::ReadingType::kUntyped:
      out.untyped(family.name, family.help);
      return;
  }
}

std::shared_ptr<const HistogramValue> histogram_of(const capture::DiskLatency& latency) {
  auto value = std::make_shared<HistogramValue>();
  value->bucket_counts = latency.counts;
  value->count = std::accumulate(latency.counts.begin(), latency.counts.end(), std::uint64_t{0});
  value->sum_seconds = static_cast<double>(latency.total.count()) * 1e-9;
  return value;
}

/// nullptr: not to be exported.
const std::string* name_of(const capture::DiskLatency& latency, const DiskNames& names) {
  const auto row = names.find({latency.major, latency.minor});
  return row == names.end() ? nullptr : &row->second;
}

std::vector<Label> labels_of(const std::string& device, const capture::DiskLatency& latency) {
  return {{"device", device}, {"operation", std::string(capture::name_of(latency.operation))}};
}

}  // namespace

void append_readings(const std::vector<host::ReadingFamily>& families, FamilyBuilder& out) {
  std::vector<LabelView> labels;
  for (const host::ReadingFamily& family : families) {
    open(family, out);
    for (const host::Reading& reading : family.readings) {
      labels.clear();
      for (const host::Tag& tag : reading.tags) labels.push_back({tag.name, tag.value});
      out.add_borrowed(reading.value, labels);
    }
  }
}

void append_disk_latencies(std::span<const capture::DiskLatency> latencies, const DiskNames& names,
                           FamilyBuilder& out) {
  out.histogram("sonde_disk_io_duration_seconds", "Duration of requests to a disk, time in its queues included.");
  for (const capture::DiskLatency& latency : latencies) {
    const std::string* const device = name_of(latency, names);
    if (device != nullptr) out.add(histogram_of(latency), labels_of(*device, latency));
  }
  out.counter("sonde_disk_io_errors_total", "Requests to a disk that failed.");
  for (const capture::DiskLatency& latency : latencies) {
    const std::string* const device = name_of(latency, names);
    if (device != nullptr) out.add(static_cast<double>(latency.errors), labels_of(*device, latency));
  }
}

}  // namespace sonde::measure
