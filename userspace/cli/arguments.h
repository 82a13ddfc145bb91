#pragma once

#include <string>

#include "base/result.h"
#include "cli/types.h"

namespace sonde::cli {

/// Why the program ends without running a command: help was asked for (0), or the usage is wrong (2).
struct ArgumentsExit {
  int exit_code = 0;
  std::string text;
  bool to_stderr = false;
};

/// Reads the command line and the environment variables SONDE_ADDRESS and NO_COLOR. Values are checked as far as that
/// is possible without a host or a daemon; what --only and --listen hold is judged by those who use it.
Expected<Command, ArgumentsExit> parse_arguments(int argc, const char* const* argv);

}  // namespace sonde::cli
