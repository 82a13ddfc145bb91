// Whatever a server says to AUTH, SELECT and PING: no crash, a verdict that more bytes do not change, and no word of
// the server's in it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "probe/redis_reply.h"

namespace {

using namespace sonde::probe;

ProbeTarget target(unsigned choice) {
  ProbeTarget target;
  target.kind = ProbeKind::kRedis;
  if ((choice & 1U) != 0) target.user = "u";
  if ((choice & 2U) != 0) target.password = "p";
  if ((choice & 4U) != 0) target.database.database = "3";
  return target;
}

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ProbeTarget asked = target(data[0]);
  const std::string_view received(reinterpret_cast<const char*>(data) + 1, size - 1);
  const RedisStep step = parse_redis_reply(received);
  check(step.consumed_bytes <= received.size());
  check(step.reply != RedisReply::kIncomplete || step.consumed_bytes == 0);

  const RedisVerdict whole = judge_redis(asked, received);
  check(whole.is_over || (!whole.success && whole.reason.empty()));
  check(!whole.is_over || whole.success == whole.reason.empty());
  check(whole.reason.size() < 80);
  const RedisVerdict half = judge_redis(asked, received.substr(0, received.size() / 2));
  check(!half.is_over || (whole.is_over && half.success == whole.success && half.reason == whole.reason));
  return 0;
}
