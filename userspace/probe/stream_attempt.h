#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "probe/attempt.h"
#include "probe/dialogue.h"
#include "probe/event_loop.h"
#include "probe/transfer.h"
#include "probe/types.h"

namespace sonde::probe {

/// What a stream attempt works with.  owner: the caller keeps everything alive.
struct StreamParts {
  const ProbeTarget& target;
  bool uses_tls = false;
  EventLoop& loop;
  std::size_t token = 0;
  const Clock& clock;
};

/// A connection over TCP or TLS, and a dialogue over it.
class StreamAttempt final : public Attempt {
 public:
  StreamAttempt(const StreamParts& parts, std::unique_ptr<Dialogue> dialogue);
  ~StreamAttempt() override;
  StreamAttempt(const StreamAttempt&) = delete;
  StreamAttempt& operator=(const StreamAttempt&) = delete;

  [[nodiscard]] bool advance() override;
  [[nodiscard]] ProbeResult result() const override;

 private:
  bool begin_dialogue();
  bool talk();
  bool send_rest();
  bool receive();
  bool conclude(bool is_all);

  const StreamParts parts_;
  const std::unique_ptr<Dialogue> dialogue_;
  Transfer transfer_;
  int socket_ = -1;  // libcurl's, once it is connected
  std::string to_send_;
  std::string received_;
  std::optional<KernelTime> connected_at_;
  std::chrono::nanoseconds talked_{0};
  std::optional<Opinion> opinion_;  // at the end
};

}  // namespace sonde::probe
