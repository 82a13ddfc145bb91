#include "base/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace sonde {
namespace {

/// For a killed process to go. Most need far less; the rest are waited for elsewhere.
constexpr int kPatienceMs = 20;

constexpr std::string_view kNobodySawItsEnd = "nobody can say how it ended, for SIGCHLD is ignored";

/// Texts as execve(2) takes them.
class Words {
 public:
  explicit Words(std::span<const std::string> words) : words_(words.begin(), words.end()) {
    for (std::string& word : words_) pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
  }

  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  [[nodiscard]] char* const* get() { return pointers_.data(); }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

/// posix_spawn(3)'s two structures, which own memory.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  /// units: 0, or an errno.
  int prepare(const ProcessStreams& streams) {
    // First the outputs: their descriptor may be 0 itself if we were started without an input.
    int error = give(streams.output, STDOUT_FILENO, O_WRONLY);
    if (error == 0) error = give(streams.error, STDERR_FILENO, O_WRONLY);
    if (error == 0) error = give(streams.input, STDIN_FILENO, O_RDONLY);
    if (error == 0) error = ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    if (error != 0) return error;
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    // A session of its own has a process group of its own, and no terminal to ask for a password on.
    return ::posix_spawnattr_setflags(&attributes_,
                                      POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }

  int spawn(Words command, Words environment, pid_t& pid) {
    return ::posix_spawn(&pid, command.get()[0], &actions_, &attributes_, command.get(), environment.get());
  }

 private:
  int give(int fd, int as, int mode) {
    if (fd < 0) return ::posix_spawn_file_actions_addopen(&actions_, as, "/dev/null", mode, 0);
    return ::posix_spawn_file_actions_adddup2(&actions_, fd, as);
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

Error fault(int number) {
  const char* text = ::strerrordesc_np(number);
  return {Code::kIo, text == nullptr ? "unknown error" : text, number};
}

/// units: 0 once it was reaped or is not ours to reap; EAGAIN while it runs.
int reap(const UniqueFd& pidfd, int flags, siginfo_t& info) {
  info = {};
  int result = 0;
  do {
    result = ::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &info, WEXITED | flags);
  } while (result != 0 && errno == EINTR);
  return result == 0 && info.si_pid == 0 ? EAGAIN : 0;
}

/// A process that was killed may still take long: to give back much memory, or until a disk answers. Nobody waits for
/// it here, and no zombie stays.
void reap_elsewhere(UniqueFd pidfd) {
  try {
    std::thread([pidfd = std::move(pidfd)] {
      siginfo_t info{};
      reap(pidfd, 0, info);
    }).detach();
  } catch (const std::system_error&) {
    // No thread to be had: the zombie stays until we end.
  }
}

}  // namespace

Result<ChildProcess> ChildProcess::start(std::span<const std::string> command, std::span<const std::string> environment,
                                         const ProcessStreams& streams) {
  if (command.empty()) return fault(ENOENT);
  // systemd's AmbientCapabilities= would outlive execve(2). They are the thread's own, and nothing else needs them.
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  SpawnPlan plan;
  pid_t pid = 0;
  int error = plan.prepare(streams);
  if (error == 0) error = plan.spawn(Words(command), Words(environment), pid);
  if (error != 0) return fault(error);
  // glibc 2.36 declares its pidfd_open() without extern "C".
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (pidfd) return ChildProcess(std::move(pidfd), pid);
  error = errno;
  // Where SIGCHLD is ignored, a program that ends at once is gone by now, and its number may be somebody else's.
  if (error == ESRCH) return Error{Code::kIo, std::string(kNobodySawItsEnd), error};
  ::kill(-pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  return fault(error);
}

ChildProcess::~ChildProcess() {
  if (!pidfd_) return;
  ::kill(-pid_, SIGKILL);
  pollfd polled{pidfd_.get(), POLLIN, 0};
  ::poll(&polled, 1, kPatienceMs);
  siginfo_t info{};
  if (reap(pidfd_, WNOHANG, info) == EAGAIN) reap_elsewhere(std::move(pidfd_));
}

void ChildProcess::signal(int number) const {
  // As long as it is not reaped nobody else can have its number; 0 and -1 would be all the world.
  if (pidfd_ && pid_ > 1) ::kill(-pid_, number);
}

Result<std::optional<ProcessEnd>> ChildProcess::end(Leftovers leftovers) {
  pollfd polled{pidfd_.get(), POLLIN, 0};
  if (::poll(&polled, 1, 0) <= 0) return std::optional<ProcessEnd>();
  // As long as it is not reaped nobody else can have its number.
  if (leftovers == Leftovers::kAreKilled) ::kill(-pid_, SIGKILL);
  siginfo_t info{};
  reap(pidfd_, WNOHANG, info);
  pidfd_.reset();
  if (info.si_pid == 0) return Error{Code::kIo, std::string(kNobodySawItsEnd)};
  return std::optional(ProcessEnd{info.si_code != CLD_EXITED, info.si_status});
}

}  // namespace sonde
