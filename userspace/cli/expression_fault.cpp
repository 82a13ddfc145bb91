#include "cli/expression_fault.h"

#include <charconv>
#include <cstddef>
#include <optional>

#include "base/utf8.h"
#include "cli/figures.h"
#include "cli/human.h"

namespace sonde::cli {
namespace {

/// units: both count from 1, column in bytes.
struct Place {
  std::size_t line = 0;
  std::size_t column = 0;
};

/// The number that ends where `text` does; `text` loses it.
std::optional<std::size_t> take_last_number(std::string_view& text) {
  const std::size_t start = text.find_last_not_of("0123456789") + 1;
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(text.data() + start, text.data() + text.size(), number);
  if (failed != std::errc{} || number == 0) return std::nullopt;
  text = text.substr(0, start);
  return number;
}

std::optional<Place> place_in(std::string_view fault) {
  const std::size_t end = fault.find(": parse error");
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view before = fault.substr(0, end);
  const std::optional<std::size_t> column = take_last_number(before);
  if (!column || !before.ends_with(':')) return std::nullopt;
  before.remove_suffix(1);
  const std::optional<std::size_t> line = take_last_number(before);
  if (!line) return std::nullopt;
  return Place{*line, *column};
}

std::optional<std::string_view> line_of(std::string_view text, std::size_t number) {
  for (; number > 1; --number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::string explain_fault(const std::string& fault, std::string_view expression) {
  const std::optional<Place> place = place_in(fault);
  if (!place) return fault;
  const std::optional<std::string_view> line = line_of(expression, place->line);
  if (!line || place->column > line->size() + 1) return fault;
  const std::size_t indent = display_width(sanitise_utf8(line->substr(0, place->column - 1)));
  return fault + "\n  " + sanitise_utf8(*line) + "\n  " + std::string(indent, ' ') + "^";
}

std::string hint_for_figure(std::string_view expression) {
  if (!find_figure(expression) && expression != "all") return "";
  return "did you mean `sonde top --once`? it prints the figures of every service";
}

}  // namespace sonde::cli
