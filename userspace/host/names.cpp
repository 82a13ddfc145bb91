#include <array>
#include <cstddef>

#include "host/types.h"

namespace sonde::host {
namespace {

// In the order of the enum; a row too few or too many does not compile.
constexpr std::array<std::string_view, 8> kEventNames{"service_started", "process_exited", "process_killed",
                                                      "crash_loop",      "oom_kill",       "filesystem_read_only",
                                                      "listener_gone",   "binary_changed"};
static_assert(kEventNames.size() == static_cast<std::size_t>(EventKind::kCount) &&
                  kEventNames.back() == "binary_changed",
              "every EventKind needs one name");

}  // namespace

std::string_view name_of(EventKind kind) {
  const auto row = static_cast<std::size_t>(kind);
  return row < kEventNames.size() ? kEventNames[row] : std::string_view{};
}

}  // namespace sonde::host
