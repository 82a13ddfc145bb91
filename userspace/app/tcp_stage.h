#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "app/service_finder.h"
#include "base/clock.h"
#include "capture/process_sensor.h"
#include "capture/record_sink.h"
#include "capture/types.h"
#include "decode/record_decoder.h"
#include "decode/types.h"
#include "host/lifecycle_watch.h"
#include "measure/tcp_book.h"

namespace sonde::app {

/// What the tcp stage works with.  owner: the caller keeps everything alive.
struct TcpStageParts {
  measure::TcpBook& book;
  ServiceFinder& finder;
  host::LifecycleWatch& watch;
  capture::ProcessSensor* processes = nullptr;  ///< told who is behind target ports; may be null
  const capture::TargetFilter& targets;
  const Clock& clock;
};

/// Records of the tcp sensor on their way: decoded, named after their service, counted; vanished listeners are told.
/// threads: the host thread alone.
class TcpStage final : public capture::RecordSink {
 public:
  explicit TcpStage(const TcpStageParts& parts) : parts_(parts) {}

  void on_record(std::span<const std::byte> record) override;

  void begin_sweep();
  void end_sweep(const measure::ListenCounters& listens);

  [[nodiscard]] const decode::Rejects& rejects() const { return rejects_; }
  [[nodiscard]] std::uint64_t record_count() const { return record_count_; }

 private:
  struct GoneListener {
    std::string service;
    std::uint16_t port = 0;
    std::int32_t pid = 0;
    WallTime at;
  };

  void take_listener(const decode::TcpSample& sample, const inventory::Service& service);
  void find_process(const decode::TcpSample& sample);

  TcpStageParts parts_;
  decode::TcpSample sample_;  // kept for its memory
  decode::Rejects rejects_{};
  std::uint64_t record_count_ = 0;
  bool sweeping_ = false;
  std::unordered_set<std::uint64_t> listeners_;        // cookies seen by a sweep: others came and went unnoticed
  std::unordered_set<std::uint16_t> ports_;            // listened on, as of the current or last sweep
  std::unordered_set<std::int32_t> target_processes_;  // told to the process sensor already
  std::vector<GoneListener> gone_;                     // until a sweep shows that nobody took over
};

}  // namespace sonde::app
