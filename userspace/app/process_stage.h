#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/cgroup_texts.h"
#include "app/service_finder.h"
#include "app/swept_process.h"
#include "base/clock.h"
#include "capture/record_sink.h"
#include "decode/record_decoder.h"
#include "decode/types.h"
#include "host/lifecycle_watch.h"
#include "host/service_resources.h"

namespace sonde::app {

/// What the process stage works with.  owner: the caller keeps everything alive.
struct ProcessStageParts {
  host::ServiceResources& resources;
  host::LifecycleWatch& watch;
  ServiceFinder& finder;
  CgroupTexts& cgroups;
  const Clock& clock;
};

/// Records of the process sensor on their way: decoded, named after their service, added up, watched.
/// threads: the host thread alone.
class ProcessStage final : public capture::RecordSink {
 public:
  explicit ProcessStage(const ProcessStageParts& parts) : parts_(parts) {}

  void on_record(std::span<const std::byte> record) override;

  void begin_sweep();
  void end_sweep();

  /// The processes of the last sweep.
  [[nodiscard]] std::span<const SweptProcess> swept() const { return {swept_.data(), swept_count_}; }

  /// Processes that ended since the last call, with the service they belonged to.
  std::unordered_map<std::int32_t, std::string> take_ended();

  [[nodiscard]] const decode::Rejects& rejects() const { return rejects_; }
  [[nodiscard]] std::uint64_t record_count() const { return record_count_; }

 private:
  void take(const decode::ProcessExecuted& executed);
  void take(const decode::ProcessExited& exited);
  void take(const decode::OomKilled& killed);
  void take(const decode::ProcessSampled& sampled);
  void take(const decode::ThreadSampled& sampled);
  [[nodiscard]] host::ProcessPlace place_of(const decode::ProcessFacts& process,
                                            const inventory::Service& service) const;
  [[nodiscard]] WallTime wall_time(KernelTime at) const { return to_wall(at, parts_.clock.offset()); }

  ProcessStageParts parts_;
  decode::ProcessEvent event_;  // kept for its memory
  decode::Rejects rejects_{};
  std::uint64_t record_count_ = 0;
  std::vector<SweptProcess> swept_;  // never shrinks, for its memory
  std::size_t swept_count_ = 0;
  std::unordered_map<std::int32_t, std::string> ended_;
};

}  // namespace sonde::app
