#include "promql/series_notation.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>
#include <utility>
#include <variant>

#include "promql/literals.h"
#include "promql/parser.h"

namespace sonde::promql {
namespace {

constexpr std::size_t kMaxPoints = 1'000'000;

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':'; }
bool is_name_character(char c) { return is_name_start(c) || std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads a line from the left.
class Reader {
 public:
  explicit Reader(std::string_view line) : rest_(line), length_(line.size()) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  void skip_spaces() {
    while (is_space(next())) rest_.remove_prefix(1);
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  template <class Predicate>
  std::string_view take_while(Predicate predicate) {
    const auto* const end = std::find_if_not(rest_.begin(), rest_.end(), predicate);
    return take_count(static_cast<std::size_t>(end - rest_.begin()));
  }

  std::string_view take_count(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

  [[nodiscard]] Error error(const std::string& what) const {
    return Error{Code::kBadInput, "column " + std::to_string(length_ - rest_.size() + 1) + ": " + what};
  }

 private:
  std::string_view rest_;
  std::size_t length_;
};

Result<std::string> read_quoted(Reader& reader) {
  const char quote = reader.next();
  const std::string_view text = reader.rest();
  std::size_t end = 1;
  while (end < text.size() && text[end] != quote) end += text[end] == '\\' && quote != '`' ? 2 : 1;
  if (end >= text.size()) return reader.error("a quoted text does not end");
  const auto literal = parse(text.substr(0, end + 1));
  const auto* const parsed = literal ? std::get_if<StringLiteral>(&(*literal)->node) : nullptr;
  if (parsed == nullptr) return reader.error("a quoted text is malformed");
  reader.take_count(end + 1);
  return parsed->value;
}

bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

/// One entry between the braces: a label, or the metric's name in quotes.
Result<Ok> read_label(Reader& reader, store::Labels& labels) {
  const bool quoted = is_quote(reader.next());
  std::string name = quoted ? SONDE_TRY(read_quoted(reader)) : std::string(reader.take_while(is_name_character));
  if (name.empty()) return reader.error("a label name is missing");
  reader.skip_spaces();
  if (!reader.take("=")) {
    if (!quoted) return reader.error("'=' is missing");
    labels.push_back(measure::Label{std::string(store::kNameLabel), std::move(name)});
    return Ok{};
  }
  reader.skip_spaces();
  if (!is_quote(reader.next())) return reader.error("a label value is missing");
  std::string value = SONDE_TRY(read_quoted(reader));
  if (!value.empty()) labels.push_back(measure::Label{std::move(name), std::move(value)});
  return Ok{};
}

Result<store::Labels> read_labels(Reader& reader) {
  store::Labels labels;
  const std::string_view name =
      is_name_start(reader.next()) ? reader.take_while(is_name_character) : std::string_view{};
  if (!name.empty()) labels.push_back(measure::Label{std::string(store::kNameLabel), std::string(name)});
  reader.skip_spaces();
  const bool histogram_follows = reader.rest().starts_with("{{");
  if (!histogram_follows && reader.take("{")) {
    reader.skip_spaces();
    while (!reader.take("}")) {
      SONDE_TRY(read_label(reader, labels));
      reader.skip_spaces();
      if (!reader.take(",") && reader.next() != '}') return reader.error("',' or '}' is missing");
      reader.skip_spaces();
    }
  } else if (name.empty()) {
    return reader.error("this is no series");
  }
  std::sort(labels.begin(), labels.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return labels;
}

/// A number without hexadecimal digits: `0x3` is three more zeros.
Result<double> read_number(Reader& reader) {
  const std::string_view text = reader.rest();
  std::size_t end = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  for (const std::string_view word : {"Inf", "inf", "NaN", "nan"}) {
    if (text.substr(end).starts_with(word)) return parse_signed_number(reader.take_count(end + word.size()));
  }
  const std::size_t digits = end;
  const auto skip_digits = [&] {
    while (end < text.size() && is_digit(text[end])) ++end;
  };
  skip_digits();
  if (end < text.size() && text[end] == '.') ++end;
  skip_digits();
  if (end == digits) return reader.error("this is no point");
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    ++end;
    if (end < text.size() && (text[end] == '+' || text[end] == '-')) ++end;
    skip_digits();
  }
  return parse_signed_number(reader.take_count(end));
}

Result<std::size_t> read_times(Reader& reader) {
  const std::string_view digits = reader.take_while(is_digit);
  std::size_t times = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), times);
  if (digits.empty() || fault != std::errc{} || times > kMaxPoints) return reader.error("this is no number of points");
  return times;
}

/// `{{...}}`, `{{...}}x3`, `{{...}}+{{...}}x3`: how many there are is all that is read of them.
Result<Ok> read_histograms(Reader& reader, std::vector<Point>& points) {
  do {
    const std::size_t end = reader.rest().find("}}");
    if (end == std::string_view::npos) return reader.error("a histogram does not end");
    reader.take_count(end + 2);
    if (reader.next() == '+' || reader.next() == '-') reader.take_count(1);
  } while (reader.rest().starts_with("{{"));
  const std::size_t times = reader.take("x") ? SONDE_TRY(read_times(reader)) : 0;
  points.resize(points.size() + times + 1, Point{PointKind::kNativeHistogram, 0});
  return Ok{};
}

Result<Ok> read_values(Reader& reader, std::vector<Point>& points) {
  double value = reader.take("stale") ? store::stale_marker() : SONDE_TRY(read_number(reader));
  const double step = reader.next() == '+' || reader.next() == '-' ? SONDE_TRY(read_number(reader)) : 0;
  const bool repeated = reader.take("x");
  if (!repeated && step != 0) return reader.error("'x' and a number of points are missing");
  const std::size_t times = repeated ? SONDE_TRY(read_times(reader)) : 0;
  for (std::size_t count = 0; count <= times; ++count) {
    points.push_back(Point{PointKind::kValue, value});
    if (step != 0) value += step;
  }
  return Ok{};
}

Result<Ok> read_points(Reader& reader, std::vector<Point>& points) {
  if (reader.rest().starts_with("{{")) return read_histograms(reader, points);
  if (!reader.take("_")) return read_values(reader, points);
  const std::size_t times = reader.take("x") ? SONDE_TRY(read_times(reader)) : 1;
  points.resize(points.size() + times, Point{PointKind::kGap, 0});
  return Ok{};
}

}  // namespace

Result<SeriesLine> parse_series_line(std::string_view line) {
  Reader reader(line);
  reader.skip_spaces();
  SeriesLine series{SONDE_TRY(read_labels(reader)), {}};
  while (true) {
    const bool spaced = is_space(reader.next());
    reader.skip_spaces();
    if (reader.at_end()) return series;
    if (!spaced && reader.rest().size() == line.size()) return reader.error("a space is missing");
    SONDE_TRY(read_points(reader, series.points));
    if (series.points.size() > kMaxPoints) return reader.error("these are too many points");
  }
}

Result<double> parse_signed_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative || text.starts_with('+') ? 1 : 0);
  const bool signs_twice = digits.starts_with('-') || digits.starts_with('+');
  const auto value = parse_number(digits);
  if (!value || signs_twice) return Error{Code::kBadInput, "'" + std::string(text) + "' is no number"};
  return negative ? -*value : *value;
}

}  // namespace sonde::promql
