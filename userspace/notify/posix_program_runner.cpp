#include "notify/posix_program_runner.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <vector>

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

/// Owns what posix_spawn is told.
class SpawnPlan {
 public:
  SpawnPlan(int input, int error) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, error, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    constexpr int kFlags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags(&attributes_, static_cast<short>(kFlags));
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  Result<pid_t> start(std::span<const std::string> arguments) {
    std::vector<std::string> words(arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::string path = variable("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    std::string language = variable("LANG", "C.UTF-8");
    char* environment[] = {path.data(), language.data(), nullptr};
    // Capabilities that a service manager has made ambient would pass to the program; it needs none of them.
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    pid_t pid = 0;
    const int failed = ::posix_spawn(&pid, words.front().c_str(), &actions_, &attributes_, argv.data(), environment);
    if (failed == 0) return pid;
    Error error = Error::from_errno(failed, "start '" + words.front() + "'");
    const bool may_pass = failed == EAGAIN || failed == ENOMEM || failed == EMFILE || failed == ENFILE;
    error.code = may_pass ? Code::kIo : Code::kBadConfig;
    return error;
  }

 private:
  static std::string variable(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return std::string(name) + "=" + (value == nullptr ? otherwise : value);
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// A child that is waited for, and killed with its group if it is not done by then.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid), handle_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  ~Child() {
    if (!is_reaped_) reap(true);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Keeps what it says until it ends or `end` comes.
  void follow(int error, Steady::time_point end, std::string& said) {
    pollfd polled[] = {{handle_.get(), POLLIN, 0}, {error, POLLIN, 0}};
    while (polled[0].revents == 0) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now()).count();
      if (left <= 0) return;
      if (::poll(polled, 2, static_cast<int>(std::min<long>(left, 60'000))) < 0 && errno != EINTR) return;
      if (polled[1].revents != 0 && !read_some(error, said)) polled[1].fd = -1;
    }
    while (read_some(error, said)) {
    }
  }

  /// How it has ended; nothing if it had to be killed.
  ProgramEnd finish() {
    const bool is_done = has_ended();
    const int status = reap(!is_done);
    if (!is_done) return {};
    if (WIFSIGNALED(status)) return {.signal = WTERMSIG(status)};
    return {.exit_code = WEXITSTATUS(status)};
  }

 private:
  [[nodiscard]] bool has_ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
  }

  int reap(bool kill) {
    if (kill) ::kill(-pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    is_reaped_ = true;
    return status;
  }

  static bool read_some(int fd, std::string& said) {
    char bytes[512];
    const ssize_t got = ::read(fd, bytes, sizeof bytes);
    if (got <= 0) return got < 0 && errno == EINTR;
    said.append(bytes, std::min(static_cast<std::size_t>(got), kSaidBytes - said.size()));
    return true;
  }

  const pid_t pid_;
  const UniqueFd handle_;
  bool is_reaped_ = false;
};

}  // namespace

Result<ProgramEnd> PosixProgramRunner::run(std::span<const std::string> arguments, const std::string& input,
                                           std::chrono::nanoseconds timeout) {
  if (arguments.empty()) return Error{Code::kBadConfig, "no program is given"};
  const auto end = Steady::now() + timeout;
  const UniqueFd file = SONDE_TRY(input_file(input));
  Pipe pipe = SONDE_TRY(open_pipe());
  Child child(SONDE_TRY(SpawnPlan(file.get(), pipe.write.get()).start(arguments)));
  pipe.write.reset();
  std::string said;
  child.follow(pipe.read.get(), end, said);
  ProgramEnd ended = child.finish();
  ended.said = std::move(said);
  return ended;
}

}  // namespace sonde::notify
