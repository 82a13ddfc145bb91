#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "notify/senders.h"

namespace sonde::notify {

/// What a sender is made of, besides its destination.  owner: the caller keeps everything alive.
struct SenderParts {
  const std::string& channel;  ///< its name
  const Transports& transports;
  std::chrono::nanoseconds timeout;
};

/// The sender of each kind of destination, which outlives it: one overload for each alternative of Destination.
std::unique_ptr<Sender> new_sender(const SlackWebhook& to, const SenderParts& parts);
std::unique_ptr<Sender> new_sender(const SlackBot& to, const SenderParts& parts);
std::unique_ptr<Sender> new_sender(const Webhook& to, const SenderParts& parts);
std::unique_ptr<Sender> new_sender(const Email& to, const SenderParts& parts);
std::unique_ptr<Sender> new_sender(const PagerDuty& to, const SenderParts& parts);
std::unique_ptr<Sender> new_sender(const Alertmanager& to, const SenderParts& parts);
std::unique_ptr<Sender> new_sender(const Program& to, const SenderParts& parts);

}  // namespace sonde::notify
