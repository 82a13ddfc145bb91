#include "store/selecting.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "store/fine_bounds.h"
#include "store/histogram_view.h"
#include "store/number_view.h"

namespace sonde::store {
namespace {

constexpr std::size_t kMaxFineSeries = 100'000;

std::string& name_in(Labels& labels) {
  return std::find_if(labels.begin(), labels.end(), [](const auto& label) { return label.name == kNameLabel; })->value;
}

Labels with_suffix(Labels labels, std::string_view suffix) {
  name_in(labels) += suffix;
  return labels;
}

Labels with_bound(const Labels& buckets, const std::string& bound) {
  Labels labels;
  labels.reserve(buckets.size() + 1);
  const auto place =
      std::lower_bound(buckets.begin(), buckets.end(), kBoundLabel,
                       [](const measure::Label& label, std::string_view name) { return label.name < name; });
  labels.insert(labels.end(), buckets.begin(), place);
  labels.push_back({std::string(kBoundLabel), bound});
  labels.insert(labels.end(), place, buckets.end());
  return labels;
}

/// A histogram's series, each with what it shows.
struct NamedPart {
  HistogramPart part;
  Labels labels;
};

void add_classic_buckets(const Match& match, std::vector<NamedPart>& parts) {
  if (match.parts.buckets == 0) return;
  const Labels buckets = with_suffix(match.labels, kBucketSuffix);
  for (std::size_t i = 0; i < kClassicBuckets; ++i) {
    if ((match.parts.buckets >> i & 1U) == 0) continue;
    // The last one is told the count, as /metrics does.
    const bool is_last = i + 1 == kClassicBuckets;
    const auto kind = is_last ? HistogramPart::Kind::kInfinity : HistogramPart::Kind::kClassicBucket;
    parts.push_back({{kind, i}, with_bound(buckets, bound_texts()[i])});
  }
}

void add_fine_buckets(const Match& match, const FineBounds& bounds, std::vector<NamedPart>& parts) {
  const Labels buckets = with_suffix(match.labels, kBucketSuffix);
  for (std::size_t i = 0; i < bounds.limits.size(); ++i) {
    parts.push_back({{HistogramPart::Kind::kFineBucket, i}, with_bound(buckets, bounds.texts[i])});
  }
  parts.push_back({{HistogramPart::Kind::kInfinity, 0}, with_bound(buckets, bound_texts().back())});
}

void add_totals(const Match& match, std::vector<NamedPart>& parts) {
  if (match.parts.sum) parts.push_back({{HistogramPart::Kind::kSum, 0}, with_suffix(match.labels, kSumSuffix)});
  if (match.parts.count) parts.push_back({{HistogramPart::Kind::kCount, 0}, with_suffix(match.labels, kCountSuffix)});
}

/// Bounds by the family's name, for those that can be shown with finer ones.
using BoundsByFamily = std::map<std::string, std::shared_ptr<const FineBounds>, std::less<>>;

BoundsByFamily find_bounds(std::span<Match> matches) {
  struct Use {
    FineIndexSet indexes;
    std::size_t histograms = 0;
  };
  std::map<std::string, Use> uses;
  for (Match& match : matches) {
    if (match.parts.buckets == 0) continue;
    Use& use = uses[name_in(match.labels)];
    ++use.histograms;
    for (const ChunkPointer& chunk : match.chunks) add_fine_indexes(*chunk, use.indexes);
  }
  BoundsByFamily bounds;
  for (const auto& [family, use] : uses) {
    auto found = std::make_shared<const FineBounds>(make_fine_bounds(use.indexes, use.histograms, kMaxFineSeries));
    if (!found->limits.empty()) bounds.emplace(family, std::move(found));
  }
  return bounds;
}

void add_histogram_views(Match match, const Selection& selection, const BoundsByFamily& bounds,
                         std::vector<std::unique_ptr<SeriesView>>& views) {
  const auto fine = match.parts.buckets == 0 ? bounds.end() : bounds.find(name_in(match.labels));
  std::vector<NamedPart> parts;
  if (fine != bounds.end()) {
    add_fine_buckets(match, *fine->second, parts);
  } else {
    add_classic_buckets(match, parts);
  }
  add_totals(match, parts);
  const auto reading =
      std::make_shared<HistogramReading>(std::move(match.chunks), TimeRange{selection.from_ms, selection.to_ms},
                                         fine == bounds.end() ? nullptr : fine->second);
  for (NamedPart& part : parts) {
    auto labels = std::make_shared<const Labels>(std::move(part.labels));
    views.push_back(std::make_unique<HistogramView>(std::move(labels), reading, part.part));
  }
}

}  // namespace

std::vector<Match> find_matches(const SeriesTable& table, SeriesMatcher& matcher, const Selection& selection,
                                bool with_samples) {
  std::vector<Match> matches;
  for (const SeriesSlot slot : matcher.candidates(table)) {
    const StoredSeries& series = *table.at(slot);
    const Parts parts = matcher.match(series);
    if (!parts.any() || !series.overlaps(selection.from_ms, selection.to_ms)) continue;
    Match& match = matches.emplace_back();
    match.parts = parts;
    match.labels.reserve(series.labels.size());
    for (const LabelIndex::Entry& entry : series.labels)
      match.labels.push_back({entry.name->first, entry.value->first});
    if (!with_samples) continue;
    match.chunks =
        series.visit_tiers([&](const auto& tiers) { return tiers.collect(selection.from_ms, selection.to_ms); });
  }
  return matches;
}

std::vector<Labels> labels_of(const Match& match) {
  if (match.parts.plain) return {match.labels};
  std::vector<NamedPart> parts;
  add_classic_buckets(match, parts);
  add_totals(match, parts);
  std::vector<Labels> all;
  all.reserve(parts.size());
  for (NamedPart& part : parts) all.push_back(std::move(part.labels));
  return all;
}

std::vector<std::unique_ptr<SeriesView>> make_views(std::vector<Match> matches, const Selection& selection, bool fine) {
  const BoundsByFamily bounds = fine ? find_bounds(matches) : BoundsByFamily();
  std::vector<std::unique_ptr<SeriesView>> views;
  views.reserve(matches.size());
  for (Match& match : matches) {
    if (match.parts.plain) {
      auto labels = std::make_shared<const Labels>(std::move(match.labels));
      views.push_back(std::make_unique<NumberView>(std::move(labels), std::move(match.chunks)));
    } else {
      add_histogram_views(std::move(match), selection, bounds, views);
    }
  }
  std::sort(views.begin(), views.end(),
            [](const auto& left, const auto& right) { return comes_before(*left->labels(), *right->labels()); });
  return views;
}

bool comes_before(const Labels& left, const Labels& right) {
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    if (const int order = left[i].name.compare(right[i].name); order != 0) return order < 0;
    if (const int order = left[i].value.compare(right[i].value); order != 0) return order < 0;
  }
  return left.size() < right.size();
}

}  // namespace sonde::store
