#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "history/oncall_history.h"
#include "serve/used_links.h"

namespace sonde::app {

/// Links that were used, kept over restarts until they are too old to be of use.  threads: any.
class KeptLinks final : public serve::UsedLinks {
 public:
  /// `lifetime`: of links.  owner: the history outlives it.
  KeptLinks(history::OncallHistory& history, std::chrono::nanoseconds lifetime)
      : history_(history), lifetime_(lifetime) {}

  /// errors: as history::OncallHistory.
  Result<bool> claim(const std::string& id, const std::string& actor, WallTime now) override {
    SONDE_TRY(history_.forget_links(now - lifetime_));
    const history::LinkClaim claim = SONDE_TRY(history_.claim_link(id, actor, now));
    return claim.is_new;
  }

  [[nodiscard]] Result<std::optional<serve::LinkUse>> find(const std::string& id) const override {
    const std::optional<history::LinkClaim> claim = SONDE_TRY(history_.find_link(id));
    if (!claim) return std::optional<serve::LinkUse>{};
    return std::optional{serve::LinkUse{.actor = claim->actor, .at = claim->at}};
  }

 private:
  history::OncallHistory& history_;
  const std::chrono::nanoseconds lifetime_;
};

}  // namespace sonde::app
