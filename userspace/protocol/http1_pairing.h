#pragma once

#include <cstdint>

#include "base/clock.h"
#include "protocol/exchange_sink.h"
#include "protocol/http1_head.h"
#include "protocol/request_queue.h"
#include "protocol/types.h"

namespace sonde::protocol {

/// Where in its direction a message starts, and the times of the segment its first byte came in.
struct MessageStart {
  std::uint64_t offset_bytes = 0;
  KernelTime first_at;
  KernelTime last_at;
};

/// How a response ended.
struct Ending {
  KernelTime at;
  std::uint64_t response_offset_bytes = 0;  ///< how far the responses' direction has come
  std::uint64_t request_offset_bytes = 0;   ///< how far the requests' direction has come
  ExchangeError error = ExchangeError::kNone;
  bool upgraded = false;
};

/// Gives every response of a connection to the request it answers: responses come in the order of the requests
/// (RFC 9112 section 9.3.2), interim ones before the final one (RFC 9110 section 15.2).
class Http1Pairing {
 public:
  /// What a response head turned out to be.
  enum class Match : std::uint8_t {
    kPaired,    ///< the final response to the oldest request
    kUnpaired,  ///< a final response to a request that is counted as lost, or to none (then it is counted itself)
    kInterim,   ///< another head follows
  };

  void set_role(Role role) { role_ = role; }

  /// Queues a request.  shape: `path` is copied.
  void add_request(const RequestHead& head, const MessageStart& start, std::int32_t pid, const ProtocolOutput& out);
  /// The newest request will be this long if it ends in order.
  void announce_size(std::uint64_t size_bytes);
  /// The newest request has ended at this offset.
  void end_request(std::uint64_t offset_bytes);
  /// A request came that could not be read; its response will come.
  void lose_request(const ProtocolOutput& out);
  /// Everything in flight is lost, for this reason, and so are its responses.
  void give_up(ProtocolLoss reason, const ProtocolOutput& out);

  /// A response head has come.
  Match match(std::uint16_t status, const MessageStart& start, const ProtocolOutput& out);
  /// The response whose head came last has ended.
  void finish(const Ending& ending, const ProtocolOutput& out);
  /// The oldest request is answered in this way, whether or not a response head was seen.
  void fail(const Ending& ending, const ProtocolOutput& out);

  /// What is being answered, or would be next.  shape: kGet where it is not known.
  [[nodiscard]] HttpMethod method() const;
  [[nodiscard]] std::size_t in_flight() const { return requests_.size(); }
  [[nodiscard]] bool expects_lost() const { return lost_responses_ > 0; }
  [[nodiscard]] bool answering() const { return answer_.status != 0 && answer_.paired; }

 private:
  struct Answer {
    bool begun = false;   // also by an interim response
    bool paired = false;  // false: what it answers was lost
    std::uint16_t status = 0;
    std::uint64_t offset_bytes = 0;
    KernelTime first_at;
    KernelTime last_at;
  };

  void note_early(KernelTime at);
  void emit(const Ending& ending, const ProtocolOutput& out);

  RequestQueue requests_;
  Answer answer_;
  std::uint32_t lost_responses_ = 0;  // due before that of the oldest queued request
  Role role_ = Role::kServer;
  bool may_answer_early_ = false;
  bool answered_early_ = false;  // at early_at_: the request of that answer is yet to be seen
  KernelTime early_at_;
};

}  // namespace sonde::protocol
