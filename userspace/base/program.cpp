#include "base/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "base/child_process.h"
#include "base/unique_fd.h"

namespace sonde {
namespace {

using Steady = std::chrono::steady_clock;

/// The input as a file without a name: a program may take its time to read it, or not read it at all.
Result<UniqueFd> input_file(const std::string& text) {
  UniqueFd file(::memfd_create("sonde-input", MFD_CLOEXEC));
  if (!file) return Error::from_errno(errno, "make a file for the program's input");
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t step = ::write(file.get(), text.data() + written, text.size() - written);
    if (step <= 0) return Error::from_errno(errno, "write the program's input");
    written += static_cast<std::size_t>(step);
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Result<Pipe> open_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error::from_errno(errno, "open a pipe for the program");
  Pipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
  // Of this end alone: programs do not expect a standard error that may refuse to wait.
  ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

Result<ChildProcess> start(const ProgramOrder& order, const ProcessStreams& streams) {
  auto child = ChildProcess::start(order.arguments, order.environment, streams);
  if (child) return child;
  Error error = std::move(child).error().with("start '" + order.arguments.front() + "'");
  const int number = error.sys_errno;
  const bool may_pass = number == EAGAIN || number == ENOMEM || number == EMFILE || number == ENFILE;
  error.code = may_pass ? Code::kIo : Code::kBadConfig;
  return error;
}

/// What a program writes, as far as it is kept.
class Listener {
 public:
  Listener(int fd, std::size_t max_bytes, std::string& said) : fd_(fd), max_bytes_(max_bytes), said_(said) {}

  [[nodiscard]] int fd() const { return fd_; }

  /// False once there is nothing more to come, or nothing for now.
  bool read_some() {
    char bytes[4096];
    const ssize_t got = ::read(fd_, bytes, sizeof bytes);
    if (got <= 0) return got < 0 && errno == EINTR;
    said_.append(bytes, std::min(static_cast<std::size_t>(got), max_bytes_ - said_.size()));
    return true;
  }

  /// What is there by now: of one whose offspring goes on writing, no more than a pipe holds.
  void drain() {
    constexpr int kMostReads = 256;
    for (int i = 0; i < kMostReads && read_some(); ++i) {
    }
  }

 private:
  const int fd_;
  const std::size_t max_bytes_;
  std::string& said_;
};

/// What following a program waits for besides its end.
struct Limits {
  int stop = -1;  ///< readable once it is asked for
  Steady::time_point end;
};

enum class Followed { kEnded, kTookTooLong, kStopped };

Followed follow(const ChildProcess& child, Listener& listener, const Limits& limits) {
  pollfd polled[] = {{child.fd(), POLLIN, 0}, {listener.fd(), POLLIN, 0}, {limits.stop, POLLIN, 0}};
  while (polled[0].revents == 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(limits.end - Steady::now()).count();
    if (left <= 0) return Followed::kTookTooLong;
    if (::poll(polled, 3, static_cast<int>(std::min<long>(left, 60'000))) < 0) {
      if (errno != EINTR) return Followed::kTookTooLong;
      polled[0].revents = 0;
      continue;
    }
    if (polled[1].revents != 0 && !listener.read_some()) polled[1].fd = -1;
    if (polled[0].revents == 0 && polled[2].revents != 0) return Followed::kStopped;
  }
  return Followed::kEnded;
}

}  // namespace

std::string environment_variable(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return std::string(name) + "=" + (value == nullptr ? otherwise : value);
}

Result<ProgramOutcome> run_program(const ProgramOrder& order, const std::stop_token& stop) {
  if (order.arguments.empty()) return Error{Code::kBadConfig, "no program is given"};
  const auto end = Steady::now() + order.timeout;
  const UniqueFd file = SONDE_TRY(input_file(order.input));
  Pipe pipe = SONDE_TRY(open_pipe());
  const UniqueFd stopped(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const std::stop_callback wake(stop, [&stopped] { ::eventfd_write(stopped.get(), 1); });
  const int output = order.keeps_output ? pipe.write.get() : -1;
  ChildProcess child = SONDE_TRY(start(order, {.input = file.get(), .output = output, .error = pipe.write.get()}));
  pipe.write.reset();
  ProgramOutcome outcome;
  Listener listener(pipe.read.get(), order.max_output_bytes, outcome.output);
  const Followed followed = follow(child, listener, {stopped.get(), end});
  outcome.was_ended = followed != Followed::kEnded;
  outcome.was_stopped = followed == Followed::kStopped;
  if (outcome.was_ended && order.grace.count() > 0) {
    child.signal(SIGTERM);
    follow(child, listener, {-1, Steady::now() + order.grace});
  }
  listener.drain();
  const auto how = SONDE_TRY(child.end(outcome.was_ended ? Leftovers::kAreKilled : Leftovers::kStay));
  if (how && !outcome.was_ended) (how->was_killed ? outcome.signal : outcome.exit_code) = how->number;
  return outcome;
}

}  // namespace sonde
