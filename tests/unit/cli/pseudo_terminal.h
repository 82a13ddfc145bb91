#pragma once

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <array>
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

  /// Reads what the child shows until `text` is there; false if it does not come for ten seconds.
  bool shows(const std::string& text) {
    while (seen_.find(text) == std::string::npos) {
      if (!read_more(10'000)) return false;
    }
    return true;
  }

  void forget() { seen_.clear(); }
  void type(const std::string& keys) const { static_cast<void>(!::write(master_.get(), keys.data(), keys.size())); }
  void signal(int number) const { ::kill(child_, number); }
  void resize(unsigned short columns) const {
    winsize size{30, columns, 0, 0};
    ::ioctl(master_.get(), TIOCSWINSZ, &size);
  }

  /// Waits for the child's end.  units: its exit code, or minus the signal that killed it.
  int ends() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = 0;
    while (read_more(0)) {
    }
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }

  /// True if the keyboard is set up as it was before the child ran.
  [[nodiscard]] bool is_as_before() const {
    termios now{};
    ::tcgetattr(slave_.get(), &now);
    return now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag && now.c_oflag == before_.c_oflag &&
           std::memcmp(now.c_cc, before_.c_cc, sizeof(now.c_cc)) == 0;
  }

  [[nodiscard]] const std::string& seen() const { return seen_; }

 private:
  bool read_more(int timeout_ms) {
    pollfd ready{master_.get(), POLLIN, 0};
    if (::poll(&ready, 1, timeout_ms) != 1) return false;
    std::array<char, 4096> bytes{};
    const ssize_t length = ::read(master_.get(), bytes.data(), bytes.size());
    if (length <= 0) return false;
    seen_.append(bytes.data(), static_cast<std::size_t>(length));
    return true;
  }

  UniqueFd master_;
  UniqueFd slave_;
  termios before_{};
  pid_t child_ = -1;
  std::string seen_;
};

}  // namespace sonde::cli
