#include <time.h>
// The next one uses timespec without its header.
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string>

#include "base/quantity.h"
#include "probe/icmp_reply.h"
#include "probe/icmp_socket.h"
#include "probe/kinds.h"
#include "probe/phase_timer.h"
#include "probe/random_bytes.h"
#include "probe/socket_fault.h"

namespace sonde::probe {
namespace {

/// Who sends without end must not keep the thread.
constexpr int kMostReceives = 64;
/// With the longest IPv4 header there can be.
constexpr std::size_t kMostPacketBytes = 60 + kEchoBytes;

/// A packet, or the beginning of one of ours and what is said about it.
struct Received {
  std::array<std::byte, kMostPacketBytes> bytes{};
  std::size_t size = 0;
  std::optional<unsigned> hop_limit;
  std::optional<sock_extended_err> error;

  [[nodiscard]] std::span<const std::byte> packet() const { return std::span(bytes).first(size); }
};

template <class T>
T value_of(const cmsghdr& header) {
  T value{};
  std::memcpy(&value, CMSG_DATA(&header), sizeof value);
  return value;
}

void read_control(msghdr& message, Received& received) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    const bool is_v4 = header->cmsg_level == IPPROTO_IP;
    const bool is_v6 = header->cmsg_level == IPPROTO_IPV6;
    if ((is_v4 && header->cmsg_type == IP_TTL) || (is_v6 && header->cmsg_type == IPV6_HOPLIMIT)) {
      received.hop_limit = static_cast<unsigned>(value_of<int>(*header));
    }
    if ((is_v4 && header->cmsg_type == IP_RECVERR) || (is_v6 && header->cmsg_type == IPV6_RECVERR)) {
      received.error = value_of<sock_extended_err>(*header);
    }
  }
}

/// False, and errno, if there is nothing.
bool receive_message(int fd, int flags, std::size_t limit_bytes, Received& received) {
  alignas(cmsghdr) std::array<std::byte, 512> control{};
  iovec buffer{received.bytes.data(), limit_bytes};
  msghdr message{};
  message.msg_iov = &buffer;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = ::recvmsg(fd, &message, flags | MSG_DONTWAIT);
  if (size < 0) return false;
  received.size = static_cast<std::size_t>(size);
  read_control(message, received);
  return true;
}

enum class Stage { kBegin, kWaiting, kOver };

class IcmpConversation final : public Conversation {
 public:
  IcmpConversation(const ProbeTarget& target, const Peer& peer, const Clock& clock)
      : target_(target), peer_(peer), phases_(clock) {
    echo_.ip_protocol = peer.ip_protocol();
    result_.ip_protocol = peer.ip_protocol();
  }

  bool advance() override;
  [[nodiscard]] Wait wait() const override { return {socket_.fd.get(), true, false}; }
  [[nodiscard]] ProbeResult result() const override;

 private:
  void begin();
  [[nodiscard]] bool send_request() const;
  void receive();
  void receive_errors();
  void end(std::string reason);

  const ProbeTarget& target_;
  const Peer peer_;
  PhaseTimer phases_;
  Stage stage_ = Stage::kBegin;
  EchoSocket socket_;
  Echo echo_;
  ProbeResult result_;
};

bool IcmpConversation::advance() {
  if (stage_ == Stage::kBegin) begin();
  if (stage_ == Stage::kWaiting) receive_errors();
  if (stage_ == Stage::kWaiting) receive();
  return stage_ == Stage::kOver;
}

ProbeResult IcmpConversation::result() const {
  ProbeResult result = result_;
  result.phases = phases_.phases();
  if (stage_ != Stage::kOver) result.reason = "no answer within " + format_duration(target_.timeout);
  return result;
}

void IcmpConversation::begin() {
  phases_.enter("setup");
  Result<EchoSocket> opened = open_echo_socket(peer_, random_bytes<std::uint16_t>());
  if (!opened) return end(opened.error().what);
  socket_ = *std::move(opened);
  echo_.identifier = socket_.identifier;
  echo_.sequence = random_bytes<std::uint16_t>();
  echo_.payload = random_bytes<decltype(echo_.payload)>();
  // Before it is sent: on this host the reply can be there when send(2) returns.
  phases_.enter("rtt");
  // The first may fail for what a raw socket heard about another's ping to the same host, and clears that.
  if (!send_request() && !send_request()) return end(describe_socket_error(errno));
  stage_ = Stage::kWaiting;
}

bool IcmpConversation::send_request() const {
  const std::array<std::byte, kEchoBytes> request = echo_request(echo_);
  return ::send(socket_.fd.get(), request.data(), request.size(), MSG_NOSIGNAL) >= 0;
}

/// Errors it reads here are those of receive_errors(), or of others' pings: no reason to end.
void IcmpConversation::receive() {
  for (int i = 0; i < kMostReceives; ++i) {
    Received received;
    const bool is_there = receive_message(socket_.fd.get(), 0, kMostPacketBytes, received);
    if (!is_there && errno == EAGAIN) return;
    if (!is_there || !is_echo_reply(echo_, received.packet(), socket_.has_ip_header)) continue;
    result_.hop_limit = received.hop_limit;
    result_.success = true;
    return end("");
  }
}

/// A raw socket hears of every ping to its host that went wrong. Whose it was says its header; more is not read.
void IcmpConversation::receive_errors() {
  for (int i = 0; i < kMostReceives; ++i) {
    Received received;
    if (!receive_message(socket_.fd.get(), MSG_ERRQUEUE, kEchoHeaderBytes, received)) return;
    if (!received.error || !is_echo_request(echo_, received.packet())) continue;
    const sock_extended_err& error = *received.error;
    const bool is_of_this_host = error.ee_origin == SO_EE_ORIGIN_LOCAL;
    return end(is_of_this_host ? describe_socket_error(static_cast<int>(error.ee_errno))
                               : describe_icmp_error(echo_.ip_protocol, error.ee_type, error.ee_code));
  }
}

void IcmpConversation::end(std::string reason) {
  result_.reason = std::move(reason);
  phases_.end();
  socket_.fd.reset();
  stage_ = Stage::kOver;
}

}  // namespace

std::unique_ptr<Conversation> talk_icmp(const ProbeTarget& target, const Peer& peer, const Clock& clock) {
  return std::make_unique<IcmpConversation>(target, peer, clock);
}

}  // namespace sonde::probe
