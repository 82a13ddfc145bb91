#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"

namespace sonde::notify {

/// How a program ended: one of the first two is there, or it was stopped for taking too long.
struct ProgramEnd {
  std::optional<int> exit_code{};
  std::optional<int> signal{};
  std::string said{};  ///< the beginning of its standard error
};

/// The edge to programs of the operator's own.
class ProgramRunner {
 public:
  virtual ~ProgramRunner() = default;

  /// Runs a program with `input` as its standard input and waits for its end. One that takes longer than `timeout` is
  /// killed with everything it has started.
  /// errors: kBadConfig if it cannot be started whatever is done, kIo if it could not be started this time.
  /// threads: any.
  [[nodiscard]] virtual Result<ProgramEnd> run(std::span<const std::string> arguments, const std::string& input,
                                               std::chrono::nanoseconds timeout) = 0;
};

}  // namespace sonde::notify
