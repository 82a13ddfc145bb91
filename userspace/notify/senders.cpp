#include "notify/senders.h"

#include <variant>

#include "notify/sender_kinds.h"

namespace sonde::notify {

std::unique_ptr<Sender> make_sender(const Channel& channel, const Transports& transports,
                                    std::chrono::nanoseconds timeout) {
  const SenderParts parts{channel.name, transports, timeout};
  return std::visit([&](const auto& to) { return new_sender(to, parts); }, channel.to);
}

std::vector<std::unique_ptr<Sender>> make_senders(const NotifyOptions& options, const Transports& transports) {
  std::vector<std::unique_ptr<Sender>> senders;
  for (const Channel& channel : options.channels) {
    senders.push_back(make_sender(channel, transports, options.timeout));
  }
  return senders;
}

}  // namespace sonde::notify
