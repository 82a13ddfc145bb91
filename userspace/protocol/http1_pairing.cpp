#include "protocol/http1_pairing.h"

#include <algorithm>
#include <chrono>

namespace sonde::protocol {

namespace {

// Longer than any route; what is beyond only costs memory.
constexpr std::size_t kMaxPathBytes = 512;

// How late the hook of a send can run after the answer to what it sent was received: its thread may lose the CPU.
constexpr std::chrono::milliseconds kLateSend{10};

std::chrono::nanoseconds since(KernelTime start, KernelTime at) {
  return std::max(std::chrono::nanoseconds{0}, at - start);
}

bool is_interim(std::uint16_t status) { return status < 200 && status != 101; }

}  // namespace

void Http1Pairing::add_request(const RequestHead& head, const MessageStart& start, std::int32_t pid,
                               const ProtocolOutput& out) {
  const bool answered = answered_early_ && start.last_at <= early_at_ + kLateSend;
  answered_early_ = false;
  if (answered) return;
  PendingRequest* const request = requests_.push();
  if (request == nullptr) {
    out.count(ProtocolLoss::kTooManyPending);
    ++requests_.back().lost_after;
    return;
  }
  request->method = head.method;
  request->pid = pid;
  request->offset_bytes = start.offset_bytes;
  request->first_at = start.first_at;
  request->last_at = start.last_at;
  request->path.assign(head.path.substr(0, kMaxPathBytes));
}

void Http1Pairing::announce_size(std::uint64_t size_bytes) {
  if (!requests_.empty() && !requests_.back().whole) requests_.back().size_bytes = size_bytes;
}

void Http1Pairing::end_request(std::uint64_t offset_bytes) {
  if (requests_.empty() || requests_.back().whole) return;
  requests_.back().whole = true;
  requests_.back().size_bytes = offset_bytes - requests_.back().offset_bytes;
}

void Http1Pairing::lose_request(const ProtocolOutput& out) {
  out.count(ProtocolLoss::kHeadTruncated);
  ++(requests_.empty() ? lost_responses_ : requests_.back().lost_after);
}

void Http1Pairing::give_up(ProtocolLoss reason, const ProtocolOutput& out) {
  out.count(reason, requests_.size());
  requests_.clear();
  lost_responses_ = 0;
  answer_ = {};
  may_answer_early_ = false;
}

Http1Pairing::Match Http1Pairing::match(std::uint16_t status, const MessageStart& start, const ProtocolOutput& out) {
  const bool paired = lost_responses_ == 0 && !requests_.empty();
  if (!answer_.begun) answer_ = Answer{true, paired, 0, start.offset_bytes, {}, {}};
  if (is_interim(status)) return Match::kInterim;
  answer_.paired = paired;
  answer_.status = status;
  answer_.first_at = start.first_at;
  answer_.last_at = start.last_at;
  if (lost_responses_ == 0 && !paired) {
    out.count(ProtocolLoss::kUnmatchedResponse);
    note_early(start.last_at);
  }
  return paired ? Match::kPaired : Match::kUnpaired;
}

// A client's reading thread can be seen before its writing thread. Were the late request queued, every further response
// of the connection would go to the request before its own. Once per exchange, lest it repeat for ever.
void Http1Pairing::note_early(KernelTime at) {
  answered_early_ = may_answer_early_ && role_ == Role::kClient;
  may_answer_early_ = false;
  early_at_ = at;
}

void Http1Pairing::finish(const Ending& ending, const ProtocolOutput& out) {
  if (answer_.paired) return fail(ending, out);
  answer_ = {};
  if (lost_responses_ > 0) --lost_responses_;
}

void Http1Pairing::fail(const Ending& ending, const ProtocolOutput& out) {
  if (requests_.empty()) return;
  if (!answer_.paired) answer_ = {};
  emit(ending, out);
  lost_responses_ += requests_.front().lost_after;
  requests_.pop();
  answer_ = {};
  may_answer_early_ = true;
}

HttpMethod Http1Pairing::method() const {
  return requests_.empty() || lost_responses_ > 0 ? HttpMethod::kGet : requests_.front().method;
}

void Http1Pairing::emit(const Ending& ending, const ProtocolOutput& out) {
  const PendingRequest& request = requests_.front();
  const bool server = role_ == Role::kServer;
  Exchange exchange;
  exchange.cookie = out.context.cookie;
  exchange.role = role_;
  exchange.method = request.method;
  exchange.status = answer_.status;
  exchange.error = ending.error;
  exchange.upgraded = ending.upgraded;
  exchange.pid = request.pid;
  exchange.path = request.path;
  exchange.start = server ? request.first_at : request.last_at;
  if (server) exchange.queue = since(request.first_at, request.last_at);
  if (answer_.status != 0) {
    exchange.time_to_first_byte = since(exchange.start, server ? answer_.last_at : answer_.first_at);
  }
  // A reset can end the connection inside the very call that sends: then the end is earlier than the bytes before it.
  exchange.duration = std::max(since(exchange.start, ending.at), exchange.time_to_first_byte);
  // A body that nobody copied can be over before anybody says so; only on failure it is known to be unfinished.
  const bool sized = request.whole || (request.size_bytes > 0 && ending.error == ExchangeError::kNone);
  exchange.request_bytes = sized ? request.size_bytes : ending.request_offset_bytes - request.offset_bytes;
  if (answer_.begun) exchange.response_bytes = ending.response_offset_bytes - answer_.offset_bytes;
  out.sink(exchange, out.context);
}

}  // namespace sonde::protocol
