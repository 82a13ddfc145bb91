#include "notify/posix_program_runner.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <utility>

#include "base/child_process.h"
#include "base/unique_fd.h"

namespace sonde::notify {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kSaidBytes = 1024;

/// The input as a file without a name: a program may take its time to read it, or not read it at all.
Result<UniqueFd> input_file(const std::string& text) {
  UniqueFd file(::memfd_create("sonde-notification", MFD_CLOEXEC));
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

/// NAME=VALUE as in our environment, or `otherwise`.
std::string variable(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return std::string(name) + "=" + (value == nullptr ? otherwise : value);
}

Result<ChildProcess> start(std::span<const std::string> arguments, const ProcessStreams& streams) {
  const std::array environment{variable("PATH", kUsualPath), variable("LANG", "C.UTF-8")};
  auto child = ChildProcess::start(arguments, environment, streams);
  if (child) return child;
  Error error = std::move(child).error().with("start '" + arguments.front() + "'");
  const int number = error.sys_errno;
  const bool may_pass = number == EAGAIN || number == ENOMEM || number == EMFILE || number == ENFILE;
  error.code = may_pass ? Code::kIo : Code::kBadConfig;
  return error;
}

/// False once there is nothing more to come, or nothing for now.
bool read_some(int fd, std::string& said) {
  char bytes[512];
  const ssize_t got = ::read(fd, bytes, sizeof bytes);
  if (got <= 0) return got < 0 && errno == EINTR;
  said.append(bytes, std::min(static_cast<std::size_t>(got), kSaidBytes - said.size()));
  return true;
}

/// Keeps what the program says until it ends or `end` comes.
void follow(const ChildProcess& child, int error, Steady::time_point end, std::string& said) {
  pollfd polled[] = {{child.fd(), POLLIN, 0}, {error, POLLIN, 0}};
  while (polled[0].revents == 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now()).count();
    if (left <= 0) return;
    if (::poll(polled, 2, static_cast<int>(std::min<long>(left, 60'000))) < 0 && errno != EINTR) return;
    if (polled[1].revents != 0 && !read_some(error, said)) polled[1].fd = -1;
  }
  while (read_some(error, said)) {
  }
}

}  // namespace

Result<ProgramEnd> PosixProgramRunner::run(std::span<const std::string> arguments, const std::string& input,
                                           std::chrono::nanoseconds timeout) {
  if (arguments.empty()) return Error{Code::kBadConfig, "no program is given"};
  const auto end = Steady::now() + timeout;
  const UniqueFd file = SONDE_TRY(input_file(input));
  Pipe pipe = SONDE_TRY(open_pipe());
  ChildProcess child = SONDE_TRY(start(arguments, {.input = file.get(), .error = pipe.write.get()}));
  pipe.write.reset();
  ProgramEnd ended;
  follow(child, pipe.read.get(), end, ended.said);
  const std::optional<ProcessEnd> how = SONDE_TRY(child.end(Leftovers::kStay));
  if (how) (how->was_killed ? ended.signal : ended.exit_code) = how->number;
  return ended;
}

}  // namespace sonde::notify
