#include "app/answering.h"

#include "app/log.h"

namespace sonde::app {

Result<std::unique_ptr<Answering>> Answering::create(const std::string& directory, const notify::NotifyOptions& options,
                                                     const Clock& clock) {
  auto key = link_key_in(directory);
  if (!key) {
    log_error("links in messages are void once the daemon ends", {{"why", key.error().what}});
    key = link_key_in("");
  }
  return std::make_unique<Answering>(SONDE_TRY(std::move(key)), options, clock);
}

}  // namespace sonde::app
