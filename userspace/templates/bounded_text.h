#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace sonde::templates {

/// Text that stops growing at a limit and remembers that it had to.
class BoundedText {
 public:
  explicit BoundedText(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void append(std::string_view more) {
    overflowed_ = overflowed_ || more.size() > max_bytes_ - text_.size();
    if (!overflowed_) text_ += more;
  }

  void append(std::size_t count, char letter) {
    overflowed_ = overflowed_ || count > max_bytes_ - text_.size();
    if (!overflowed_) text_.append(count, letter);
  }

  [[nodiscard]] bool overflowed() const { return overflowed_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  std::string take() && { return std::move(text_); }

 private:
  std::size_t max_bytes_;
  bool overflowed_ = false;
  std::string text_;
};

}  // namespace sonde::templates
