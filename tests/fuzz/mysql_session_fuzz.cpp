// Whatever a server says to a probe of MySQL: how we use libmariadb brings no crash, no leak, no hang, and words of our
// own.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "probe/kinds.h"
#include "support/conversation_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static sonde::test::FuzzedServer server;
  server.run(&sonde::probe::talk_mysql, std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
