#include "app/wake.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace sonde::app {

Result<Wake> Wake::create() {
  UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) return Error::from_errno(errno, "make an event descriptor");
  return Wake(std::move(event));
}

void Wake::up() const noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(event_.get(), &one, sizeof(one));  // fails only if it is up already
}

void Wake::sleep(std::array<int, 2> descriptors, std::chrono::nanoseconds longest) const noexcept {
  std::array<pollfd, 3> waited{{{event_.get(), POLLIN, 0}, {descriptors[0], POLLIN, 0}, {descriptors[1], POLLIN, 0}}};
  const std::int64_t ns = std::max<std::int64_t>(longest.count(), 0);
  const timespec limit{.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
  ::ppoll(waited.data(), waited.size(), &limit, nullptr);
}

}  // namespace sonde::app
