#include "app/answering.h"

#include <utility>

#include "app/kept_links.h"
#include "app/log.h"

namespace sonde::app {

Result<std::unique_ptr<Answering>> Answering::create(const std::string& directory, const LiveConfig& config,
                                                     const Clock& clock, history::AlertHistory* history) {
  auto key = history != nullptr && history->is_shared() ? shared_link_key(*history) : link_key_in(directory);
  if (!key) {
    log_error("links in messages are void once the daemon ends", {{"why", key.error().what}});
    key = link_key_in("");
  }
  const std::chrono::nanoseconds lifetime = config.get()->notify.link_lifetime;
  std::unique_ptr<serve::UsedLinks> used = std::make_unique<serve::MemoryUsedLinks>(lifetime);
  if (history != nullptr) used = std::make_unique<KeptLinks>(history->oncall(), lifetime);
  return std::make_unique<Answering>(AcknowledgeLinks(SONDE_TRY(std::move(key)), config, clock), std::move(used), clock,
                                     history);
}

}  // namespace sonde::app
