#include "alerts/silence_book.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "alerts/label_set.h"
#include "base/quantity.h"
#include "base/utf8.h"

namespace sonde::alerts {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

Error refuse(std::string what) { return Error{Code::kBadInput, std::move(what)}; }

std::size_t bytes_of(const SilenceRequest& request) {
  std::size_t bytes = request.author.size() + request.comment.size();
  for (const store::Matcher& matcher : request.matchers) bytes += matcher.name.size() + matcher.value.size();
  return bytes;
}

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

/// Whether a silence can become what is asked for under its own id.
bool can_change(const Silence& silence, const SilenceRequest& request, WallTime now) {
  if (silence.matchers != request.matchers) return false;
  const WallTime starts_at = request.starts_at.value_or(silence.starts_at);
  switch (state_of(silence, now)) {
    case SilenceState::kExpired:
      return false;
    case SilenceState::kActive:
      // Clients that read a silence and write it back have cut its times: amtool to milliseconds.
      return floor<seconds>(starts_at) == floor<seconds>(silence.starts_at);
    case SilenceState::kPending:
      return starts_at >= now;
  }
  std::abort();
}

Silence changed(const Silence& silence, const SilenceRequest& request, WallTime now) {
  Silence after = silence;
  if (state_of(silence, now) == SilenceState::kPending) after.starts_at = request.starts_at.value_or(silence.starts_at);
  after.ends_at = request.ends_at;
  after.author = request.author;
  after.comment = request.comment;
  if (after == silence) return silence;
  after.updated_at = now;
  ++after.version;
  return after;
}

/// What a filter is asked about: the silence's own matchers, as if they were labels.
store::Labels as_labels(const Silence& silence) {
  store::Labels labels;
  for (const store::Matcher& matcher : silence.matchers) labels.push_back({matcher.name, matcher.value});
  return labels;
}

int rank_of(SilenceState state) {
  switch (state) {
    case SilenceState::kActive:
      return 0;
    case SilenceState::kPending:
      return 1;
    case SilenceState::kExpired:
      return 2;
  }
  std::abort();
}

/// Orders silences for people: what matters now comes first.
auto order_of(const Silence& silence, WallTime now) {
  const SilenceState state = state_of(silence, now);
  const WallTime at = state == SilenceState::kPending ? silence.starts_at : silence.ends_at;
  const auto since = at.time_since_epoch();
  return std::tuple(rank_of(state), state == SilenceState::kExpired ? -since : since, silence.id);
}

}  // namespace

SilenceState state_of(const Silence& silence, WallTime now) {
  if (now < silence.starts_at) return SilenceState::kPending;
  return now < silence.ends_at ? SilenceState::kActive : SilenceState::kExpired;
}

Result<> SilenceBook::restore(std::span<const Silence> silences, WallTime now) {
  std::string faults;
  for (const Silence& silence : silences) {
    if (state_of(silence, now) == SilenceState::kExpired && silence.ends_at + limits_.keep_expired < now) continue;
    auto matchers = MatcherSet::compile(silence.matchers);
    if (matchers) {
      silences_.insert_or_assign(silence.id, Held{silence, *std::move(matchers)});
    } else {
      faults += (faults.empty() ? "" : "; ") + ("silence " + silence.id + ": " + matchers.error().what);
    }
  }
  if (faults.empty()) return Ok{};
  return refuse(std::move(faults));
}

Result<> SilenceBook::check_request(const SilenceRequest& request, const MatcherSet& matchers, WallTime now) const {
  const WallTime starts_at = std::max(request.starts_at.value_or(now), now);
  if (request.matchers.empty()) return refuse("a silence needs at least one matcher, such as alertname=\"DiskFull\"");
  if (matchers.matches_nothing_given()) {
    return refuse("every matcher of this silence fits alerts that lack the label, so that it would silence nearly " +
                  std::string("everything: add one that does not, such as alertname=\"DiskFull\""));
  }
  if (is_blank(request.author)) return refuse("a silence needs an author (createdBy): somebody will ask");
  if (is_blank(request.comment)) return refuse("a silence needs a comment: say why");
  if (!is_valid_utf8(request.author) || !is_valid_utf8(request.comment)) {
    return refuse("author and comment of a silence must be UTF-8");
  }
  if (request.ends_at <= request.starts_at.value_or(now)) return refuse("a silence must end after it starts");
  if (request.ends_at <= now) return refuse("a silence must not end in the past");
  if (request.ends_at - starts_at > limits_.max_length) {
    return refuse("a silence may last " + format_duration(limits_.max_length) +
                  " at most: for longer, mend the rule or write a maintenance window");
  }
  return Ok{};
}

Result<> SilenceBook::check_room(const SilenceRequest& request, WallTime now) const {
  const auto in_use = std::ranges::count_if(
      silences_, [now](const auto& row) { return state_of(row.second.silence, now) != SilenceState::kExpired; });
  if (static_cast<std::size_t>(in_use) >= limits_.max_silences) {
    return Error{Code::kLimit, "there are " + std::to_string(in_use) +
                                   " silences already, which is the limit: expire some, or let one matcher say more"};
  }
  if (bytes_of(request) <= limits_.max_bytes) return Ok{};
  return Error{Code::kLimit, "this silence has more than " + std::to_string(limits_.max_bytes) +
                                 " bytes, which is the limit: shorten its comment or its matchers"};
}

Result<SilenceChange> SilenceBook::set(const SilenceRequest& request, const std::string& new_id, WallTime now) {
  MatcherSet matchers = SONDE_TRY(MatcherSet::compile(request.matchers));
  SONDE_TRY(check_request(request, matchers, now));
  const auto found = silences_.find(request.id);
  if (!request.id.empty() && found == silences_.end()) {
    return Error{Code::kNotFound, "there is no silence with this id; without an id, a new one is made"};
  }
  SilenceChange change{.id = new_id, .written = {}};
  if (found != silences_.end() && can_change(found->second.silence, request, now)) {
    if (bytes_of(request) > limits_.max_bytes) return check_room(request, now).error();
    Silence after = changed(found->second.silence, request, now);
    if (after.version != found->second.silence.version) change.written.push_back(after);
    change.id = after.id;
    found->second.silence = std::move(after);
    return change;
  }
  SONDE_TRY(check_room(request, now));
  if (found != silences_.end() && state_of(found->second.silence, now) != SilenceState::kExpired) {
    change.written.push_back(end(found->second, now));
  }
  Silence silence{.id = new_id,
                  .version = 1,
                  .matchers = request.matchers,
                  .starts_at = std::max(request.starts_at.value_or(now), now),
                  .ends_at = request.ends_at,
                  .updated_at = now,
                  .author = request.author,
                  .comment = request.comment};
  change.written.push_back(silence);
  silences_.insert_or_assign(new_id, Held{std::move(silence), std::move(matchers)});
  return change;
}

Silence SilenceBook::end(Held& held, WallTime now) {
  Silence& silence = held.silence;
  silence.starts_at = std::min(silence.starts_at, now);
  silence.ends_at = now;
  silence.updated_at = now;
  ++silence.version;
  return silence;
}

Result<SilenceChange> SilenceBook::expire(const std::string& id, WallTime now) {
  const auto found = silences_.find(id);
  if (found == silences_.end()) return Error{Code::kNotFound, "there is no silence with this id"};
  SilenceChange change{.id = id, .written = {}};
  if (state_of(found->second.silence, now) != SilenceState::kExpired) {
    change.written.push_back(end(found->second, now));
  }
  return change;
}

std::vector<std::string> SilenceBook::muting(const store::Labels& labels, WallTime now) const {
  std::vector<std::string> ids;
  for (const auto& [id, held] : silences_) {
    if (state_of(held.silence, now) == SilenceState::kActive && held.matchers.matches(labels)) ids.push_back(id);
  }
  return ids;
}

const Silence* SilenceBook::find(const std::string& id) const {
  const auto found = silences_.find(id);
  return found == silences_.end() ? nullptr : &found->second.silence;
}

Result<std::vector<Silence>> SilenceBook::query(std::span<const store::Matcher> matchers,
                                                std::span<const SilenceState> states, WallTime now) const {
  const MatcherSet filter = SONDE_TRY(MatcherSet::compile(matchers));
  std::vector<Silence> found;
  for (const auto& [id, held] : silences_) {
    const bool is_wanted = states.empty() || std::ranges::find(states, state_of(held.silence, now)) != states.end();
    if (is_wanted && filter.matches(as_labels(held.silence))) found.push_back(held.silence);
  }
  std::ranges::sort(
      found, [now](const Silence& left, const Silence& right) { return order_of(left, now) < order_of(right, now); });
  return found;
}

std::vector<std::string> SilenceBook::prune(WallTime now) {
  std::vector<std::string> gone;
  std::erase_if(silences_, [&](const auto& row) {
    if (row.second.silence.ends_at + limits_.keep_expired >= now) return false;
    gone.push_back(row.first);
    return true;
  });
  return gone;
}

Result<std::vector<PastAlert>> preview_silence(std::span<const store::Matcher> matchers,
                                               std::span<const PastAlert> past, WallTime now,
                                               std::chrono::nanoseconds back) {
  const MatcherSet set = SONDE_TRY(MatcherSet::compile(matchers));
  std::vector<PastAlert> found;
  std::ranges::copy_if(past, std::back_inserter(found), [&](const PastAlert& alert) {
    const bool was_firing = alert.fired_at < now && (!alert.cleared_at || *alert.cleared_at > now - back);
    return was_firing && set.matches(alert.labels);
  });
  return found;
}

}  // namespace sonde::alerts
