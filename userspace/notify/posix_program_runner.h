#pragma once

#include "notify/program_runner.h"

namespace sonde::notify {

/// ProgramRunner with real processes. A program gets nothing of this process but PATH, LANG and its input: no open
/// files, no capabilities, no secrets of the environment.
class PosixProgramRunner final : public ProgramRunner {
 public:
  [[nodiscard]] Result<ProgramEnd> run(std::span<const std::string> arguments, const std::string& input,
                                       std::chrono::nanoseconds timeout) override;
};

}  // namespace sonde::notify
