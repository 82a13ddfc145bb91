#include "app/acknowledge_links.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "serve/base64url.h"
#include "serve/link_key.h"

namespace sonde::app {

std::string AcknowledgeLinks::make(std::int64_t incident, std::uint32_t occurrence, const std::string& actor) const {
  const auto config = config_.get();
  std::string base = config->notify.external_url;
  if (base.empty()) return "";
  while (base.ends_with('/')) base.pop_back();
  const WallTime expires_at = std::chrono::ceil<std::chrono::seconds>(clock_.now() + config->notify.link_lifetime);
  return base + kLinkPath +
         serve::make_link_token({.incident = incident,
                                 .occurrence = occurrence,
                                 .actor = actor,
                                 .expires_at = expires_at,
                                 .id = serve::new_link_id()},
                                key_);
}

notify::LinkMaker AcknowledgeLinks::maker() const {
  return [this](std::int64_t incident, std::uint32_t occurrence, const std::string& actor) {
    return make(incident, occurrence, actor);
  };
}

Result<serve::LinkClaim> AcknowledgeLinks::read(const std::string& token) const {
  return serve::read_link_token(token, key_);
}

Result<serve::LinkKey> link_key_in(const std::string& directory) {
  return directory.empty() ? serve::new_link_key() : serve::open_link_key(directory + "/link.key");
}

Result<serve::LinkKey> shared_link_key(history::AlertHistory& history) {
  serve::LinkKey key = SONDE_TRY(serve::new_link_key());
  const std::string fresh = serve::encode_base64url({reinterpret_cast<const char*>(key.data()), key.size()});
  auto stored = history.shared_key(fresh);
  if (!stored) return std::move(stored).error();
  const std::optional<std::string> bytes = serve::decode_base64url(*stored);
  if (!bytes || bytes->size() != key.size()) {
    return Error{Code::kBadInput, "the row of shared_key is no key; delete it: links that were sent are then void"};
  }
  std::ranges::copy(*bytes, key.begin());
  return key;
}

}  // namespace sonde::app
