#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/types.h"

namespace sonde::promql {

/// What a series is called while it is worked on. Dropping the name is a flag rather than a copy: most expressions drop
/// the names of thousands of series of which a few are left in the end.
struct LabelSet {
  std::shared_ptr<const store::Labels> labels;  ///< never null
  bool nameless = false;                        ///< the metadata labels in `labels` count as not there
};

/// A set without labels, what scalars are called.
LabelSet no_labels();

/// The labels that go with a metric's name when an operation drops it: __name__, __type__ and __unit__ (Prometheus
/// schema/labels.go).
bool is_metadata_label(std::string_view name);

/// The value of a label, empty if it is not there.
std::string_view value_of(const LabelSet& set, std::string_view name);

/// Which labels count when series are put together: those of by() and on(), or all but those of without() and
/// ignoring().  shape: `names` sorted. __name__ is a name like the others here.
struct LabelFilter {
  bool keep = false;
  std::vector<std::string> names;

  [[nodiscard]] bool counts(std::string_view name) const;
};

/// Every label counts.
inline LabelFilter all_labels() { return LabelFilter{}; }

/// The filter with its names sorted.
LabelFilter make_filter(bool keep, std::vector<std::string> names);

/// The labels that count.
store::Labels filtered(const LabelSet& set, const LabelFilter& filter);

/// Sets a label in place, or takes it away if the value is empty.
void set_label(store::Labels& labels, std::string_view name, std::string value);

/// Negative, zero or positive, as Prometheus sorts series: name by name, value by value (model/labels, Compare).
int compare(const LabelSet& left, const LabelSet& right);

/// In quotes and with backslashes, as Go's verb %q writes text.
std::string quoted_text(std::string_view text);

/// `{a="b", c="d"}` with the name among them, as Prometheus writes series in its messages (Labels.String()).
std::string to_text(const store::Labels& labels);

/// Numbers label sets as they come: equal ones under a filter get the same number.
class LabelGroups {
 public:
  /// The number of the set; the next free one if it is new.
  std::size_t number_of(const LabelSet& set, const LabelFilter& filter);

  [[nodiscard]] std::size_t size() const { return numbers_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> numbers_;
  std::string key_;  ///< reused
};

}  // namespace sonde::promql
