#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/cgroup_texts.h"
#include "app/main_binaries.h"
#include "app/process_stage.h"
#include "app/self_metrics.h"
#include "app/sensors.h"
#include "app/service_finder.h"
#include "app/shared_families.h"
#include "app/tcp_stage.h"
#include "app/wake.h"
#include "base/clock.h"
#include "config/types.h"
#include "host/cgroup_resources.h"
#include "host/collect_memory.h"
#include "host/collectors.h"
#include "host/event_log.h"
#include "host/filesystem_reader.h"
#include "host/filesystem_trend.h"
#include "host/host_files.h"
#include "host/lifecycle_watch.h"
#include "host/reading_writer.h"
#include "host/service_resources.h"
#include "inventory/process_source.h"
#include "measure/family_builder.h"
#include "measure/tcp_book.h"

namespace sonde::app {

/// What the host thread works with.  owner: the caller keeps everything alive.
struct HostParts {
  const config::Config& config;
  const Sensors& sensors;
  const inventory::ProcessSource& processes;
  host::EventLog& events;
  SharedFamilies& families;
  const Clock& clock;
};

/// The host thread: drains the tcp and process sensors each second, and passes over all resources each interval. It may
/// wait for a disk; the capture thread never waits for it.
class HostLoop {
 public:
  HostLoop(const HostParts& parts, Wake wake);

  void run(const std::stop_token& stop);

  /// threads: any.
  [[nodiscard]] HostFacts facts() const;

 private:
  void drain();
  void pass();
  void sweep_sockets();
  void sweep_processes();
  void read_host();
  void follow_filesystems();
  void take_datagrams();
  void publish();
  void tell(std::string_view what, const Result<>& outcome);
  void note_facts(std::chrono::nanoseconds took);

  HostParts parts_;
  Wake wake_;
  ServiceFinder finder_;
  host::HostFiles files_;
  host::FilesystemReader filesystems_;
  host::CollectMemory memory_;
  host::FilesystemTrend trend_;
  host::LifecycleWatch watch_;
  host::ServiceResources resources_;
  host::CgroupResources cgroups_;
  measure::TcpBook book_;
  TcpStage tcp_;
  CgroupTexts cgroup_texts_;
  ProcessStage processes_;
  MainBinaries binaries_;
  host::ReadingWriter readings_;
  measure::FamilyBuilder builder_;
  std::map<std::pair<std::int32_t, capture::DatagramKind>, capture::DatagramTraffic> datagrams_;  // of the last pass
  measure::ListenCounters listens_;                       // totals of the last pass
  std::map<std::string, std::string, std::less<>> told_;  // failures that have been logged, by what failed

  mutable std::mutex mutex_;  // guards what follows
  HostFacts facts_;
};

}  // namespace sonde::app
