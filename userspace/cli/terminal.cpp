#include "cli/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>

namespace sonde::cli {
namespace {

// Xterm's control sequences, which every terminal of today knows: alternate screen, cursor, erase.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kClearToLineEnd = "\x1b[K";
constexpr std::string_view kClearToEnd = "\x1b[J";

}  // namespace

TerminalSize terminal_size(int fd) {
  TerminalSize size;
  winsize window{};
  if (::ioctl(fd, TIOCGWINSZ, &window) != 0) return size;
  if (window.ws_col > 0) size.columns = window.ws_col;
  if (window.ws_row > 0) size.rows = window.ws_row;
  return size;
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    const std::string_view codeset = locale.substr(std::min(locale.find('.'), locale.size()));
    return codeset.starts_with(".UTF-8") || codeset.starts_with(".utf8") || codeset.starts_with(".utf-8");
  }
  return false;
}

Result<> write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    if (written >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) return Error::from_errno(errno, "write the output");
    pollfd ready{fd, POLLOUT, 0};
    ::poll(&ready, 1, -1);
  }
  return Ok{};
}

Result<TerminalScreen> TerminalScreen::open(int input_fd, int output_fd) {
  termios before{};
  if (::tcgetattr(input_fd, &before) != 0) return Error::from_errno(errno, "read the terminal's settings");
  termios keys = before;
  keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  keys.c_cc[VMIN] = 1;
  keys.c_cc[VTIME] = 0;
  // A process stopped by Ctrl-Z could not give the screen back.
  keys.c_cc[VSUSP] = _POSIX_VDISABLE;
  if (::tcsetattr(input_fd, TCSANOW, &keys) != 0) return Error::from_errno(errno, "set the terminal up");
  TerminalScreen screen(input_fd, output_fd, before);
  auto entered = write_all(output_fd, kEnter);
  if (!entered) return std::move(entered).error();
  return screen;
}

TerminalScreen::TerminalScreen(TerminalScreen&& other) noexcept
    : input_fd_(std::exchange(other.input_fd_, -1)), output_fd_(other.output_fd_), before_(other.before_) {}

TerminalScreen::~TerminalScreen() {
  if (input_fd_ < 0) return;
  static_cast<void>(write_all(output_fd_, kLeave));
  ::tcsetattr(input_fd_, TCSANOW, &before_);
}

Result<> TerminalScreen::draw(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::string screen(kHome);
  for (const char letter : text) {
    if (letter == '\n') screen += kClearToLineEnd;
    screen += letter;
  }
  screen += kClearToLineEnd;
  screen += kClearToEnd;
  return write_all(output_fd_, screen);
}

}  // namespace sonde::cli
