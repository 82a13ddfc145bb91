// Plays made-up kernel reports of a few connections, true and untrue ones, into the connection table.
// Input: a sequence of commands, each of five bytes and, for a segment, the bytes that were copied.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/connection_table.h"

namespace {

using namespace sonde;

constexpr std::size_t kConnections = 4;
constexpr std::size_t kMaxConnections = 3;

void require(bool holds) {
  if (!holds) std::abort();
}

// One connection as the kernel would see it.
struct Source {
  std::uint32_t sequence = 0;
  std::array<decode::Progress, 2> progress;
};

class Player {
 public:
  Player(const std::uint8_t* data, std::size_t size) : left_(reinterpret_cast<const char*>(data), size) {}

  void play() {
    while (left_.size() >= 5) {
      const std::uint8_t command = byte();
      const std::uint64_t cookie = byte() % kConnections;
      const std::size_t direction = byte() & 1U;
      const std::size_t captured = byte();
      const std::uint64_t hidden = std::uint64_t{byte()} << (command >> 4U);
      step(command & 15U, cookie, direction, captured, hidden);
      check();
    }
  }

 private:
  std::uint8_t byte() {
    const auto value = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return value;
  }

  KernelTime now() { return kernel_time(++time_ns_ * 1000); }

  decode::TrafficSeen record(std::uint64_t cookie) {
    Source& source = sources_[cookie];
    decode::TrafficSeen seen;
    seen.cookie = decode::SocketCookie{cookie};
    seen.sequence = ++source.sequence;
    seen.before = source.progress;
    return seen;
  }

  void add(decode::TrafficSeen& seen, std::size_t direction, std::size_t captured, std::uint64_t hidden) {
    decode::Progress& progress = sources_[static_cast<std::size_t>(seen.cookie)].progress[direction];
    decode::Segment& segment = seen.segments[seen.segment_count++];
    segment.direction = static_cast<decode::Direction>(direction);
    segment.offset_bytes = progress.offset_bytes;
    segment.bytes = left_.substr(0, captured);
    left_.remove_prefix(segment.bytes.size());
    segment.length_bytes = segment.bytes.size() + hidden;
    segment.first_at = segment.last_at = now();
    move(progress, segment.length_bytes);
  }

  void move(decode::Progress& progress, std::uint64_t length_bytes) {
    progress.offset_bytes += length_bytes;
    moved_ += length_bytes;
    progress.last_at = now();
    progress.tail = length_bytes == 5 ? 0x30'0D'0A'0D'0A : length_bytes;
  }

  void deliver(const decode::TrafficSeen& seen) {
    segments_ += seen.segment_count;
    for (const decode::Segment& segment : seen.segments) copied_ += segment.bytes.size();
    table_.handle(seen, sink_);
  }

  void step(unsigned kind, std::uint64_t cookie, std::size_t direction, std::size_t captured, std::uint64_t hidden) {
    Source& source = sources_[cookie];
    decode::TrafficSeen seen;
    switch (kind) {
      case 0:
        return open(cookie, static_cast<decode::Side>(captured % 3));
      case 1:
        return end(cookie, captured, static_cast<std::int32_t>(hidden));
      case 2:
        source.sequence += static_cast<std::uint32_t>(captured) - 1;  // a gap, or a record that comes late
        return;
      case 3:
        seen = record(cookie);
        seen.sequence = 0;
        --source.sequence;
        return deliver(seen);
      case 4:
        return move(source.progress[direction], hidden);
      case 5:
        return table_.end_silent(kernel_time(time_ns_ * 1000 + 2'000'000'000), sink_);
      case 6:
        seen = record(cookie);
        add(seen, direction, captured, 0);
        add(seen, 1 - direction, captured / 2, hidden);
        return deliver(seen);
      case 7:
        seen = record(cookie);
        add(seen, direction, captured, hidden);
        seen.segments[0].offset_bytes += hidden - captured;  // untrue
        untrue_ = true;
        return deliver(seen);
      case 15:
        return table_.end_round(sink_);
      default:
        seen = record(cookie);
        add(seen, direction, captured, kind < 12 ? 0 : hidden);
        return deliver(seen);
    }
  }

  void open(std::uint64_t cookie, decode::Side side) {
    decode::ConnectionOpened opened;
    opened.cookie = decode::SocketCookie{cookie};
    opened.side = side;
    if (table_.find(opened.cookie) == nullptr) begin_anew(cookie);
    table_.open(opened);
  }

  void end(std::uint64_t cookie, std::size_t kind, std::int32_t socket_error) {
    decode::ConnectionEnded ended;
    ended.cookie = decode::SocketCookie{cookie};
    ended.sequence = ++sources_[cookie].sequence;
    ended.closed = kind % 2 == 0;
    ended.socket_error = socket_error;
    ended.at = now();
    ended.final_progress = sources_[cookie].progress;
    table_.handle(ended, sink_);
    if (!ended.closed) return;
    // An end may wait for a record of its connection; nothing more comes of this one, and its cookie is used again
    // here.
    for (int round = 0; round < 2; ++round) table_.end_round(sink_);
    sources_[cookie] = {};
  }

  // The kernel never uses a cookie again; here it becomes another connection, of which no end may wait any more.
  void begin_anew(std::uint64_t cookie) {
    for (int round = 0; round < 2; ++round) table_.end_round(sink_);
    sources_[cookie] = {};
  }

  void check() {
    require(table_.size() <= kMaxConnections);
    require(table_.waiting_connections() <= table_.size());
    // The shortest request line is "A / HTTP/1.1": one that is cut off still has a method and a path.
    require(exchanges_ * 4 <= copied_);
    require(untrue_ || table_.coverage().understood_bytes <= moved_);
    require(untrue_ || table_.coverage().total_bytes <= moved_);
  }

  void take(const protocol::Exchange& exchange) {
    ++exchanges_;
    require(exchange.path.size() <= 512);
    require(exchange.path.find_first_of("?#") == std::string_view::npos);
    require(exchange.duration.count() >= 0 && exchange.queue.count() >= 0 && exchange.time_to_first_byte.count() >= 0);
    require(exchange.duration >= exchange.time_to_first_byte || exchange.status == 0 || untrue_);
    require(exchange.error != protocol::ExchangeError::kNone || exchange.status >= 101);
    require(untrue_ || (exchange.request_bytes > 0 && exchange.response_bytes <= moved_));
  }

  struct Sink {
    Player& player;
    void operator()(const protocol::Exchange& exchange, const protocol::ConnectionContext&) const {
      player.take(exchange);
    }
  };

  std::string_view left_;
  Sink sink_{*this};
  protocol::ConnectionTable table_{kMaxConnections};
  std::array<Source, kConnections> sources_;
  std::uint64_t time_ns_ = 0;
  std::uint64_t moved_ = 0;
  std::uint64_t segments_ = 0;
  std::uint64_t copied_ = 0;
  std::uint64_t exchanges_ = 0;
  bool untrue_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Player{data, size}.play();
  return 0;
}
