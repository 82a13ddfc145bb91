#include "store/matching.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <numeric>
#include <utility>

namespace sonde::store {
namespace {

std::array<std::string, kClassicBuckets> make_bound_texts() {
  constexpr int kDigits = 16;
  std::array<std::string, kClassicBuckets> texts;
  for (std::size_t i = 0; i < kDurationBounds.size(); ++i) {
    std::array<char, 32> text{};
    const double seconds = static_cast<double>(kDurationBounds[i].count()) / 1e9;
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::general, kDigits).ptr;
    texts[i].assign(text.data(), end);
  }
  texts.back() = "+Inf";
  return texts;
}

std::string_view without_suffix(std::string_view name) {
  for (const std::string_view suffix : {kBucketSuffix, kSumSuffix, kCountSuffix}) {
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  }
  return {};
}

const LabelIndex::Entry* find_label(const StoredSeries& series, std::string_view name) {
  for (const LabelIndex::Entry& entry : series.labels) {
    if (entry.name->first == name) return &entry;
  }
  return nullptr;
}

std::span<const SeriesSlot> postings_of(const LabelIndex& index, std::string_view name, std::string_view value) {
  const auto* row = index.find(name, value);
  return row == nullptr ? std::span<const SeriesSlot>() : std::span<const SeriesSlot>(row->second);
}

}  // namespace

CompiledMatcher::CompiledMatcher(Matcher matcher, std::unique_ptr<const re2::RE2> regex)
    : matcher_(std::move(matcher)), regex_(std::move(regex)) {}
CompiledMatcher::~CompiledMatcher() = default;
CompiledMatcher::CompiledMatcher(CompiledMatcher&&) noexcept = default;

Result<CompiledMatcher> CompiledMatcher::compile(const Matcher& matcher) {
  const bool is_regex = matcher.op == MatchOperator::kRegex || matcher.op == MatchOperator::kNotRegex;
  if (!is_regex) return CompiledMatcher(matcher, nullptr);
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  auto regex = std::make_unique<const re2::RE2>(matcher.value, options);
  if (!regex->ok()) {
    return Error{Code::kBadInput,
                 "regular expression '" + matcher.value + "' of label '" + matcher.name + "': " + regex->error()};
  }
  return CompiledMatcher(matcher, std::move(regex));
}

bool CompiledMatcher::matches(std::string_view value) const {
  const auto in_full = [&] { return re2::RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *regex_); };
  switch (matcher_.op) {
    case MatchOperator::kEqual:
      return value == matcher_.value;
    case MatchOperator::kNotEqual:
      return value != matcher_.value;
    case MatchOperator::kRegex:
      return in_full();
    case MatchOperator::kNotRegex:
      return !in_full();
  }
  return false;
}

const std::array<std::string, kClassicBuckets>& bound_texts() {
  static const std::array<std::string, kClassicBuckets> kTexts = make_bound_texts();
  return kTexts;
}

Result<SeriesMatcher> SeriesMatcher::compile(std::span<const Matcher> matchers) {
  SeriesMatcher compiled;
  for (const Matcher& matcher : matchers) {
    CompiledMatcher ready = SONDE_TRY(CompiledMatcher::compile(matcher));
    if (matcher.name == kNameLabel) {
      compiled.on_name_.push_back(std::move(ready));
    } else if (matcher.name == kBoundLabel) {
      compiled.on_bound_.push_back(std::move(ready));
    } else {
      compiled.on_others_.push_back({std::move(ready), {}});
    }
  }
  const auto bound_matches = [&](std::string_view bound) {
    return std::all_of(compiled.on_bound_.begin(), compiled.on_bound_.end(),
                       [&](const CompiledMatcher& matcher) { return matcher.matches(bound); });
  };
  for (std::size_t i = 0; i < kClassicBuckets; ++i) {
    if (bound_matches(bound_texts()[i])) compiled.bucket_mask_ |= 1U << i;
  }
  compiled.no_bound_matches_ = bound_matches("");
  return compiled;
}

bool SeriesMatcher::name_matches(std::string_view name) const {
  return std::all_of(on_name_.begin(), on_name_.end(),
                     [&](const CompiledMatcher& matcher) { return matcher.matches(name); });
}

Parts SeriesMatcher::match_name(std::string_view family, bool is_histogram) {
  Parts parts;
  if (!is_histogram) {
    parts.plain = name_matches(family);
    return parts;
  }
  const auto matches = [&](std::string_view suffix) { return name_matches(std::string(family).append(suffix)); };
  parts.buckets = bucket_mask_ != 0 && matches(kBucketSuffix) ? bucket_mask_ : 0;
  parts.sum = no_bound_matches_ && matches(kSumSuffix);
  parts.count = no_bound_matches_ && matches(kCountSuffix);
  return parts;
}

bool SeriesMatcher::matches_others(const StoredSeries& series) {
  return std::all_of(on_others_.begin(), on_others_.end(), [&](Condition& condition) {
    const LabelIndex::Entry* entry = find_label(series, condition.matcher.name());
    const void* const key = entry == nullptr ? nullptr : entry->value;
    const auto [row, is_new] = condition.known.try_emplace(key, false);
    if (is_new) row->second = condition.matcher.matches(entry == nullptr ? "" : std::string_view(entry->value->first));
    return row->second;
  });
}

Parts SeriesMatcher::match(const StoredSeries& series) {
  const LabelIndex::Entry* name = find_label(series, kNameLabel);
  const void* const key = name == nullptr ? nullptr : name->value;
  const auto [row, is_new] = known_names_[series.is_histogram() ? 1 : 0].try_emplace(key);
  if (is_new) row->second = match_name(series.family(), series.is_histogram());
  const Parts& parts = row->second;
  if (!parts.any() || !matches_others(series)) return {};
  if (parts.plain && asks_for_bound()) {
    const LabelIndex::Entry* bound = find_label(series, kBoundLabel);
    const std::string_view value = bound == nullptr ? "" : std::string_view(bound->value->first);
    const bool matches = std::all_of(on_bound_.begin(), on_bound_.end(),
                                     [&](const CompiledMatcher& matcher) { return matcher.matches(value); });
    if (!matches) return {};
  }
  return parts;
}

std::vector<SeriesSlot> SeriesMatcher::candidates(const SeriesTable& table) const {
  const LabelIndex& index = table.index();
  const std::vector<SeriesSlot>* smallest = nullptr;
  for (const Condition& condition : on_others_) {
    if (!condition.matcher.names_one_value()) continue;
    const auto* row = index.find(condition.matcher.name(), condition.matcher.value());
    if (row == nullptr) return {};
    if (smallest == nullptr || row->second.size() < smallest->size()) smallest = &row->second;
  }
  const auto named = std::find_if(on_name_.begin(), on_name_.end(),
                                  [](const CompiledMatcher& matcher) { return matcher.names_one_value(); });
  if (named != on_name_.end()) {
    const auto plain = postings_of(index, kNameLabel, named->value());
    const auto histograms = postings_of(index, kNameLabel, without_suffix(named->value()));
    if (smallest == nullptr || plain.size() + histograms.size() < smallest->size()) {
      std::vector<SeriesSlot> slots(plain.begin(), plain.end());
      slots.insert(slots.end(), histograms.begin(), histograms.end());
      return slots;
    }
  }
  if (smallest != nullptr) return *smallest;
  std::vector<SeriesSlot> all;
  all.reserve(table.size());
  table.for_each([&](const StoredSeries& series) { all.push_back(series.slot); });
  return all;
}

}  // namespace sonde::store
