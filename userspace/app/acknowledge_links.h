#pragma once

#include <cstdint>
#include <string>

#include "app/live_config.h"
#include "base/clock.h"
#include "base/result.h"
#include "history/alert_history.h"
#include "notify/acknowledge_link.h"
#include "serve/acknowledge_link.h"

namespace sonde::app {

/// Where the pages of links are, below the address of the daemon.
inline constexpr const char* kLinkPath = "/ack/";

/// Makes links that acknowledge, and reads them.  threads: any.
class AcknowledgeLinks {
 public:
  /// owner: the caller keeps configuration and clock alive.
  AcknowledgeLinks(const serve::LinkKey& key, const LiveConfig& config, const Clock& clock)
      : key_(key), config_(config), clock_(clock) {}

  /// As notify::LinkMaker: no address where people cannot reach this daemon (notify.external_url).
  [[nodiscard]] std::string make(std::int64_t incident, std::uint32_t occurrence, const std::string& actor) const;

  /// The same, for messages.  owner: the links outlive it.
  [[nodiscard]] notify::LinkMaker maker() const;

  /// errors: of serve::read_link_token.
  [[nodiscard]] Result<serve::LinkClaim> read(const std::string& token) const;

 private:
  const serve::LinkKey key_;
  const LiveConfig& config_;
  const Clock& clock_;
};

/// The key of earlier processes: `link.key` in the directory of the daemon's state.  shape: without a directory, a new
/// one.  errors: of serve::open_link_key.
Result<serve::LinkKey> link_key_in(const std::string& directory);

/// The key of all hubs that share a history.  errors: as history::Database; kBadInput for what is no key.
Result<serve::LinkKey> shared_link_key(history::AlertHistory& history);

}  // namespace sonde::app
