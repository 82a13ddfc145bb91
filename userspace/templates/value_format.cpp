#include "templates/value_format.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "templates/rune.h"

namespace sonde::templates {
namespace {

/// Values that know how to print themselves do so for these verbs.
bool is_text_verb(char32_t verb) {
  return verb == U'v' || verb == U's' || verb == U'q' || verb == U'x' || verb == U'X';
}

void format_bad_verb(BoundedText& out, const Value& value, char32_t verb) {
  std::string head = "%!";
  append_rune(head, verb);
  out.append(head + "(" + std::string(type_name(value)));
  if (value.kind() != Kind::kNil) {
    out.append("=");
    format_value(out, value, Directive{});
  }
  out.append(")");
}

Value text_value(const std::string& text) { return make_text(text); }

class Nested {
 public:
  Nested(BoundedText& out, const Directive& directive) : out_(out), directive_(directive) {}

  void labels(const StringMap& map) {
    open("map[string]string", "map[");
    for (const auto& [name, value] : map) entry(name, text_value(value));
    close("]");
  }

  void values(const ValueMap& map) {
    open("map[string]interface {}", "map[");
    for (const auto& [name, value] : map.entries) entry(name, value);
    close("]");
  }

  void list(const List& list) {
    open(list.kind == ListKind::kStrings ? "[]string" : "template.queryResult", "[");
    for (const Value& item : list.items) {
      separate();
      format_value(out_, item, directive_, Depth::kInside);
      if (out_.overflowed()) return;
    }
    close("]");
  }

  void sample(const Sample& sample, Depth depth) {
    if (depth == Depth::kTop) out_.append("&");
    open("template.sample", "{");
    field("Labels", Value{sample.labels});
    field("Value", Value{sample.value});
    close("}");
  }

  void root(const Root& root) {
    open("struct { Labels map[string]string; ... }", "{");
    field("Labels", Value{root.labels});
    field("ExternalLabels", Value{root.external_labels});
    field("ExternalURL", Value{root.external_url});
    field("Value", Value{root.value});
    close("}");
  }

 private:
  [[nodiscard]] bool go_syntax() const { return directive_.sharp && directive_.verb == U'v'; }

  void open(std::string_view type, std::string_view bracket) {
    first_ = true;
    if (go_syntax()) out_.append(type);
    out_.append(go_syntax() ? "{" : bracket);
  }

  void close(std::string_view bracket) { out_.append(go_syntax() ? "}" : bracket); }

  void separate() {
    if (!first_) out_.append(go_syntax() ? ", " : " ");
    first_ = false;
  }

  void entry(const std::string& name, const Value& value) {
    separate();
    format_value(out_, text_value(name), directive_, Depth::kInside);
    out_.append(":");
    format_value(out_, value, directive_, Depth::kInside);
  }

  void field(std::string_view name, const Value& value) {
    separate();
    const bool named = directive_.verb == U'v' && (directive_.plus || directive_.sharp);
    if (named) out_.append(std::string(name) + ":");
    format_value(out_, value, directive_, Depth::kInside);
  }

  BoundedText& out_;
  const Directive& directive_;
  bool first_ = true;
};

bool format_scalar(BoundedText& out, const Value& value, const Directive& wanted) {
  Directive directive = wanted;
  if (directive.verb == U'v') directive.plus = false;  // it asks for the names of fields
  if (const auto* held = value.as<bool>()) return format_bool(out, *held, directive);
  if (const auto* held = value.as<std::int64_t>()) return format_integer(out, *held, directive);
  if (const auto* held = value.as<double>()) return format_float(out, *held, directive);
  if (value.as<Text>() != nullptr) return format_text(out, text_of(value), directive);
  if (const auto* held = value.as<Moment>()) return format_text(out, moment_text(*held), directive);
  const auto* duration = value.as<std::chrono::nanoseconds>();
  if (duration == nullptr) return false;
  if (is_text_verb(directive.verb)) return format_text(out, duration_text(*duration), directive);
  return format_integer(out, duration->count(), directive);
}

/// The largest part of a fraction that is not zero: `1.5`, `2`.
std::string with_fraction(std::uint64_t amount, std::uint64_t unit) {
  std::string text = std::to_string(amount / unit);
  std::string fraction = std::to_string(unit + amount % unit).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return fraction.empty() ? text : text + "." + fraction;
}

}  // namespace

void format_value(BoundedText& out, const Value& value, const Directive& directive, Depth depth) {
  if (out.overflowed()) return;
  Nested nested(out, directive);
  switch (value.kind()) {
    case Kind::kNil:
      if (directive.verb == U'v') return pad(out, "<nil>", directive);
      return format_bad_verb(out, value, directive.verb);
    case Kind::kList:
      return nested.list(**value.as<std::shared_ptr<const List>>());
    case Kind::kStringMap:
      return nested.labels(**value.as<Labels>());
    case Kind::kValueMap:
      return nested.values(**value.as<std::shared_ptr<const ValueMap>>());
    case Kind::kSample:
      return nested.sample(**value.as<std::shared_ptr<const Sample>>(), depth);
    case Kind::kRoot:
      return nested.root(**value.as<std::shared_ptr<const Root>>());
    case Kind::kBool:
    case Kind::kInteger:
    case Kind::kFloat:
    case Kind::kText:
    case Kind::kDuration:
    case Kind::kMoment:
      if (!format_scalar(out, value, directive)) format_bad_verb(out, value, directive.verb);
      return;
  }
  std::abort();
}

void print_value(BoundedText& out, const Value& value) {
  if (value.kind() == Kind::kNil) return out.append("<no value>");
  format_value(out, value, Directive{}, Depth::kInside);
}

void print_values(BoundedText& out, std::span<const Value> values) {
  bool after_text = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool is_text = values[i].kind() == Kind::kText;
    if (i > 0 && !is_text && !after_text) out.append(" ");
    format_value(out, values[i], Directive{});
    after_text = is_text;
  }
}

std::string duration_text(std::chrono::nanoseconds duration) {
  const bool negative = duration.count() < 0;
  const auto signed_ns = static_cast<std::uint64_t>(duration.count());
  const std::uint64_t total_ns = negative ? ~signed_ns + 1 : signed_ns;
  constexpr std::uint64_t kSecondNs = 1'000'000'000;
  std::string text = negative ? "-" : "";
  if (total_ns == 0) return "0s";
  if (total_ns < 1'000) return text + std::to_string(total_ns) + "ns";
  if (total_ns < 1'000'000) return text + with_fraction(total_ns, 1'000) + "\u00b5s";
  if (total_ns < kSecondNs) return text + with_fraction(total_ns, 1'000'000) + "ms";
  const std::uint64_t minutes = total_ns / kSecondNs / 60;
  if (minutes >= 60) text += std::to_string(minutes / 60) + "h";
  if (minutes > 0) text += std::to_string(minutes % 60) + "m";
  return text + with_fraction(total_ns % (60 * kSecondNs), kSecondNs) + "s";
}

std::string moment_text(Moment moment) {
  using std::chrono::days;
  using std::chrono::floor;
  using std::chrono::milliseconds;
  const std::chrono::sys_time<milliseconds> at{milliseconds{moment.at_ms}};
  const auto day = floor<days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  // A year beyond 32767 would not fit the type of <chrono>; times of 64-bit nanoseconds end in 2262.
  std::array<char, 80> buffer;
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u %02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  std::string text = buffer.data();
  if (const auto fraction = time.subseconds().count(); fraction != 0) {
    std::string digits = std::to_string(1000 + fraction).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += "." + digits;
  }
  return text + " +0000 UTC";
}

}  // namespace sonde::templates
