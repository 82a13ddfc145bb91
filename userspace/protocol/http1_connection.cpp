#include "protocol/http1_connection.h"

#include <algorithm>
#include <cerrno>

namespace sonde::protocol {

namespace {

// tcp_write_err() reports the last ICMP error instead of ETIMEDOUT if there was one.
ExchangeError error_of(std::int32_t socket_error) {
  switch (socket_error) {
    case 0:
      return ExchangeError::kConnectionClosed;
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
      return ExchangeError::kTimeout;
    default:
      return ExchangeError::kConnectionReset;
  }
}

}  // namespace

void Http1Connection::join(const decode::TrafficSeen& seen) {
  seen_from_start_ = false;
  next_sequence_ = seen.sequence;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    streams_[i].offset_bytes = seen.before[i].offset_bytes;
    streams_[i].reported_bytes = seen.before[i].offset_bytes;
  }
}

void Http1Connection::handle(const decode::TrafficSeen& seen, const ProtocolOutput& out) {
  if (seen.sequence == 0) return take_hint(seen, out);
  if (out.context.side == decode::Side::kUnknown) seen_from_start_ = false;
  // Two CPUs can pass each other on the way to the ring buffer; the gap has been counted by now.
  if (is_late(seen.sequence, out) && is_behind(seen)) return;
  pid_ = seen.pid;
  for (std::size_t i = 0; i < streams_.size(); ++i) take_progress(streams_[i], seen.before[i], out);
  const std::size_t count = std::min<std::size_t>(seen.segment_count, seen.segments.size());
  for (std::size_t i = 0; i < count; ++i) take_segment(seen.segments[i], out);
}

void Http1Connection::handle(const decode::ConnectionEnded& ended, const ProtocolOutput& out) {
  if (ended.sequence != 0) is_late(ended.sequence, out);
  for (std::size_t i = 0; i < streams_.size(); ++i) take_progress(streams_[i], ended.final_progress[i], out);
  // A client that shuts its half has only finished asking; a server that does so has finished answering.
  const bool asking = request_direction_ == static_cast<std::uint8_t>(decode::Direction::kOutbound);
  if (!role_known_ || opaque_ || (!ended.closed && asking)) return;
  Stream& stream = responses();
  const bool at_close = stream.state == State::kBody && (stream.body.ends_at_close() || stream.body.blind());
  if (at_close && ended.socket_error == 0) end_message(stream, out);
  Ending failure = ending(error_of(ended.socket_error));
  failure.at = ended.at;
  while (pairing_.in_flight() > 0) pairing_.fail(failure, out);
  pairing_.give_up(ProtocolLoss::kUnansweredRequest, out);
  seek(stream);
}

bool Http1Connection::waits_for_progress() const {
  const Stream& stream = responses();
  return role_known_ && !opaque_ && stream.state == State::kBody && pairing_.answering() &&
         !stream.body.ends_at_close();
}

Ending Http1Connection::ending(ExchangeError error) const {
  Ending result;
  result.at = responses().last_at;
  result.response_offset_bytes = responses().offset_bytes;
  result.request_offset_bytes = streams_[request_direction_].offset_bytes;
  result.error = error;
  return result;
}

bool Http1Connection::is_late(std::uint32_t sequence, const ProtocolOutput& out) {
  const auto ahead = static_cast<std::int32_t>(sequence - next_sequence_);
  if (ahead < 0) return true;
  next_sequence_ = sequence + 1;
  if (ahead == 0) return false;
  out.count(ProtocolLoss::kRecordGap);
  seen_from_start_ = false;
  for (Stream& stream : streams_) seek(stream);
  pairing_.give_up(ProtocolLoss::kUnansweredRequest, out);
  return false;
}

bool Http1Connection::is_behind(const decode::TrafficSeen& seen) const {
  const std::size_t count = std::min<std::size_t>(seen.segment_count, seen.segments.size());
  return std::any_of(seen.segments.begin(), seen.segments.begin() + static_cast<std::ptrdiff_t>(count),
                     [this](const decode::Segment& segment) {
                       return segment.offset_bytes < streams_[static_cast<std::size_t>(segment.direction)].offset_bytes;
                     });
}

void Http1Connection::note_moved(Stream& stream, std::uint64_t offset_bytes, const ProtocolOutput& out) {
  if (offset_bytes <= stream.reported_bytes) return;
  out.coverage.total_bytes += offset_bytes - stream.reported_bytes;
  stream.reported_bytes = offset_bytes;
}

// A request can wait in the kernel while a hint already counts its bytes, so a hint only moves the response that is
// being received, and not past its end: what lies beyond is left for the next record to explain.
void Http1Connection::take_hint(const decode::TrafficSeen& seen, const ProtocolOutput& out) {
  for (std::size_t i = 0; i < streams_.size(); ++i) note_moved(streams_[i], seen.before[i].offset_bytes, out);
  if (!waits_for_progress()) return;
  Stream& stream = responses();
  decode::Progress progress = seen.before[1U - request_direction_];
  const std::uint64_t end_bytes = stream.offset_bytes + stream.body.certain_bytes();
  if (stream.body.has_length()) progress.offset_bytes = std::min(progress.offset_bytes, end_bytes);
  take_progress(stream, progress, out);
}

void Http1Connection::end_silent(KernelTime silent_since, const ProtocolOutput& out) {
  Stream& stream = responses();
  if (!waits_for_progress() || !stream.body.is_inferred() || stream.last_at > silent_since) return;
  end_message(stream, out);
}

void Http1Connection::take_progress(Stream& stream, const decode::Progress& progress, const ProtocolOutput& out) {
  note_moved(stream, progress.offset_bytes, out);
  if (opaque_ || progress.offset_bytes < stream.offset_bytes) return;
  if (progress.offset_bytes > stream.offset_bytes) {
    stream.last_at = progress.last_at;
    pass_hidden(stream, progress.offset_bytes - stream.offset_bytes, out);
  }
  look_at_tail(stream, progress.tail, out);
}

void Http1Connection::look_at_tail(Stream& stream, std::uint64_t tail, const ProtocolOutput& out) {
  if (stream.state != State::kBody) return;
  stream.body.look_at_tail(tail);
  if (stream.body.done()) end_message(stream, out);
}

void Http1Connection::take_segment(const decode::Segment& segment, const ProtocolOutput& out) {
  Stream& stream = streams_[static_cast<std::size_t>(segment.direction)];
  const std::uint64_t end_bytes = segment.offset_bytes + segment.length_bytes;
  note_moved(stream, end_bytes, out);
  if (opaque_ || segment.offset_bytes < stream.offset_bytes) return;
  if (segment.offset_bytes > stream.offset_bytes) {
    stream.last_at = segment.first_at;
    pass_hidden(stream, segment.offset_bytes - stream.offset_bytes, out);
  }
  std::string_view left = segment.bytes.substr(0, segment.length_bytes);
  if (starts_next(stream, left)) cut_short(stream, out);
  stream.last_at = segment.last_at;
  if (stream.state == State::kSeek) try_start(stream, left, out);
  while (!left.empty() && stream.state != State::kSeek && !opaque_) {
    const bool in_head = stream.state == State::kHead;
    left.remove_prefix(in_head ? take_head(stream, segment, left, out) : take_body(stream, left, out));
  }
  if (opaque_ || end_bytes == stream.offset_bytes) return;
  pass_hidden(stream, end_bytes - stream.offset_bytes, out);
  look_at_tail(stream, 0, out);
}

/// Steps over bytes nobody copied, up to where stream.last_at is the time.
void Http1Connection::pass_hidden(Stream& stream, std::uint64_t hidden_bytes, const ProtocolOutput& out) {
  if (hidden_bytes == 0) return;
  if (stream.state == State::kHead) lose_boundary(stream, hidden_bytes, out);
  if (stream.state == State::kBody) {
    const std::uint64_t body_bytes = stream.body.skip(hidden_bytes);
    out.coverage.understood_bytes += body_bytes;
    stream.offset_bytes += body_bytes;
    hidden_bytes -= body_bytes;
    if (stream.body.done()) end_message(stream, out);
  }
  if (hidden_bytes == 0) return;
  if (stream.state == State::kHead) lose_boundary(stream, hidden_bytes, out);
  if (stream.state == State::kSeek) skip_unknown(stream, out);
  stream.offset_bytes += hidden_bytes;
}

}  // namespace sonde::protocol
