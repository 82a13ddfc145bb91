#include "probe/stream_attempt.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/quantity.h"
#include "probe/target_address.h"

namespace sonde::probe {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kMostAnswerBytes = 64U << 10U;

std::string url_of(const StreamParts& parts) {
  const Question question = question_of(parts.target);
  const bool is_v6 = question.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + question.host + "]" : question.host;
  return (parts.uses_tls ? "https://" : "http://") + host + ":" + std::to_string(question.port);
}

}  // namespace

StreamAttempt::StreamAttempt(const StreamParts& parts, std::unique_ptr<Dialogue> dialogue)
    : parts_(parts), dialogue_(std::move(dialogue)), transfer_(parts.target, url_of(parts), parts.loop) {
  if (transfer_.handle() != nullptr) {
    curl_easy_setopt(transfer_.handle(), CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(transfer_.handle(), CURLOPT_SSL_ENABLE_ALPN, 0L);
  }
  transfer_.begin(parts.token);
}

StreamAttempt::~StreamAttempt() {
  if (socket_ >= 0) parts_.loop.forget(socket_);
}

bool StreamAttempt::advance() {
  if (opinion_) return true;
  const auto code = transfer_.ended();
  if (!code) return false;
  if (*code != CURLE_OK) return true;
  if (!connected_at_ && begin_dialogue()) return true;
  return talk();
}

/// True if it is over already.
bool StreamAttempt::begin_dialogue() {
  connected_at_ = parts_.clock.kernel_now();
  to_send_ = dialogue_->opening();
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (curl_easy_getinfo(transfer_.handle(), CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK || socket == CURL_SOCKET_BAD) {
    opinion_ = Opinion{.reason = "the connection broke"};
    return true;
  }
  socket_ = static_cast<int>(socket);
  return false;
}

bool StreamAttempt::talk() {
  if (!send_rest()) return true;
  if (!to_send_.empty()) {
    parts_.loop.watch({.fd = socket_, .read = true, .write = true}, parts_.token);
    return false;
  }
  if (conclude(false)) return true;
  return receive();
}

/// False if the connection broke.
bool StreamAttempt::send_rest() {
  while (!to_send_.empty()) {
    std::size_t sent = 0;
    const CURLcode code = curl_easy_send(transfer_.handle(), to_send_.data(), to_send_.size(), &sent);
    to_send_.erase(0, sent);
    if (code == CURLE_AGAIN) return true;
    if (code != CURLE_OK) {
      opinion_ = Opinion{.reason = "the connection broke"};
      return false;
    }
  }
  return true;
}

/// True once it is over.
bool StreamAttempt::receive() {
  std::array<char, 4096> buffer{};
  while (true) {
    std::size_t count = 0;
    const CURLcode code = curl_easy_recv(transfer_.handle(), buffer.data(), buffer.size(), &count);
    if (code == CURLE_AGAIN) break;
    // A connection that was reset has said all it will, too.
    if (code != CURLE_OK || count == 0) return conclude(true);
    received_.append(buffer.data(), std::min(count, kMostAnswerBytes - received_.size()));
    if (conclude(received_.size() == kMostAnswerBytes)) return true;
  }
  parts_.loop.watch({.fd = socket_, .read = true, .write = false}, parts_.token);
  return false;
}

bool StreamAttempt::conclude(bool is_all) {
  Opinion opinion = dialogue_->judge(received_, is_all);
  if (opinion.needs_more) return false;
  talked_ = parts_.clock.kernel_now() - *connected_at_;
  opinion_ = std::move(opinion);
  return true;
}

ProbeResult StreamAttempt::result() const {
  ProbeResult result;
  if (transfer_.handle() == nullptr) {
    result.reason = "there is no memory left to ask";
    return result;
  }
  const nanoseconds resolved = transfer_.time(CURLINFO_NAMELOOKUP_TIME_T);
  const nanoseconds connected = transfer_.time(CURLINFO_CONNECT_TIME_T);
  const nanoseconds secured = transfer_.time(CURLINFO_APPCONNECT_TIME_T);
  result.phases = {{"resolve", resolved}, {"connect", std::max(connected - resolved, nanoseconds{0})}};
  if (parts_.uses_tls) result.phases.push_back({"tls", std::max(secured - connected, nanoseconds{0})});
  if (connected_at_) result.phases.push_back({"dialogue", talked_});
  result.ip_protocol = transfer_.ip_protocol();
  result.earliest_expiry = transfer_.earliest_expiry();
  result.used_tls = connected_at_.has_value() && parts_.uses_tls;
  result.body_bytes = received_.size();
  if (opinion_) {
    result.reason = opinion_->reason;
    result.failed_by_body = opinion_->failed_by_body;
  } else if (connected_at_) {
    const std::string within = " within " + format_duration(parts_.target.timeout);
    result.failed_by_body = !received_.empty();
    result.reason = (received_.empty() ? "connected, and no answer" : "the answer was not what was expected") + within;
  } else {
    result.reason = transfer_.failure(transfer_.ended().value_or(CURLE_OPERATION_TIMEDOUT));
  }
  result.success = result.reason.empty();
  return result;
}

}  // namespace sonde::probe
