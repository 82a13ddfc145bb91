#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alerts/matcher.h"
#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"

namespace sonde::alerts {

/// What silences may be.
struct SilenceLimits {
  std::size_t max_silences = 10'000;    ///< that have not expired
  std::size_t max_bytes = 16U * 1024U;  ///< of one: its matchers, author and comment
  std::chrono::nanoseconds max_length = std::chrono::hours{24 * 30};
  std::chrono::nanoseconds keep_expired = std::chrono::hours{24 * 5};
};

/// What somebody asks for.
struct SilenceRequest {
  std::string id{};  ///< of the silence that is to change; empty: a new one
  std::vector<store::Matcher> matchers;
  std::optional<WallTime> starts_at{};  ///< now if it is not given, or over
  WallTime ends_at;
  std::string author;
  std::string comment;
};

/// What came of a request or an end.
struct SilenceChange {
  std::string id;                ///< under which it is found from now on
  std::vector<Silence> written;  ///< all that has changed, as it is now; nothing: it was so already
};

SilenceState state_of(const Silence& silence, WallTime now);

/// Which alerts nobody wants to hear of for a while. A value: whoever holds it keeps what it says has changed.
///
/// Each change under the same id makes another version of the silence; versions before it are the keeper's business.
/// What has expired stays to be looked at, and is let go after SilenceLimits::keep_expired. threads: one at a time.
class SilenceBook {
 public:
  explicit SilenceBook(SilenceLimits limits = {}) : limits_(limits) {}

  /// Takes what was kept, whatever the limits.
  /// errors: kBadInput for a silence that could not be asked for, which is left out; the others are taken.
  Result<> restore(std::span<const Silence> silences, WallTime now);

  /// Adds a silence, or changes one: its end, author and comment under its own id; and its start, if it has not begun.
  /// Other matchers, another start of what has begun, and anything of what has expired, make another silence, `new_id`,
  /// and end the one there was.
  /// errors: kBadInput, how to mend it; kNotFound for an id that is not there; kLimit. Nothing has changed then.
  Result<SilenceChange> set(const SilenceRequest& request, const std::string& new_id, WallTime now);

  /// Ends a silence at once; one that has ended stays as it is.  errors: kNotFound.
  Result<SilenceChange> expire(const std::string& id, WallTime now);

  /// The ids of the active silences that hold an alert back, sorted.
  [[nodiscard]] std::vector<std::string> muting(const store::Labels& labels, WallTime now) const;

  [[nodiscard]] const Silence* find(const std::string& id) const;

  /// Those in one of `states` (none given: in any) for whose own matchers all of `matchers` hold, as if they were
  /// labels with their values. So does Alertmanager's filter. shape: active ones first, by their end, then pending
  /// ones, by their start, then expired ones, the last first. errors: of check_matcher.
  [[nodiscard]] Result<std::vector<Silence>> query(std::span<const store::Matcher> matchers,
                                                   std::span<const SilenceState> states, WallTime now) const;

  /// Lets go what expired long ago; says which.
  std::vector<std::string> prune(WallTime now);

  [[nodiscard]] std::size_t size() const { return silences_.size(); }

 private:
  struct Held {
    Silence silence;
    MatcherSet matchers;
  };

  [[nodiscard]] Result<> check_request(const SilenceRequest& request, const MatcherSet& matchers, WallTime now) const;
  [[nodiscard]] Result<> check_room(const SilenceRequest& request, WallTime now) const;
  Silence end(Held& held, WallTime now);

  SilenceLimits limits_;
  std::map<std::string, Held> silences_;  // by id
};

/// Of alerts of the past, those that a silence with these matchers would have held back within `back` before `now`: all
/// that fit and fired in that time, if only for a moment.  errors: of check_matcher.
Result<std::vector<PastAlert>> preview_silence(std::span<const store::Matcher> matchers,
                                               std::span<const PastAlert> past, WallTime now,
                                               std::chrono::nanoseconds back = std::chrono::hours{24 * 7});

}  // namespace sonde::alerts
