#pragma once

#include <termios.h>

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace sonde::cli {

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// 80 x 24 where the terminal does not say.
TerminalSize terminal_size(int fd);

/// True if the environment says that texts are UTF-8: the first that is set of LC_ALL, LC_CTYPE and LANG (locale(7)).
bool locale_is_utf8();

/// Writes all of `text`, however often the descriptor takes only a part.
Result<> write_all(int fd, std::string_view text);

/// Takes a terminal over: keys come at once and unseen, the screen is another one without a cursor. Gives everything
/// back when it goes.  owner: both descriptors stay the caller's and must outlive it.
class TerminalScreen {
 public:
  [[nodiscard]] static Result<TerminalScreen> open(int input_fd, int output_fd);

  TerminalScreen(TerminalScreen&& other) noexcept;
  TerminalScreen& operator=(TerminalScreen&&) = delete;
  TerminalScreen(const TerminalScreen&) = delete;
  TerminalScreen& operator=(const TerminalScreen&) = delete;
  ~TerminalScreen();

  /// Shows `text` from the top left corner on, and nothing else.  shape: lines of text, no wider than the terminal.
  [[nodiscard]] Result<> draw(std::string_view text);

 private:
  TerminalScreen(int input_fd, int output_fd, const termios& before) noexcept
      : input_fd_(input_fd), output_fd_(output_fd), before_(before) {}

  int input_fd_;
  int output_fd_;
  termios before_;
};

}  // namespace sonde::cli
