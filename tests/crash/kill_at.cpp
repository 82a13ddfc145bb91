// Runs a program and kills it with SIGKILL at a system call that stands for a named point: what it writes to its
// history, what it makes durable, what it sends and receives. The program has no hook for it and does not know.
//   kill_at PORT STEP... -- PROGRAM ARGUMENT...
// PORT is the receiver's. A STEP is `before:KIND`, `after:KIND` or `before:KIND:TEXT`, where KIND is `write` (to
// alerts.db or its journal), `sync` (of these), `connect`, `send`, `receive` (to and from PORT), `answer` (to any other
// socket) or `any`; a write or send has to contain TEXT. `any:N` is the N-th of all of them. The steps are awaited one
// after the other from SIGUSR1 on; at the last one the program dies, or at SIGTERM. Exits with 0 if it has killed it,
// with 3 if the program has ended by itself.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde::test {
namespace {

constexpr int kEndedByItself = 3;
constexpr std::uint64_t kLongestText = 1U << 20;

volatile std::sig_atomic_t is_armed = 0;
volatile std::sig_atomic_t is_ended = 0;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::_Exit(2);
}

/// What a system call is to those who look for a moment.
enum class Kind : std::uint8_t { kOther, kWrite, kSync, kConnect, kSend, kReceive, kAnswer, kAny };

struct KindName {
  Kind kind;
  std::string_view name;
};
constexpr std::array kKinds{KindName{Kind::kWrite, "write"},     KindName{Kind::kSync, "sync"},
                            KindName{Kind::kConnect, "connect"}, KindName{Kind::kSend, "send"},
                            KindName{Kind::kReceive, "receive"}, KindName{Kind::kAnswer, "answer"},
                            KindName{Kind::kAny, "any"}};

std::string_view name_of(Kind kind) {
  const auto* const found = std::ranges::find(kKinds, kind, &KindName::kind);
  return found == kKinds.end() ? "other" : found->name;
}

/// One moment that is waited for.
struct Step {
  bool after = false;
  Kind kind = Kind::kAny;
  std::string text{};       ///< that it contains; empty: whatever
  std::uint64_t count = 1;  ///< so often
};

std::optional<Step> read_step(std::string_view text) {
  if (text.starts_with("any:")) return Step{.count = std::strtoull(text.data() + 4, nullptr, 10)};
  Step step;
  const auto when = text.find(':');
  if (when == std::string_view::npos) return std::nullopt;
  step.after = text.substr(0, when) == "after";
  if (!step.after && text.substr(0, when) != "before") return std::nullopt;
  const std::string_view rest = text.substr(when + 1);
  const auto end = rest.find(':');
  const auto* const kind = std::ranges::find(kKinds, rest.substr(0, end), &KindName::name);
  if (kind == kKinds.end()) return std::nullopt;
  step.kind = kind->kind;
  if (end != std::string_view::npos) step.text = rest.substr(end + 1);
  return step;
}

/// A system call of a thread, from its beginning to its end.
struct Call {
  Kind kind = Kind::kOther;
  std::string text{};  ///< what it writes, if anybody wants to know
};

/// Looks at the calls of a program.
class Watcher {
 public:
  Watcher(pid_t program, std::uint16_t port, std::vector<Step> steps)
      : program_(program), port_(port), steps_(std::move(steps)) {}

  /// A thread of the program has stopped at the begin or at the end of a call. True at the last step.
  bool look(pid_t thread) {
    __ptrace_syscall_info info{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0) return false;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
      calls_[thread] = begin(info.entry.nr, info.entry.args);
      return is_last(calls_[thread], false);
    }
    if (info.op != PTRACE_SYSCALL_INFO_EXIT) return false;
    const Call call = std::exchange(calls_[thread], Call{});
    const bool has_nothing = call.kind == Kind::kReceive && info.exit.rval <= 0;
    return !has_nothing && is_last(call, true);
  }

 private:
  using Arguments = const decltype(__ptrace_syscall_info{}.entry.args) &;

  Call begin(std::uint64_t number, Arguments arguments) {
    const int fd = static_cast<int>(arguments[0]);
    switch (number) {
      case SYS_write:
      case SYS_pwrite64:
      case SYS_sendto:
        return write(fd, arguments[1], arguments[2], number == SYS_sendto);
      case SYS_fdatasync:
      case SYS_fsync:
        return {.kind = is_history(fd) ? Kind::kSync : Kind::kOther};
      case SYS_connect:
        return connect(fd, arguments[1]);
      case SYS_sendmsg:
      case SYS_writev:
        return {.kind = kind_of_output(fd, number == SYS_sendmsg)};
      case SYS_recvfrom:
      case SYS_recvmsg:
      case SYS_read:
        return {.kind = to_receiver_.contains(fd) ? Kind::kReceive : Kind::kOther};
      case SYS_close:
        to_receiver_.erase(fd);
        return {};
      default:
        return {};
    }
  }

  Call write(int fd, std::uint64_t address, std::uint64_t size, bool is_socket) const {
    Call call{.kind = kind_of_output(fd, is_socket)};
    const bool is_wanted = is_armed != 0 && next_ < steps_.size() && !steps_[next_].text.empty();
    if (call.kind != Kind::kOther && is_wanted) call.text = read(address, std::min(size, kLongestText));
    return call;
  }

  [[nodiscard]] Kind kind_of_output(int fd, bool is_socket) const {
    if (to_receiver_.contains(fd)) return Kind::kSend;
    if (is_socket) return Kind::kAnswer;
    return is_history(fd) ? Kind::kWrite : Kind::kOther;
  }

  Call connect(int fd, std::uint64_t address) {
    sockaddr_in to{};
    const std::string bytes = read(address, sizeof to);
    if (bytes.size() != sizeof to) return {};
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(&to));
    if (to.sin_family != AF_INET || ntohs(to.sin_port) != port_) return {};
    to_receiver_.insert(fd);
    return {.kind = Kind::kConnect};
  }

  [[nodiscard]] bool is_history(int fd) const {
    const std::string link = "/proc/" + std::to_string(program_) + "/fd/" + std::to_string(fd);
    std::array<char, 512> path{};
    const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
    const std::string_view name(path.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return name.ends_with("/alerts.db-wal") || name.ends_with("/alerts.db");
  }

  [[nodiscard]] std::string read(std::uint64_t address, std::uint64_t size) const {
    std::string bytes(size, '\0');
    iovec local{bytes.data(), bytes.size()};
    iovec remote{reinterpret_cast<void*>(address), bytes.size()};  // NOLINT: an address over there
    const ssize_t done = ::process_vm_readv(program_, &local, 1, &remote, 1, 0);
    bytes.resize(done > 0 ? static_cast<std::size_t>(done) : 0);
    return bytes;
  }

  bool is_last(const Call& call, bool after) {
    if (is_armed == 0 || call.kind == Kind::kOther || next_ >= steps_.size()) return false;
    const Step& step = steps_[next_];
    if (step.kind != Kind::kAny && (step.kind != call.kind || step.after != after)) return false;
    if (!step.text.empty() && call.text.find(step.text) == std::string::npos) return false;
    if (++seen_ < step.count) return false;
    seen_ = 0;
    if (++next_ < steps_.size()) return false;
    std::fprintf(stderr, "kill_at: %s %s\n", after ? "after" : "before", std::string(name_of(call.kind)).c_str());
    return true;
  }

  const pid_t program_;
  const std::uint16_t port_;
  const std::vector<Step> steps_;
  std::size_t next_ = 0;
  std::uint64_t seen_ = 0;
  std::map<pid_t, Call> calls_;  // by thread
  std::set<int> to_receiver_;
};

void seize(pid_t program) {
  const long options = PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (::ptrace(PTRACE_SEIZE, program, 0, options) != 0) fail("PTRACE_SEIZE");
  if (::ptrace(PTRACE_INTERRUPT, program, 0, 0) != 0) fail("PTRACE_INTERRUPT");
}

/// A child that becomes the program once it is watched.
pid_t start(char** command) {
  std::array<int, 2> gate{};
  if (::pipe(gate.data()) != 0) fail("pipe");
  const pid_t child = ::fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    ::close(gate[1]);
    char byte = 0;
    while (::read(gate[0], &byte, 1) < 0 && errno == EINTR) {
    }
    ::close(gate[0]);
    ::execv(command[0], command);
    fail(command[0]);
  }
  ::close(gate[0]);
  seize(child);
  ::close(gate[1]);
  return child;
}

/// The program has stopped; lets it go on. True if it is to die here.
bool has_come(Watcher& watcher, pid_t thread, int status) {
  constexpr int kCallStop = SIGTRAP | 0x80;
  const int number = WSTOPSIG(status);
  const bool is_event = (static_cast<unsigned>(status) >> 16U) != 0;
  if (!is_event && number == kCallStop && watcher.look(thread)) return true;
  const bool is_signal = !is_event && number != kCallStop;
  ::ptrace(PTRACE_SYSCALL, thread, 0, is_signal ? number : 0);
  return false;
}

void kill_program(pid_t program) {
  // To -1 it would go to every process of the machine.
  if (program > 1) ::kill(program, SIGKILL);
}

int watch(pid_t program, Watcher& watcher) {
  bool is_killed = false;
  while (true) {
    int status = 0;
    const pid_t thread = ::waitpid(-1, &status, __WALL);
    const bool is_interrupted = thread < 0 && errno == EINTR;
    if (thread < 0 && !is_interrupted) fail("waitpid");
    if (is_ended != 0 && !is_killed) {
      kill_program(program);
      is_killed = true;
    }
    if (is_interrupted) continue;
    const bool is_over = WIFEXITED(status) || WIFSIGNALED(status);
    if (is_over && thread == program) return is_killed ? 0 : kEndedByItself;
    if (!WIFSTOPPED(status) || is_killed) continue;
    is_killed = has_come(watcher, thread, status);
    if (is_killed) kill_program(program);
  }
}

void note(int number) { (number == SIGUSR1 ? is_armed : is_ended) = 1; }

int run(std::span<char*> arguments) {
  std::vector<Step> steps;
  std::size_t at = 2;
  for (; at < arguments.size() && std::string_view(arguments[at]) != "--"; ++at) {
    const auto step = read_step(arguments[at]);
    if (!step) {
      std::fprintf(stderr, "kill_at: '%s' is no step\n", arguments[at]);
      return 2;
    }
    steps.push_back(*step);
  }
  if (at + 1 >= arguments.size()) return 2;
  struct sigaction action {};
  action.sa_handler = note;  // without SA_RESTART: whoever waits looks again
  ::sigaction(SIGUSR1, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  const pid_t program = start(&arguments[at + 1]);
  Watcher watcher(program, static_cast<std::uint16_t>(std::strtoul(arguments[1], nullptr, 10)), std::move(steps));
  return watch(program, watcher);
}

}  // namespace
}  // namespace sonde::test

int main(int count, char** arguments) { return sonde::test::run({arguments, static_cast<std::size_t>(count)}); }
