#include "notify/posix_program_runner.h"

#include <cstddef>
#include <utility>

#include "base/child_process.h"
#include "base/program.h"

namespace sonde::notify {
namespace {

constexpr std::size_t kSaidBytes = 1024;

}  // namespace

Result<ProgramEnd> PosixProgramRunner::run(std::span<const std::string> arguments, const std::string& input,
                                           std::chrono::nanoseconds timeout) {
  ProgramOutcome ended = SONDE_TRY(
      run_program({.arguments = {arguments.begin(), arguments.end()},
                   .environment = {environment_variable("PATH", kUsualPath), environment_variable("LANG", "C.UTF-8")},
                   .input = input,
                   .timeout = timeout,
                   .max_output_bytes = kSaidBytes}));
  return ProgramEnd{ended.exit_code, ended.signal, std::move(ended.output)};
}

}  // namespace sonde::notify
