#include <netinet/in.h>
#include <poll.h>
#include <re2/re2.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/quantity.h"
#include "base/unique_fd.h"
#include "probe/dns_answer.h"
#include "probe/dns_names.h"
#include "probe/kinds.h"
#include "probe/phase_timer.h"
#include "probe/random_bytes.h"
#include "probe/socket_fault.h"

namespace sonde::probe {
namespace {

/// Before the message, over TCP (RFC 1035 section 4.2.2).
constexpr std::size_t kLengthBytes = 2;
/// Without EDNS nobody may send more than 512.
constexpr std::size_t kMostUdpBytes = 4096;
/// Who sends without end must not keep the thread.
constexpr int kMostReceives = 64;

enum class Stage { kBegin, kConnecting, kSending, kReceiving, kOver };

class DnsConversation final : public Conversation {
 public:
  DnsConversation(const ProbeTarget& target, const Peer& peer, const Clock& clock)
      : target_(target), peer_(peer), phases_(clock), matcher_(target.dns.answer_matches, re2::RE2::Quiet) {
    result_.ip_protocol = peer.ip_protocol();
  }

  bool advance() override;
  [[nodiscard]] Wait wait() const override;
  [[nodiscard]] ProbeResult result() const override;

 private:
  [[nodiscard]] bool is_udp() const { return transport_ == DnsTransport::kUdp; }

  // Each is one step: true if there may be more to do at once.
  bool step();
  bool begin();
  bool open(DnsTransport transport);
  bool finish_connect();
  bool send();
  bool receive();

  bool take_stream(std::string_view bytes);
  bool take_message(std::string_view message);
  void judge(const DnsAnswer& answer);
  bool end(std::string reason);
  [[nodiscard]] std::string timeout_reason() const;

  const ProbeTarget& target_;
  const Peer peer_;
  PhaseTimer phases_;
  const re2::RE2 matcher_;
  Stage stage_ = Stage::kBegin;
  DnsTransport transport_ = DnsTransport::kUdp;
  UniqueFd socket_;
  std::string question_;
  std::string unsent_;
  std::string received_;  // over TCP: what is there of one message and the length before it
  bool saw_foreign_ = false;
  ProbeResult result_;
};

bool DnsConversation::advance() {
  for (int steps = 0; steps < kMostReceives && stage_ != Stage::kOver; ++steps) {
    if (!step()) break;
  }
  return stage_ == Stage::kOver;
}

bool DnsConversation::step() {
  switch (stage_) {
    case Stage::kBegin:
      return begin();
    case Stage::kConnecting:
      return finish_connect();
    case Stage::kSending:
      return send();
    case Stage::kReceiving:
      return receive();
    case Stage::kOver:
      return false;
  }
  return false;
}

Wait DnsConversation::wait() const {
  const bool writes = stage_ == Stage::kConnecting || stage_ == Stage::kSending;
  return {socket_.get(), !writes, writes};
}

ProbeResult DnsConversation::result() const {
  ProbeResult result = result_;
  result.phases = phases_.phases();
  if (stage_ != Stage::kOver) result.reason = timeout_reason();
  return result;
}

bool DnsConversation::begin() {
  const std::optional<std::uint16_t> type = dns_type_number(target_.dns.type);
  if (!type) return end("there is no type " + target_.dns.type + " of records");
  if (!matcher_.ok()) return end("answer_matches is no regular expression (RE2)");
  Result<std::string> question = dns_question(target_.dns.query, *type, random_bytes<std::uint16_t>());
  if (!question) return end(question.error().what);
  question_ = *std::move(question);
  return open(target_.dns.transport);
}

bool DnsConversation::open(DnsTransport transport) {
  phases_.enter("connect");
  transport_ = transport;
  received_.clear();
  unsent_ = question_;
  if (!is_udp()) {
    unsent_.insert(unsent_.begin(), static_cast<char>(question_.size() & 0xFFU));
    unsent_.insert(unsent_.begin(), static_cast<char>(question_.size() >> 8U));
  }
  const int type = (is_udp() ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
  socket_.reset(::socket(peer_.address.ss_family, type, 0));
  if (!socket_) return end(describe_socket_error(errno));
  if (is_udp()) {
    // Otherwise a router's "no route" is not told to a datagram socket (ip(7)).
    const int on = 1;
    if (peer_.ip_protocol() == 4) ::setsockopt(socket_.get(), IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    if (peer_.ip_protocol() == 6) ::setsockopt(socket_.get(), IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
  }
  stage_ = Stage::kConnecting;
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&peer_.address), peer_.length) == 0) return true;
  return errno == EINPROGRESS ? true : end(describe_socket_error(errno));
}

bool DnsConversation::finish_connect() {
  pollfd polled{socket_.get(), POLLOUT, 0};
  if (::poll(&polled, 1, 0) <= 0) return false;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return end(describe_socket_error(error));
  phases_.enter("request");
  stage_ = Stage::kSending;
  return true;
}

bool DnsConversation::send() {
  const ssize_t sent = ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno == EAGAIN) return false;
  if (sent < 0) return end(describe_socket_error(errno));
  unsent_.erase(0, static_cast<std::size_t>(sent));
  if (unsent_.empty()) stage_ = Stage::kReceiving;
  return true;
}

bool DnsConversation::receive() {
  std::array<char, kMostUdpBytes> bytes{};
  const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
  if (got < 0 && errno == EAGAIN) return false;
  if (got < 0) return end(describe_socket_error(errno));
  const std::string_view taken(bytes.data(), static_cast<std::size_t>(got));
  return is_udp() ? take_message(taken) : take_stream(taken);
}

/// Takes whole messages off what was received; what is kept never exceeds one of them and one receive.
bool DnsConversation::take_stream(std::string_view bytes) {
  if (bytes.empty()) {
    return end(received_.empty() ? "the connection was closed without an answer"
                                 : "the connection was closed before the answer was complete");
  }
  received_ += bytes;
  while (stage_ == Stage::kReceiving && received_.size() >= kLengthBytes) {
    const std::size_t length =
        static_cast<unsigned char>(received_[0]) * 256U + static_cast<unsigned char>(received_[1]);
    if (received_.size() < kLengthBytes + length) break;
    const std::string message = received_.substr(kLengthBytes, length);
    received_.erase(0, kLengthBytes + length);
    take_message(message);
  }
  return true;
}

bool DnsConversation::take_message(std::string_view message) {
  const DnsAnswer answer = read_dns_answer(question_, message);
  switch (answer.fit) {
    case DnsFit::kForeign:
      saw_foreign_ = true;
      return true;
    case DnsFit::kBroken:
      return end("the answer is not DNS");
    case DnsFit::kTruncated:
      return is_udp() ? open(DnsTransport::kTcp) : end("the answer is cut off, over TCP too");
    case DnsFit::kAnswer:
      judge(answer);
      return false;
  }
  return false;
}

void DnsConversation::judge(const DnsAnswer& answer) {
  result_.records = answer.records;
  if (dns_rcode_number(target_.dns.rcode) != answer.rcode) {
    end("the answer is " + dns_rcode_name(answer.rcode) + ", not " + target_.dns.rcode);
    return;
  }
  const bool matches = target_.dns.answer_matches.empty() ||
                       std::any_of(answer.answers.begin(), answer.answers.end(), [this](const std::string& record) {
                         return re2::RE2::PartialMatch(record, matcher_);
                       });
  if (!matches) {
    result_.failed_by_body = true;
    end(answer.answers.empty() ? "the answer has no record"
                               : "no record of the answer matches " + target_.dns.answer_matches);
    return;
  }
  result_.success = true;
  end("");
}

/// Ends it for a reason, or without one if all is well. Always false.
bool DnsConversation::end(std::string reason) {
  result_.reason = std::move(reason);
  phases_.end();
  socket_.reset();
  stage_ = Stage::kOver;
  return false;
}

std::string DnsConversation::timeout_reason() const {
  const std::string within = " within " + format_duration(target_.timeout);
  if (stage_ == Stage::kConnecting) return "no connection" + within;
  if (!received_.empty()) return "the answer was not complete" + within;
  if (saw_foreign_) return "no answer" + within + ", only messages that do not belong to the question";
  return (is_udp() ? "no answer" : "connected, and no answer") + within;
}

}  // namespace

std::unique_ptr<Conversation> talk_dns(const ProbeTarget& target, const Peer& peer, const Clock& clock) {
  return std::make_unique<DnsConversation>(target, peer, clock);
}

}  // namespace sonde::probe
