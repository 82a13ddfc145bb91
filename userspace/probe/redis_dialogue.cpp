#include <utility>

#include "probe/dialogue.h"
#include "probe/redis_reply.h"

namespace sonde::probe {
namespace {

class RedisDialogue final : public Dialogue {
 public:
  explicit RedisDialogue(const ProbeTarget& target) : target_(target) {}

  [[nodiscard]] std::string opening() const override { return redis_commands(target_); }

  [[nodiscard]] Opinion judge(std::string_view received, bool is_all) const override {
    RedisVerdict verdict = judge_redis(target_, received);
    if (verdict.is_over) return {.reason = std::move(verdict.reason)};
    if (!is_all) return {.needs_more = true};
    return {.reason = received.empty() ? "the connection was closed without an answer"
                                       : "the connection was closed before the answer was complete"};
  }

 private:
  const ProbeTarget& target_;
};

}  // namespace

std::unique_ptr<Dialogue> speak_redis(const ProbeTarget& target) { return std::make_unique<RedisDialogue>(target); }

}  // namespace sonde::probe
