#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "decode/types.h"
#include "protocol/exchange_sink.h"
#include "protocol/http1_body.h"
#include "protocol/http1_head.h"
#include "protocol/http1_pairing.h"
#include "protocol/types.h"

namespace sonde::protocol {

/// Rebuilds the HTTP/1.x exchanges of one connection (RFC 9112) from what the kernel reports of it.
///
/// It starts knowing neither where messages begin nor who asks: both follow from the first segment that starts with a
/// request. When it loses its place (records or bytes are missing) it counts what was in flight and starts over; it
/// never guesses which request a response belongs to.  threads: one at a time.
class Http1Connection {
 public:
  /// The connection was open before its first record seen, which is this one.
  void join(const decode::TrafficSeen& seen);

  void handle(const decode::TrafficSeen& seen, const ProtocolOutput& out);
  void handle(const decode::ConnectionEnded& ended, const ProtocolOutput& out);

  /// Ends the response that is being received if its head told no length that was seen, and nothing came since then.
  void end_silent(KernelTime silent_since, const ProtocolOutput& out);

  /// The connection leaves the table without having ended: what is in flight is counted as lost.
  void abandon(const ProtocolOutput& out) { pairing_.give_up(ProtocolLoss::kUnansweredRequest, out); }

  /// True if a sweep's hint could end the exchange that is being answered.
  [[nodiscard]] bool waits_for_progress() const;
  /// True if records before this one have not come yet.
  [[nodiscard]] bool misses_records_before(std::uint32_t sequence) const {
    return sequence != 0 && static_cast<std::int32_t>(sequence - next_sequence_) > 0;
  }
  [[nodiscard]] bool idle() const { return pairing_.in_flight() == 0; }

 private:
  enum class State : std::uint8_t { kSeek, kHead, kBody };

  // One direction of the connection.
  struct Stream {
    State state = State::kSeek;
    bool sure = false;      // a message must start here; otherwise it only looks like one
    bool requests = false;  // what is being read is a request
    std::uint64_t offset_bytes = 0;
    std::uint64_t reported_bytes = 0;  // how far the kernel said it was
    KernelTime last_at;                // when the bytes up to offset_bytes moved
    MessageStart message;
    Http1Body body;
    std::string partial_head;
  };

  // Records, http1_connection.cpp.
  bool is_late(std::uint32_t sequence, const ProtocolOutput& out);
  [[nodiscard]] bool is_behind(const decode::TrafficSeen& seen) const;
  void take_hint(const decode::TrafficSeen& seen, const ProtocolOutput& out);
  void take_progress(Stream& stream, const decode::Progress& progress, const ProtocolOutput& out);
  void look_at_tail(Stream& stream, std::uint64_t tail, const ProtocolOutput& out);
  void take_segment(const decode::Segment& segment, const ProtocolOutput& out);
  void pass_hidden(Stream& stream, std::uint64_t hidden_bytes, const ProtocolOutput& out);
  static void note_moved(Stream& stream, std::uint64_t offset_bytes, const ProtocolOutput& out);

  // Messages, http1_messages.cpp.
  bool try_start(Stream& stream, std::string_view bytes, const ProtocolOutput& out);
  [[nodiscard]] bool starts_next(const Stream& stream, std::string_view bytes) const;
  std::size_t take_head(Stream& stream, const decode::Segment& segment, std::string_view left,
                        const ProtocolOutput& out);
  std::size_t take_body(Stream& stream, std::string_view left, const ProtocolOutput& out);
  void begin_request(Stream& stream, const RequestHead& head, const ProtocolOutput& out);
  void begin_response(Stream& stream, const ResponseHead& head, const ProtocolOutput& out);
  void begin_response_body(Stream& stream, const BodyFields& fields, const ProtocolOutput& out);
  void end_message(Stream& stream, const ProtocolOutput& out);
  void cut_short(Stream& stream, const ProtocolOutput& out);
  void end_upgraded(const ProtocolOutput& out);
  void refuse(Stream& stream, const ProtocolOutput& out);
  void lose_boundary(Stream& stream, std::uint64_t hidden_bytes, const ProtocolOutput& out);
  void lose_request_boundary(Stream& stream, std::uint64_t hidden_bytes, const ProtocolOutput& out);
  void lose_response_boundary(Stream& stream, const ProtocolOutput& out);
  bool infer_response(Stream& stream, const ProtocolOutput& out);
  void skip_unknown(const Stream& stream, const ProtocolOutput& out);
  void set_role(const Stream& requests);
  static void seek(Stream& stream);
  static void follow(Stream& stream, const Http1Body& body);

  [[nodiscard]] Stream& requests() { return streams_[request_direction_]; }
  [[nodiscard]] Stream& responses() { return streams_[1U - request_direction_]; }
  [[nodiscard]] const Stream& responses() const { return streams_[1U - request_direction_]; }
  [[nodiscard]] bool answers(const Stream& stream) const { return role_known_ && &stream == &responses(); }
  [[nodiscard]] Ending ending(ExchangeError error = ExchangeError::kNone) const;

  std::array<Stream, 2> streams_;  // by Direction
  Http1Pairing pairing_;
  std::uint32_t next_sequence_ = 1;
  std::int32_t pid_ = 0;
  std::uint8_t request_direction_ = 0;
  bool role_known_ = false;
  bool opaque_ = false;          // upgraded: what follows is another protocol
  bool seen_from_start_ = true;  // nothing is missing since the connection was opened
};

}  // namespace sonde::protocol
