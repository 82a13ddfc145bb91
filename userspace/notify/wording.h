#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "notify/types.h"

namespace sonde::notify {

/// What a message says of its own way, besides what has happened.
struct Remarks {
  bool may_be_repeat = false;  ///< an earlier attempt may have arrived
  std::string instead_of{};    ///< the channel that could not be reached; empty: this is the one it was meant for
};

/// A moment as RFC 3339 writes it, in UTC with milliseconds: `2026-11-23T16:38:00.250Z`.
std::string rfc3339(WallTime at);

/// The same, but only hours, minutes and seconds: `16:38:00`.
std::string time_of_day(WallTime at);

/// Valid UTF-8 without control characters, at most `most` code points; what is cut off leaves an ellipsis.
std::string shorten(std::string_view text, std::size_t most);

/// True of what people did to an incident, of which no alert has changed.
constexpr bool is_about_people(MessageKind kind) {
  return kind == MessageKind::kAcknowledged || kind == MessageKind::kNoticed;
}

/// True of what tells that something fires, and not of what people did to it.
constexpr bool tells_what_fires(MessageKind kind) {
  return kind == MessageKind::kFiring || kind == MessageKind::kUpdate || kind == MessageKind::kRepeat;
}

/// True of an alert that fires, in a message that does not say that all is over.
bool fires(const Notification& notification, const AlertLine& alert);

std::size_t firing_count(const Notification& notification);

/// The first line of every message: `FIRING critical: HighErrorRate on checkout, and 2 more`. It says so if this is a
/// test, if somebody else should have had it, or if it may have come before.
std::string headline(const Notification& notification, const Remarks& remarks = {});

/// The same for the subject of a mail: `[FIRING:3] critical: HighErrorRate on checkout, and 2 more`.
std::string subject(const Notification& notification, const Remarks& remarks = {});

/// An alert of several, on one line: `critical: HighErrorRate on checkout (http_route=/pay): 34 % of requests fail`.
std::string line_of(const Notification& notification, const AlertLine& alert);

/// How many of its alerts fire, and how many are over: `2 firing, 1 over`.
std::string count_of(const Notification& notification);

/// Labels that the headline does not say: `http_route=/pay, mountpoint=/var`.
std::string other_labels(const std::vector<measure::Label>& labels);

/// How long it has lasted, of one that has resolved: `12m5s`.
std::string lasted(const Notification& notification);

/// Where people reach the daemon that speaks; empty if it has no such address.
std::string external_url(const Notification& notification);

/// True if a person can follow it: http or https, and nothing that would end it early.
bool is_web_link(std::string_view text);

}  // namespace sonde::notify
