#include "serve/text_format.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace sonde::serve {
namespace {

char* write_text(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

void append_escaped(std::string& out, std::string_view value) {
  for (const char byte : value) {
    if (byte == '\n') {
      out += "\\n";
      continue;
    }
    if (byte == '\\' || byte == '"') out += '\\';
    out += byte;
  }
}

}  // namespace

char* write_number(char* out, double value) {
  constexpr double kExactIntegers = 1e15;
  constexpr int kDigits = 16;
  if (std::isnan(value)) return write_text(out, "Nan");
  if (std::isinf(value)) return write_text(out, value < 0 ? "-Inf" : "+Inf");
  const bool is_integer = std::abs(value) < kExactIntegers && std::trunc(value) == value;
  // Integers skip the floating-point printer, which is ten times slower; -0 is for it to spell.
  if (is_integer && !(value == 0 && std::signbit(value))) {
    return std::to_chars(out, out + kMaxNumberBytes, static_cast<std::int64_t>(value)).ptr;
  }
  return std::to_chars(out, out + kMaxNumberBytes, value, std::chars_format::general, kDigits).ptr;
}

std::string label_text(const measure::SeriesIdentity& identity) {
  std::string text;
  for (const measure::Label& label : identity.labels) {
    if (!text.empty()) text += ',';
    text += label.name;
    text += "=\"";
    append_escaped(text, label.value);
    text += '"';
  }
  return text;
}

std::string one_line(std::string_view help) {
  std::string line(help);
  std::replace_if(
      line.begin(), line.end(), [](char byte) { return byte == '\n' || byte == '\r' || byte == '\\'; }, ' ');
  return line;
}

std::string_view name_of(measure::MetricType type) {
  switch (type) {
    case measure::MetricType::kCounter:
      return "counter";
    case measure::MetricType::kGauge:
      return "gauge";
    case measure::MetricType::kHistogram:
      return "histogram";
    case measure::MetricType::kUntyped:
      return "untyped";
  }
  std::abort();
}

double bound_seconds(std::size_t index) { return static_cast<double>(kDurationBounds[index].count()) / 1e9; }

}  // namespace sonde::serve
