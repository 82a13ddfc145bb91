#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sonde::templates {

struct Value;

/// What a template handles, in the order of Value's alternatives.
enum class Kind : std::uint8_t {
  kNil,
  kBool,
  kInteger,
  kFloat,
  kText,
  kList,
  kStringMap,
  kValueMap,
  kSample,
  kDuration,
  kMoment,
  kRoot,
};
inline constexpr std::size_t kKinds = static_cast<std::size_t>(Kind::kRoot) + 1;

using Text = std::shared_ptr<const std::string>;
using StringMap = std::map<std::string, std::string>;
using Labels = std::shared_ptr<const StringMap>;

enum class ListKind : std::uint8_t { kVector, kStrings };

/// What `query` and `stringSlice` make.
struct List {
  ListKind kind = ListKind::kVector;
  std::vector<Value> items;
};

/// What `args` makes.
struct ValueMap {
  std::map<std::string, Value> entries;
  std::size_t depth = 1;  ///< of maps within maps
};

/// One element of a vector.
struct Sample {
  Labels labels;
  double value = 0;
};

/// What `toTime` makes.  units: milliseconds since the Unix epoch.
struct Moment {
  std::int64_t at_ms = 0;
};

/// What a template begins with as its dot.
struct Root {
  Labels labels;
  Labels external_labels;
  Text external_url;
  double value = 0;
};

/// A value of the template language. Copies are cheap: what is large is shared.
struct Value {
  std::variant<std::monostate, bool, std::int64_t, double, Text, std::shared_ptr<const List>, Labels,
               std::shared_ptr<const ValueMap>, std::shared_ptr<const Sample>, std::chrono::nanoseconds, Moment,
               std::shared_ptr<const Root>>
      held;

  [[nodiscard]] Kind kind() const { return static_cast<Kind>(held.index()); }

  /// The alternative T, or null.
  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&held);
  }
};

inline Value make_text(std::string text) { return {std::make_shared<const std::string>(std::move(text))}; }

/// The text of a value of kind kText.
inline const std::string& text_of(const Value& value) { return **value.as<Text>(); }

/// As Go names its type: `float64`, `map[string]string`.
std::string_view type_name(const Value& value);

/// What `if` makes of it: false for false, 0, nil and what is empty.
bool is_true(const Value& value);

/// How deep maps are nested in it.
std::size_t depth_of(const Value& value);

}  // namespace sonde::templates
