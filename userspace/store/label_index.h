#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/types.h"

namespace sonde::store {

/// A place in the table of stored series.
using SeriesSlot = std::uint32_t;

/// Series that have one label with one value.  shape: ascending.
using Postings = std::vector<SeriesSlot>;

/// Which series have which labels. It holds each label's text once; series refer to it.  threads: one writer or many
/// readers at a time.
class LabelIndex {
 public:
  using Values = std::map<std::string, Postings, std::less<>>;
  using Names = std::map<std::string, Values, std::less<>>;

  /// One label of a series.  owner: the index, as long as a series has that label.
  struct Entry {
    const Names::value_type* name = nullptr;
    const Values::value_type* value = nullptr;
  };

  /// A series that goes.
  struct Leaver {
    SeriesSlot slot = 0;
    std::span<const Entry> labels;
  };

  /// shape: `labels` sorted by name.
  std::vector<Entry> add(SeriesSlot slot, const Labels& labels);

  /// Forgets series and the texts that none has any more.
  void remove(std::span<const Leaver> leavers);

  [[nodiscard]] const Names& names() const noexcept { return names_; }

  /// Null if no series has it.
  [[nodiscard]] const Values::value_type* find(std::string_view name, std::string_view value) const;

  [[nodiscard]] std::size_t bytes() const noexcept { return text_bytes_ + posting_count_ * sizeof(SeriesSlot) * 2; }

 private:
  static std::size_t value_bytes(const std::string& text);
  void erase_value(const std::string& name, const std::string& value);

  Names names_;
  std::size_t text_bytes_ = 0;
  std::size_t posting_count_ = 0;
};

}  // namespace sonde::store
