#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "templates/rune.h"
#include "templates/value_format.h"

namespace sonde::templates {
namespace {

constexpr std::size_t kMaxNumber = 1'000'000;  // of a width or precision, as in fmt

/// Walks over a format as fmt's doPrintf does, mistakes of the format included in the text.
class Printer {
 public:
  Printer(BoundedText& out, std::string_view format, std::span<const Value> values)
      : out_(out), rest_(format), values_(values) {}

  void run() {
    while (!rest_.empty() && !out_.overflowed()) {
      const std::size_t percent = std::min(rest_.find('%'), rest_.size());
      out_.append(rest_.substr(0, percent));
      rest_.remove_prefix(percent);
      if (rest_.empty()) break;
      rest_.remove_prefix(1);
      directive();
    }
    if (!reordered_ && next_ < values_.size()) surplus();
  }

 private:
  bool accept(char letter) {
    if (!rest_.starts_with(letter)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void directive() {
    Directive made;
    flags(made);
    after_index_ = false;
    good_index_ = true;
    index();
    width(made);
    if (accept('.')) precision(made);
    if (!after_index_) index();
    if (rest_.empty()) return out_.append("%!(NOVERB)");
    const Rune verb = decode_rune(rest_);
    rest_.remove_prefix(verb.bytes);
    made.verb = verb.value;
    write(made);
  }

  void write(const Directive& made) {
    std::string name = "%!";
    append_rune(name, made.verb);
    if (made.verb == U'%') return out_.append("%");
    if (!good_index_) return out_.append(name + "(BADINDEX)");
    if (next_ >= values_.size()) return out_.append(name + "(MISSING)");
    const Value& value = values_[next_++];
    if (made.verb == U'T') return pad(out_, type_name(value), made);
    format_value(out_, value, made);
  }

  void flags(Directive& made) {
    while (true) {
      if (accept('#')) {
        made.sharp = true;
      } else if (accept('0')) {
        made.zero = !made.minus;
      } else if (accept('+')) {
        made.plus = true;
      } else if (accept('-')) {
        made.minus = true;
        made.zero = false;
      } else if (accept(' ')) {
        made.space = true;
      } else {
        return;
      }
    }
  }

  std::optional<std::size_t> number() {
    std::optional<std::size_t> value;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      value = std::min(value.value_or(0) * 10 + static_cast<std::size_t>(rest_.front() - '0'), kMaxNumber + 1);
      rest_.remove_prefix(1);
    }
    if (value && *value > kMaxNumber) value = std::nullopt;
    return value;
  }

  /// `[2]`: which value comes next.
  void index() {
    after_index_ = false;
    if (!rest_.starts_with('[')) return;
    reordered_ = true;
    const std::size_t close = rest_.find(']');
    if (close == std::string_view::npos) {
      good_index_ = false;
      rest_.remove_prefix(1);
      return;
    }
    const std::string_view behind = rest_.substr(close + 1);
    rest_.remove_prefix(1);
    const auto wanted = number();
    good_index_ = good_index_ && wanted && rest_.starts_with(']') && *wanted >= 1 && *wanted <= values_.size();
    if (good_index_) next_ = *wanted - 1;
    rest_ = behind;
    after_index_ = good_index_;
  }

  /// The value that `*` takes; nothing if it is no number.
  std::optional<std::int64_t> star() {
    if (next_ >= values_.size()) return std::nullopt;
    const auto* held = values_[next_++].as<std::int64_t>();
    after_index_ = false;
    if (held == nullptr || std::abs(*held) > static_cast<std::int64_t>(kMaxNumber)) return std::nullopt;
    return *held;
  }

  void width(Directive& made) {
    if (!accept('*')) {
      made.width = number();
      if (after_index_ && made.width) good_index_ = false;  // "%[3]2d"
      return;
    }
    const auto value = star();
    if (!value) return out_.append("%!(BADWIDTH)");
    if (*value < 0) {
      made.minus = true;
      made.zero = false;
    }
    made.width = static_cast<std::size_t>(std::abs(*value));
  }

  void precision(Directive& made) {
    if (after_index_) good_index_ = false;  // "%[3].2d"
    index();
    if (!accept('*')) {
      made.precision = number().value_or(0);
      return;
    }
    const auto value = star();
    if (!value || *value < 0) return out_.append("%!(BADPREC)");
    made.precision = static_cast<std::size_t>(*value);
  }

  void surplus() {
    out_.append("%!(EXTRA ");
    for (std::size_t i = next_; i < values_.size(); ++i) {
      if (i > next_) out_.append(", ");
      out_.append(type_name(values_[i]));
      if (values_[i].kind() == Kind::kNil) continue;
      out_.append("=");
      format_value(out_, values_[i], Directive{});
    }
    out_.append(")");
  }

  BoundedText& out_;
  std::string_view rest_;
  std::span<const Value> values_;
  std::size_t next_ = 0;
  bool reordered_ = false;
  bool after_index_ = false;
  bool good_index_ = true;
};

}  // namespace

void print_formatted(BoundedText& out, std::string_view format, std::span<const Value> values) {
  Printer(out, format, values).run();
}

}  // namespace sonde::templates
