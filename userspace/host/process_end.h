#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace sonde::host {

/// How a process ended: by a signal, or with an exit code.
struct ProcessEnd {
  bool by_signal = false;
  std::int32_t number = 0;  ///< of the signal, or the exit code
  bool dumped_core = false;

  auto operator<=>(const ProcessEnd&) const = default;
};

/// units: status as of wait(2).
ProcessEnd read_end(std::int32_t wait_status);

/// True if the signal says that the program did what it must not, whoever runs it.
bool is_crash(const ProcessEnd& end);

/// True if a service that somebody stops ends like this.
bool is_orderly(const ProcessEnd& end);

/// As in `kill -l`, with SIG in front: "SIGSEGV", "SIGRTMIN+3".
std::string signal_name(std::int32_t signal);

}  // namespace sonde::host
