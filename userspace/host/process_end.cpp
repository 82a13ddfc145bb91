#include "host/process_end.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>

namespace sonde::host {
namespace {

// What the kernel sends for a fault of the program (signal(7)), a call that seccomp forbids, a limit that was passed.
constexpr std::array kCrashSignals{SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGTRAP, SIGXCPU, SIGXFSZ};

// systemd.service(5) calls the first four a clean exit; SIGKILL is how those who cannot wait stop a service.
constexpr std::array kStopSignals{SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGKILL};

// What a shell or a Java virtual machine returns after SIGINT and SIGTERM: 128 and the signal.
constexpr std::array kStopCodes{0, 128 + SIGINT, 128 + SIGTERM};

template <class Numbers>
bool has(const Numbers& numbers, std::int32_t number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

}  // namespace

ProcessEnd read_end(std::int32_t wait_status) {
  if (WIFSIGNALED(wait_status)) return {true, WTERMSIG(wait_status), WCOREDUMP(wait_status) != 0};
  return {false, WEXITSTATUS(wait_status), false};
}

bool is_crash(const ProcessEnd& end) { return end.by_signal && has(kCrashSignals, end.number); }

bool is_orderly(const ProcessEnd& end) {
  return end.by_signal ? has(kStopSignals, end.number) : has(kStopCodes, end.number);
}

std::string signal_name(std::int32_t signal) {
  if (const char* name = ::sigabbrev_np(signal)) return std::string("SIG") + name;
  if (signal >= SIGRTMIN && signal <= SIGRTMAX) return "SIGRTMIN+" + std::to_string(signal - SIGRTMIN);
  return "SIG" + std::to_string(signal);
}

}  // namespace sonde::host
