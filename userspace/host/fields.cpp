#include "host/fields.h"

#include <charconv>
#include <cmath>
#include <system_error>

namespace sonde::host {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kSpace = " \t\r\n";

std::string_view without_ends(std::string_view text, std::string_view unwanted) {
  const std::size_t first = text.find_first_not_of(unwanted);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(unwanted) - first + 1);
}

/// `format` is a base for whole numbers and nothing for others.
template <class Number, class... Format>
std::optional<Number> parse(std::string_view text, Format... format) {
  Number number{};
  const char* const end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, number, format...);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

std::string_view first_line(std::string_view text) {
  const Lines lines(text);
  const Lines::Iterator first = lines.begin();
  return first == lines.end() ? std::string_view{} : *first;
}

std::string_view Fields::next() {
  // Searched by hand: find_first_of() costs several times as much on words as short as these.
  const auto is_blank = [](char byte) { return byte == ' ' || byte == '\t'; };
  const char* const begin = rest_.data();
  std::size_t first = 0;
  while (first < rest_.size() && is_blank(begin[first])) ++first;
  std::size_t last = first;
  while (last < rest_.size() && !is_blank(begin[last])) ++last;
  const std::string_view word = rest_.substr(first, last - first);
  rest_.remove_prefix(last);
  return word;
}

Fields& Fields::skip(std::size_t count) {
  while (count-- > 0) next();
  return *this;
}

std::string_view Fields::rest() const { return without_ends(rest_, kBlanks); }

std::string_view trim(std::string_view text) { return without_ends(text, kSpace); }

std::optional<Halves> split(std::string_view text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == text.npos) return std::nullopt;
  return Halves{text.substr(0, at), text.substr(at + 1)};
}

bool is_word(std::string_view text) {
  constexpr std::string_view kWordBytes = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
  return !text.empty() && text.find_first_not_of(kWordBytes) == text.npos;
}

std::optional<std::uint64_t> to_count(std::string_view text, int base) { return parse<std::uint64_t>(text, base); }

std::optional<std::int64_t> to_integer(std::string_view text) { return parse<std::int64_t>(text, 10); }

std::optional<double> to_number(std::string_view text) {
  const std::optional<double> number = parse<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

}  // namespace sonde::host
