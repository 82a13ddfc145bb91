#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace sonde {

/// A program to be run, without a shell, and what it gets of us: nothing else.
struct ProgramOrder {
  std::vector<std::string> arguments{};    ///< first its absolute path
  std::vector<std::string> environment{};  ///< NAME=VALUE
  std::string input{};                     ///< its standard input
  std::chrono::nanoseconds timeout{0};     ///< beyond it, it is ended with everything it has started
  std::chrono::nanoseconds grace{0};       ///< between SIGTERM and SIGKILL; 0: SIGKILL at once
  std::size_t max_output_bytes = 0;        ///< that are kept of what it writes; it may write more
  bool keeps_output = false;               ///< of its standard output, too, and not of its standard error alone
};

/// How a program ended, by one of the first two, unless it was ended.
struct ProgramOutcome {
  std::optional<int> exit_code{};
  std::optional<int> signal{};
  bool was_ended = false;    ///< it took too long, or `stop` was asked for
  bool was_stopped = false;  ///< the latter
  std::string output{};      ///< the beginning of what it wrote, any bytes
};

/// Runs a program and waits for its end. What it has started stays, unless the program had to be ended.
/// errors: kBadConfig if it cannot be started whatever is done, kIo if it could not be started this time.
/// threads: any.
[[nodiscard]] Result<ProgramOutcome> run_program(const ProgramOrder& order, const std::stop_token& stop = {});

/// NAME=VALUE as in our own environment, or with `otherwise`.
[[nodiscard]] std::string environment_variable(const char* name, const char* otherwise);

}  // namespace sonde
