#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/alerting.h"
#include "app/live_config.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/types.h"
#include "notify/senders.h"

namespace sonde::app {

/// Reads the configuration as at the start: the file, and what the command line says besides.
/// errors: kBadConfig with all faults, a line each.
using ConfigReader = std::function<Result<config::Config>()>;

/// The top-level keys by whose values two configuration files differ, and that take effect at the next start only.
/// shape: in the order of the new text, then what is not there any more. What is secret is not compared.
[[nodiscard]] std::vector<std::string> keys_for_restart(std::string_view before, std::string_view after);

/// Has a configuration file that has changed used by those who can: who is told, by what, who is called, and the
/// options of rules. A file with a fault changes nothing at all. owner: the caller keeps everything alive.  threads:
/// the control thread.
class ConfigReload {
 public:
  struct Parts {
    ConfigReader read;
    LiveConfig& live;
    Alerting& alerting;
    notify::Transports transports;
    const Clock& clock;
  };
  explicit ConfigReload(Parts parts) : parts_(std::move(parts)) {}

  /// errors: kBadConfig with all faults; all is as it was then.
  Result<> reload();

 private:
  Result<> use(config::Config config);

  const Parts parts_;
};

}  // namespace sonde::app
