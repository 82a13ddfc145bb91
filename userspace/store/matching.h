#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "store/series_table.h"
#include "store/types.h"

namespace re2 {
class RE2;
}

namespace sonde::store {

/// A matcher that is ready to be asked.  threads: any.
class CompiledMatcher {
 public:
  /// errors: kBadInput for a regular expression that RE2 does not take.
  [[nodiscard]] static Result<CompiledMatcher> compile(const Matcher& matcher);
  ~CompiledMatcher();
  CompiledMatcher(CompiledMatcher&&) noexcept;

  [[nodiscard]] bool matches(std::string_view value) const;
  [[nodiscard]] const std::string& name() const noexcept { return matcher_.name; }

  /// Whether exactly one value, not the empty one, matches.
  [[nodiscard]] bool names_one_value() const noexcept {
    return matcher_.op == MatchOperator::kEqual && !matcher_.value.empty();
  }
  [[nodiscard]] const std::string& value() const noexcept { return matcher_.value; }

 private:
  CompiledMatcher(Matcher matcher, std::unique_ptr<const re2::RE2> regex);

  Matcher matcher_;
  std::unique_ptr<const re2::RE2> regex_;
};

inline constexpr std::string_view kBoundLabel = "le";
inline constexpr std::string_view kBucketSuffix = "_bucket";
inline constexpr std::string_view kSumSuffix = "_sum";
inline constexpr std::string_view kCountSuffix = "_count";

/// `le` of each classic bucket, spelt as Sonde's /metrics does.
[[nodiscard]] const std::array<std::string, kClassicBuckets>& bound_texts();

/// Which of the series that a stored series stands for are meant. Of a number there is `plain` alone.
struct Parts {
  bool plain = false;
  bool sum = false;
  bool count = false;
  std::uint32_t buckets = 0;  ///< bit i: the classic bucket i

  [[nodiscard]] bool any() const noexcept { return plain || sum || count || buckets != 0; }
};
static_assert(kClassicBuckets <= 32, "Parts::buckets has one bit for each");

/// Finds the stored series that have all of some labels.  threads: one at a time.
class SeriesMatcher {
 public:
  /// errors: kBadInput for a regular expression that RE2 does not take.
  [[nodiscard]] static Result<SeriesMatcher> compile(std::span<const Matcher> matchers);

  /// What of `series` matches.
  [[nodiscard]] Parts match(const StoredSeries& series);

  /// A superset of the places of matching series, small if the matchers allow.  shape: each once.
  [[nodiscard]] std::vector<SeriesSlot> candidates(const SeriesTable& table) const;

  [[nodiscard]] bool asks_for_bound() const noexcept { return !on_bound_.empty(); }

 private:
  struct Condition {
    CompiledMatcher matcher;
    std::unordered_map<const void*, bool> known;  // by the value's place in the index
  };

  [[nodiscard]] bool matches_others(const StoredSeries& series);
  [[nodiscard]] Parts match_name(std::string_view family, bool is_histogram);
  [[nodiscard]] bool name_matches(std::string_view name) const;

  std::vector<CompiledMatcher> on_name_;
  std::vector<CompiledMatcher> on_bound_;
  std::vector<Condition> on_others_;
  std::uint32_t bucket_mask_ = 0;                          // whose `le` matches
  bool no_bound_matches_ = true;                           // what has no `le`
  std::unordered_map<const void*, Parts> known_names_[2];  // of numbers, of histograms
};

}  // namespace sonde::store
