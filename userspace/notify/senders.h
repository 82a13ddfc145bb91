#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "notify/http_client.h"
#include "notify/mail_client.h"
#include "notify/program_runner.h"
#include "notify/sender.h"
#include "notify/types.h"

namespace sonde::notify {

/// What senders work with.  owner: the caller keeps everything alive.
struct Transports {
  HttpClient& http;
  MailClient& mail;
  ProgramRunner& programs;
};

/// The sender of one channel.  owner: the channel outlives it.
std::unique_ptr<Sender> make_sender(const Channel& channel, const Transports& transports,
                                    std::chrono::nanoseconds timeout);

/// One for each channel, in their order.  owner: the options outlive them.
std::vector<std::unique_ptr<Sender>> make_senders(const NotifyOptions& options, const Transports& transports);

}  // namespace sonde::notify
