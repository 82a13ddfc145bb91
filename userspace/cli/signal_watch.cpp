#include "cli/signal_watch.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace sonde::cli {

Result<SignalWatch> SignalWatch::create() {
  sigset_t watched;
  sigemptyset(&watched);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH}) sigaddset(&watched, number);
  UniqueFd fd(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return Error::from_errno(errno, "watch signals");
  sigset_t before;
  const int failed = pthread_sigmask(SIG_BLOCK, &watched, &before);
  if (failed != 0) return Error::from_errno(failed, "block signals");
  return SignalWatch(std::move(fd), before);
}

SignalWatch::SignalWatch(SignalWatch&& other) noexcept : fd_(std::move(other.fd_)), before_(other.before_) {}

SignalWatch::~SignalWatch() {
  if (!fd_) return;
  // What came meanwhile is used up: a second Ctrl-C must not kill the process while it leaves.
  while (take()) {
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> SignalWatch::take() {
  signalfd_siginfo signal{};
  if (::read(fd_.get(), &signal, sizeof(signal)) != static_cast<ssize_t>(sizeof(signal))) return std::nullopt;
  return static_cast<int>(signal.ssi_signo);
}

}  // namespace sonde::cli
