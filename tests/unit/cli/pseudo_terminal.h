#pragma once

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <array>
#include <chrono>
#include <cstring>
#include <functional>
#include <string>

#include "base/unique_fd.h"

namespace sonde::cli {

/// A terminal of 100 columns and 30 rows with a child process in front of it.
class PseudoTerminal {
 public:
  /// `program` runs in the child with the terminal as its input and output; what it returns is the exit code.
  explicit PseudoTerminal(const std::function<int()>& program) {
    int master = -1;
    int slave = -1;
    winsize size{30, 100, 0, 0};
    if (::openpty(&master, &slave, nullptr, nullptr, &size) != 0) return;
    master_ = UniqueFd(master);
    slave_ = UniqueFd(slave);
    ::tcgetattr(slave, &before_);
    child_ = ::fork();
    if (child_ > 0) child_end_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, child_, 0)));
    if (child_ != 0) return;
    ::login_tty(slave);
    ::_exit(program());
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;
  ~PseudoTerminal() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

  /// Reads what the child shows until `text` is there; false if it does not come within ten seconds.
  bool shows(const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (seen_.find(text) == std::string::npos) {
      if (!read_more(deadline)) return false;
    }
    return true;
  }

  void forget() { seen_.clear(); }
  void type(const std::string& keys) const { static_cast<void>(!::write(master_.get(), keys.data(), keys.size())); }
  /// Not to -1 or 0, if no child could be started: that would go to others.
  void signal(int number) const {
    if (child_ > 0) ::kill(child_, number);
  }
  void resize(unsigned short columns) const {
    winsize size{30, columns, 0, 0};
    ::ioctl(master_.get(), TIOCSWINSZ, &size);
  }

  /// Waits for the child's end, at most ten seconds.  units: its exit code, or minus the signal that killed it.
  int ends() {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (read_more(deadline)) {
    }
    if (std::chrono::steady_clock::now() >= deadline) signal(SIGKILL);
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = 0;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }

  [[nodiscard]] termios settings() const {
    termios now{};
    ::tcgetattr(slave_.get(), &now);
    return now;
  }

  /// True if the keyboard is set up as it was before the child ran.
  [[nodiscard]] bool is_as_before() const {
    const termios now = settings();
    return now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag && now.c_oflag == before_.c_oflag &&
           std::memcmp(now.c_cc, before_.c_cc, sizeof(now.c_cc)) == 0;
  }

  [[nodiscard]] const std::string& seen() const { return seen_; }

 private:
  static constexpr std::chrono::seconds kPatience{10};

  /// False if the time is up, or the child has ended and everything it wrote is read.
  bool read_more(std::chrono::steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    std::array<pollfd, 2> ready{pollfd{master_.get(), POLLIN, 0}, pollfd{child_end_.get(), POLLIN, 0}};
    if (left <= 0 || ::poll(ready.data(), ready.size(), static_cast<int>(left)) < 1) return false;
    if ((ready[0].revents & POLLIN) == 0) return false;
    std::array<char, 4096> bytes{};
    const ssize_t length = ::read(master_.get(), bytes.data(), bytes.size());
    if (length <= 0) return false;
    seen_.append(bytes.data(), static_cast<std::size_t>(length));
    return true;
  }

  UniqueFd master_;
  UniqueFd slave_;
  UniqueFd child_end_;  ///< readable once the child has ended (pidfd_open(2))
  termios before_{};
  pid_t child_ = -1;
  std::string seen_;
};

}  // namespace sonde::cli
