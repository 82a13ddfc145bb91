#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "probe/attempt.h"
#include "probe/event_loop.h"
#include "probe/patterns.h"
#include "probe/transfer.h"
#include "probe/types.h"

namespace sonde::probe {

/// A request over HTTP/1.1 or HTTP/2, and what is thought of its answer.
/// owner: the caller keeps everything alive.
class HttpAttempt final : public Attempt {
 public:
  HttpAttempt(const ProbeTarget& target, const Patterns& patterns, const std::string& user_agent, EventLoop& loop,
              std::size_t token);

  [[nodiscard]] bool advance() override { return transfer_.ended().has_value(); }
  [[nodiscard]] ProbeResult result() const override;

 private:
  static std::size_t take(char* data, std::size_t size, std::size_t count, void* into);
  struct ListDelete {
    void operator()(curl_slist* list) const noexcept;
  };
  void set_request();
  void add_header(const std::string& line);
  [[nodiscard]] bool wants_body() const;
  void judge(ProbeResult& result) const;

  const ProbeTarget& target_;
  const Patterns& patterns_;
  std::unique_ptr<curl_slist, ListDelete> headers_;  // the handle goes first
  Transfer transfer_;
  std::string body_;
  std::size_t read_bytes_ = 0;
};

}  // namespace sonde::probe
