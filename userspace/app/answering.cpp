#include "app/answering.h"

#include <utility>

#include "app/kept_links.h"
#include "app/log.h"

namespace sonde::app {

Result<std::unique_ptr<Answering>> Answering::create(const std::string& directory, const notify::NotifyOptions& options,
                                                     const Clock& clock, history::AlertHistory* history) {
  auto key = link_key_in(directory);
  if (!key) {
    log_error("links in messages are void once the daemon ends", {{"why", key.error().what}});
    key = link_key_in("");
  }
  std::unique_ptr<serve::UsedLinks> used = std::make_unique<serve::MemoryUsedLinks>(options.link_lifetime);
  if (history != nullptr) used = std::make_unique<KeptLinks>(history->oncall(), options.link_lifetime);
  return std::make_unique<Answering>(AcknowledgeLinks(SONDE_TRY(std::move(key)), options, clock), std::move(used),
                                     clock, history);
}

}  // namespace sonde::app
