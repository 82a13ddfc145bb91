// Whatever a server says to a probe of PostgreSQL: how we use libpq brings no crash, no leak, no hang, and words of our
// own.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "probe/kinds.h"
#include "support/conversation_fuzz.h"

/// libpq reserves what a message says that it will have, up to 2 GiB, and fills no more of it than comes, which is cut
/// off at 256 KiB. A sanitizer fills all of it; here there is no memory for so much.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1:max_allocation_size_mb=256"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static sonde::test::FuzzedServer server;
  server.run(&sonde::probe::talk_postgresql, std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
