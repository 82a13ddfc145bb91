#pragma once

#include <span>
#include <string>
#include <unordered_map>

#include "app/swept_process.h"
#include "base/clock.h"
#include "host/lifecycle_watch.h"

namespace sonde::app {

/// Tells the watch which binary each service runs: that of its main process, the oldest one whose parent belongs to
/// another service, once it was that in two looks. A binary is looked into once for each new main process.  threads:
/// the host thread alone.
class MainBinaries {
 public:
  explicit MainBinaries(std::string proc = "/proc") : proc_(std::move(proc)) {}

  void look(std::span<const SweptProcess> swept, host::LifecycleWatch& watch, WallTime now);

 private:
  struct Main {
    decode::ProcessIdentity identity;
    bool is_told = false;
  };

  void look_at(const inventory::Service& service, const decode::ProcessFacts& process, host::LifecycleWatch& watch,
               WallTime now);

  std::string proc_;
  std::unordered_map<const inventory::Service*, Main> main_;
};

}  // namespace sonde::app
