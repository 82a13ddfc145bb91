#include "probe/attempts.h"

#include <cstdlib>
#include <utility>

#include "probe/conversation_attempt.h"
#include "probe/dialogue.h"
#include "probe/http_attempt.h"
#include "probe/kinds.h"
#include "probe/stream_attempt.h"

namespace sonde::probe {
namespace {

using Talk = std::unique_ptr<Conversation> (*)(const ProbeTarget& target, const Peer& peer, const Clock& clock);

std::unique_ptr<Attempt> conversation(const AttemptParts& parts, Talk talk) {
  return std::make_unique<ConversationAttempt>(
      ConversationAttempt::Parts{parts.target, parts.loop, parts.token, parts.clock},
      [talk, &target = parts.target, &clock = parts.clock](const Peer& peer) { return talk(target, peer, clock); });
}

std::unique_ptr<Attempt> stream(const AttemptParts& parts, bool uses_tls, std::unique_ptr<Dialogue> dialogue) {
  return std::make_unique<StreamAttempt>(StreamParts{parts.target, uses_tls, parts.loop, parts.token, parts.clock},
                                         std::move(dialogue));
}

}  // namespace

std::unique_ptr<Attempt> begin_attempt(const AttemptParts& parts) {
  const ProbeTarget& target = parts.target;
  switch (target.kind) {
    case ProbeKind::kHttp:
      return std::make_unique<HttpAttempt>(target, parts.patterns, parts.user_agent, parts.loop, parts.token);
    case ProbeKind::kTcp:
      return stream(parts, target.tcp.uses_tls, speak_tcp(target, parts.patterns));
    case ProbeKind::kRedis:
      return stream(parts, target.database.uses_tls, speak_redis(target));
    case ProbeKind::kIcmp:
      return conversation(parts, &talk_icmp);
    case ProbeKind::kDns:
      return conversation(parts, &talk_dns);
    case ProbeKind::kPostgresql:
      return conversation(parts, &talk_postgresql);
    case ProbeKind::kMysql:
      return conversation(parts, &talk_mysql);
    case ProbeKind::kCommand:
      return std::make_unique<ConversationAttempt>(
          ConversationAttempt::Parts{target, parts.loop, parts.token, parts.clock}, talk_command(target, parts.clock));
  }
  std::abort();
}

}  // namespace sonde::probe
