#pragma once

#include <span>
#include <string>

#include "notify/mail_client.h"
#include "notify/sender.h"

namespace sonde::notify {

/// What became of a message, for all its recipients: 2xx to the message is delivered, whatever came after it; 4xx is
/// worth another attempt, 5xx is refused, each for those it was said of.  shape: `recipients` as they were sent.
Attempt judge_mail(const MailOutcome& outcome, std::span<const std::string> recipients);

}  // namespace sonde::notify
