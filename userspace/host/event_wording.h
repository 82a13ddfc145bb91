#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "host/process_end.h"

namespace sonde::host {

/// Who did something, in the sentence of an event: "nginx (pid 812)", "backup (grep, pid 813)".
struct Actor {
  std::string service;
  std::int32_t pid = 0;           ///< 0: not told
  std::string process_name = {};  ///< empty: not told
};

std::string to_text(const Actor& actor);

/// A span of time as people say it: "40 ms", "3.2 s", "5 min 10 s", "2 h", "3 d 4 h".
std::string span_text(std::chrono::nanoseconds span);

/// A size as people say it: "812 B", "1.5 GiB".
std::string size_text(std::uint64_t bytes);

/// How a process ended.  shape: "exited with code 1", "was killed by SIGSEGV (core dumped)", "was ended by SIGTERM".
std::string end_text(const ProcessEnd& end);

/// A build id by which people can tell two of them apart; "none" if it is empty.
std::string short_build_id(const std::string& build_id);

}  // namespace sonde::host
