#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/yaml_document.h"
#include "config/fault_log.h"

namespace sonde::config {

struct DurationRange {
  std::chrono::nanoseconds least;
  std::chrono::nanoseconds most;
};

struct CountRange {
  std::uint64_t least = 1;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
};

/// One value of the file on its way into a field. Every reader leaves the field alone and a fault behind if the value
/// does not fit, and says whether it did.
class Value {
 public:
  Value(const Node& node, Spot spot, FaultLog& log) : node_(&node), spot_(std::move(spot)), log_(&log) {}

  [[nodiscard]] bool read_text(std::string& into) const;

  /// A text of any lines and control characters.
  [[nodiscard]] bool read_bytes(std::string& into) const;
  [[nodiscard]] bool read_duration(std::chrono::nanoseconds& into, DurationRange range) const;
  [[nodiscard]] bool read_ratio(double& into) const;
  [[nodiscard]] bool read_size(std::uint64_t& into) const;
  [[nodiscard]] bool read_whole_number(std::uint64_t& into, CountRange range) const;
  [[nodiscard]] bool read_choice(std::size_t& into, std::span<const std::string_view> names) const;

  /// Any text of any length, also an empty one.
  [[nodiscard]] bool read_free_text(std::string& into) const;

  /// A regular expression (ECMAScript), which may be empty.
  [[nodiscard]] bool read_pattern(std::string& into) const;

  /// One text, or the items of a list.
  [[nodiscard]] bool read_texts(std::vector<std::string>& into) const;

  /// The items of a list; none if there is nothing after the key.
  [[nodiscard]] std::optional<std::vector<Value>> read_list() const;

  template <class T>
  [[nodiscard]] bool read_count(T& into, CountRange range = {}) const {
    std::uint64_t number = 0;
    range.most = std::min<std::uint64_t>(range.most, std::numeric_limits<T>::max());
    if (!read_whole_number(number, range)) return false;
    into = static_cast<T>(number);
    return true;
  }

  /// Leaves a fault about this value.  returns: false.
  bool refuse(std::string what) const;

  /// As refuse, unless the check passed.
  bool accept(const Result<>& check) const { return check.has_value() || refuse(check.error().what); }

  /// What is read here without a fault.
  [[nodiscard]] const Node& node() const { return *node_; }
  [[nodiscard]] const Spot& spot() const { return spot_; }
  [[nodiscard]] FaultLog& log() const { return *log_; }

 private:
  [[nodiscard]] std::optional<std::string_view> scalar() const;
  [[nodiscard]] std::optional<std::string_view> line() const;
  [[nodiscard]] bool refuse_spelling(const Error& error, std::string_view text) const;

  const Node* node_;
  Spot spot_;
  FaultLog* log_;
};

}  // namespace sonde::config
