#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace sonde::host {

/// The complete lines of a text, without their line ends:
///   for (const std::string_view line : Lines(text)) ...
/// What follows the last line end is left out: proc(5) ends every line, so that is half a line of a text that was cut.
class Lines {
 public:
  class Iterator {
   public:
    explicit Iterator(std::string_view rest) : rest_(rest) { find_end(); }
    std::string_view operator*() const { return rest_.substr(0, length_); }
    Iterator& operator++() {
      rest_.remove_prefix(length_ + 1);
      find_end();
      return *this;
    }
    bool operator==(std::default_sentinel_t) const { return length_ == std::string_view::npos; }

   private:
    void find_end() { length_ = rest_.find('\n'); }

    std::string_view rest_;
    std::size_t length_ = 0;
  };

  explicit Lines(std::string_view text) : text_(text) {}
  [[nodiscard]] Iterator begin() const { return Iterator(text_); }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }

 private:
  std::string_view text_;
};

/// The first complete line; empty if there is none.
std::string_view first_line(std::string_view text);

/// The words of a line, apart by blanks and tabs.
class Fields {
 public:
  explicit Fields(std::string_view line) : rest_(line) {}

  /// The next word; empty if there is none left.
  std::string_view next();

  /// Passes over so many words.
  Fields& skip(std::size_t count);

  /// What was not read yet, without blanks at either end.
  [[nodiscard]] std::string_view rest() const;

 private:
  std::string_view rest_;
};

/// Without blanks, tabs and line ends at either end.
std::string_view trim(std::string_view text);

/// What is before and after the first `mark`; none if there is no such character.
struct Halves {
  std::string_view before;
  std::string_view after;
};
std::optional<Halves> split(std::string_view text, char mark);

/// Whether it can be part of the name of a metric: letters, digits and underscores, at least one.
bool is_word(std::string_view text);

/// A whole number that fills the text: no sign, no blanks, no 0x; none also if it needs more than 64 bits.
std::optional<std::uint64_t> to_count(std::string_view text, int base = 10);

/// As to_count, but may be negative.
std::optional<std::int64_t> to_integer(std::string_view text);

/// A finite decimal number that fills the text, with or without a fraction or an exponent.
std::optional<double> to_number(std::string_view text);

}  // namespace sonde::host
