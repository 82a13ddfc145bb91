#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/connection_table.h"

namespace sonde::protocol {

/// One system call on a connection.
struct Move {
  decode::Direction direction = decode::Direction::kInbound;
  std::string bytes;
  std::uint64_t last_ns = 0;
  std::uint64_t first_ns = 0;                // 0: the same
  std::size_t captured = std::string::npos;  // 0: nobody copies it, it only shows as progress
};

inline Move in(std::string bytes, std::uint64_t last_ns, std::uint64_t first_ns = 0) {
  return {decode::Direction::kInbound, std::move(bytes), last_ns, first_ns, std::string::npos};
}

inline Move out(std::string bytes, std::uint64_t last_ns) {
  return {decode::Direction::kOutbound, std::move(bytes), last_ns, 0, std::string::npos};
}

inline Move captured(Move move, std::size_t bytes) {
  move.captured = bytes;
  return move;
}

inline Move hidden(Move move) { return captured(std::move(move), 0); }

/// Plays one connection the way the kernel reports it, and writes down each exchange as a line of text.
class Tape {
 public:
  static constexpr decode::SocketCookie kCookie{7};

  explicit Tape(decode::Side side = decode::Side::kServer) {
    decode::ConnectionOpened opened;
    opened.cookie = kCookie;
    opened.side = side;
    table.open(opened, 1);
  }

  Tape& play(const Move& move) {
    if (move.captured == 0) {
      advance(move);
      return *this;
    }
    decode::TrafficSeen seen = begin();
    add(seen, move);
    return send(seen);
  }

  Tape& play(const std::vector<Move>& moves) {
    for (const Move& move : moves) play(move);
    return *this;
  }

  /// Both in one record, as the kernel sends a short request with its response.
  Tape& together(const Move& first, const Move& second) {
    decode::TrafficSeen seen = begin();
    add(seen, first);
    // What the kernel reports as `before` is where the first segment of a direction starts.
    add(seen, second);
    return send(seen);
  }

  Tape& hint() {
    decode::TrafficSeen seen = begin();
    seen.sequence = 0;
    --sequence_;
    return send(seen);
  }

  Tape& lose_record() {
    ++sequence_;
    return *this;
  }

  Tape& end(std::uint64_t at_ns, std::int32_t socket_error = 0, bool closed = true) {
    decode::ConnectionEnded ended;
    ended.cookie = kCookie;
    ended.sequence = ++sequence_;
    ended.closed = closed;
    ended.socket_error = socket_error;
    ended.at = kernel_time(at_ns);
    ended.final_progress = progress_;
    const auto sink = [this](const Exchange& e, const ConnectionContext&) { write_down(e); };
    table.handle(ended, sink);
    for (int round = 0; round < 2; ++round) table.end_round(sink);  // no record comes after this one
    return *this;
  }

  Tape& send(const decode::TrafficSeen& seen) {
    table.handle(seen, [this](const Exchange& e, const ConnectionContext&) { write_down(e); });
    return *this;
  }

  [[nodiscard]] std::uint64_t lost(ProtocolLoss loss) const { return table.losses()[static_cast<std::size_t>(loss)]; }

  [[nodiscard]] std::uint64_t lost() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : table.losses()) sum += count;
    return sum;
  }

  ConnectionTable table;
  std::vector<std::string> lines;   // everything
  std::vector<std::string> titles;  // role, method, path, status and error alone
  bool knows_tails = true;

 private:
  decode::TrafficSeen begin() {
    decode::TrafficSeen seen;
    seen.cookie = kCookie;
    seen.sequence = ++sequence_;
    seen.pid = 42;
    seen.before = progress_;
    return seen;
  }

  void add(decode::TrafficSeen& seen, const Move& move) {
    const auto& progress = progress_[static_cast<std::size_t>(move.direction)];
    decode::Segment& segment = seen.segments[seen.segment_count++];
    segment.direction = move.direction;
    segment.offset_bytes = progress.offset_bytes;
    segment.length_bytes = move.bytes.size();
    segment.last_at = kernel_time(move.last_ns);
    segment.first_at = kernel_time(move.first_ns == 0 ? move.last_ns : move.first_ns);
    segment.bytes = std::string_view{move.bytes}.substr(0, move.captured);
    advance(move);
  }

  void advance(const Move& move) {
    decode::Progress& progress = progress_[static_cast<std::size_t>(move.direction)];
    progress.offset_bytes += move.bytes.size();
    progress.last_at = kernel_time(move.last_ns);
    for (const char c : move.bytes) progress.tail = (progress.tail << 8U) | static_cast<unsigned char>(c);
    if (!knows_tails) progress.tail = 0;
  }

  void write_down(const Exchange& e) {
    std::string title = e.role == Role::kServer ? "server " : "client ";
    title += std::string{name_of(e.method)} + " " + std::string{e.path} + " " + std::to_string(e.status);
    if (e.error != ExchangeError::kNone) title += " " + std::string{name_of(e.error)};
    if (e.upgraded) title += " upgraded";
    titles.push_back(title);
    const auto number = [](const char* name, auto value) { return " " + std::string{name} + std::to_string(value); };
    lines.push_back(title + number("start=", e.start.time_since_epoch().count()) + number("queue=", e.queue.count()) +
                    number("first=", e.time_to_first_byte.count()) + number("took=", e.duration.count()) +
                    number("asked=", e.request_bytes) + number("answered=", e.response_bytes));
  }

  std::array<decode::Progress, 2> progress_;
  std::uint32_t sequence_ = 0;
};

}  // namespace sonde::protocol
