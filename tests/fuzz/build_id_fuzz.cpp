#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/unique_fd.h"
#include "host/build_id.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sonde::UniqueFd file(::memfd_create("elf", MFD_CLOEXEC));
  static const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  require(::ftruncate(file.get(), 0) == 0);
  require(::pwrite(file.get(), data, size, 0) == static_cast<ssize_t>(size));
  const auto id = sonde::host::read_build_id(path);
  require(id.has_value());
  require(id->size() <= 128 && id->size() % 2 == 0);
  require(id->find_first_not_of("0123456789abcdef") == std::string::npos);
  return 0;
}
