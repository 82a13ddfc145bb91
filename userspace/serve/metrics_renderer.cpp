#include "serve/metrics_renderer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

#include "serve/text_format.h"

namespace sonde::serve {
namespace {

using measure::Family;
using measure::HistogramValue;
using measure::MetricType;
using measure::Series;

constexpr std::size_t kBucketCount = kDurationBounds.size() + 1;
constexpr std::string_view kCountSuffix = "_count";

/// For every bucket what follows `le="`: the bound, the closing brace, the blank before the number.
std::array<std::string, kBucketCount> make_bound_texts() {
  std::array<std::string, kBucketCount> texts;
  for (std::size_t i = 0; i < kDurationBounds.size(); ++i) {
    std::array<char, kMaxNumberBytes> number;
    texts[i] = std::string(number.data(), write_number(number.data(), bound_seconds(i))) + "\"} ";
  }
  texts.back() = "+Inf\"} ";
  return texts;
}

const HistogramValue& histogram_of(const Series& series) {
  static const HistogramValue kNothing;
  return series.histogram == nullptr ? kNothing : *series.histogram;
}

char* put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* put_count(char* out, std::uint64_t count) { return std::to_chars(out, out + kMaxNumberBytes, count).ptr; }

/// `name_suffix{labels} `, without braces if there are no labels.
char* put_head(char* out, std::string_view name, std::string_view suffix, std::string_view labels) {
  out = put(put(out, name), suffix);
  if (!labels.empty()) out = put(put(put(out, "{"), labels), "}");
  return put(out, " ");
}

/// About as long as the text of `family` will be, rather more than less.
std::size_t estimate_bytes(const Family& family) {
  constexpr std::size_t kAroundLine = 20;  // suffix, le and its bound, number
  constexpr std::size_t kAroundLabel = 4;
  const std::size_t lines = family.type == MetricType::kHistogram ? kBucketCount + 2 : 1;
  std::size_t bytes = 64 + 2 * family.name.size() + family.help.size();
  for (const Series& series : family.series) {
    std::size_t line_bytes = family.name.size() + kAroundLine + (lines > 1 ? kAroundLine : 0);
    for (const measure::Label& label : series.identity->labels) {
      line_bytes += label.name.size() + label.value.size() + kAroundLabel;
    }
    bytes += lines * line_bytes;
  }
  return bytes;
}

/// Where the lines of one series are written before they go to the page in one piece.
class Scratch {
 public:
  /// owner: Scratch; valid until the next call.
  std::string_view lines_of(const Family& family, std::string_view labels, const Series& series) {
    constexpr std::size_t kMostAround = 64;  // suffix, le with its bound, number, punctuation
    buffer_.resize(std::max(buffer_.size(), (kBucketCount + 2) * (family.name.size() + labels.size() + kMostAround)));
    char* const begin = buffer_.data();
    char* const end = family.type == MetricType::kHistogram ? put_histogram(begin, family.name, labels, series)
                                                            : put_sample(begin, family.name, labels, series.value);
    return {begin, static_cast<std::size_t>(end - begin)};
  }

 private:
  static char* put_sample(char* out, std::string_view name, std::string_view labels, double value) {
    return put(write_number(put_head(out, name, "", labels), value), "\n");
  }

  static char* put_histogram(char* out, std::string_view name, std::string_view labels, const Series& series) {
    static const std::array<std::string, kBucketCount> kBoundTexts = make_bound_texts();
    const HistogramValue& value = histogram_of(series);
    out = put(put_count(put_head(out, name, kCountSuffix, labels), value.count), "\n");
    out = put(write_number(put_head(out, name, "_sum", labels), value.sum_seconds), "\n");

    char* const first_line = out;
    out = put(put(put(out, name), "_bucket{"), labels);
    if (!labels.empty()) out = put(out, ",");
    out = put(out, "le=\"");
    const std::string_view head(first_line, static_cast<std::size_t>(out - first_line));
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < kBucketCount; ++i) {
      if (i > 0) out = put(out, head);
      cumulative = i + 1 < kBucketCount ? cumulative + value.bucket_counts[i] : value.count;
      out = put(put_count(put(out, kBoundTexts[i]), cumulative), "\n");
    }
    return out;
  }

  std::string buffer_;
};

}  // namespace

/// A page in the making. Neighbours that are taken over from the page before are copied in one go.
struct MetricsRenderer::Draft {
  std::string page;
  Scratch scratch;
  const char* kept = nullptr;  // taken over, not yet copied
  std::size_t kept_bytes = 0;

  [[nodiscard]] std::size_t size() const { return page.size() + kept_bytes; }

  void flush() {
    page.append(kept == nullptr ? "" : kept, kept_bytes);
    kept = nullptr;
    kept_bytes = 0;
  }

  void keep(const char* text, std::size_t bytes) {
    if (kept != nullptr && kept + kept_bytes == text) {
      kept_bytes += bytes;
      return;
    }
    flush();
    kept = text;
    kept_bytes = bytes;
  }

  void append(std::string_view text) {
    flush();
    page += text;
  }
};

std::shared_ptr<const std::string> MetricsRenderer::render(const std::shared_ptr<const measure::Snapshot>& snapshot) {
  const std::lock_guard lock(mutex_);
  if (page_ != nullptr && generation_ == snapshot->generation) return page_;
  Draft draft;
  std::size_t expected_bytes = page_ == nullptr ? 0 : page_->size() + page_->size() / 16;
  if (page_ == nullptr) {
    for (const Family& family : snapshot->families) expected_bytes += estimate_bytes(family);
  }
  draft.page.reserve(expected_bytes);
  std::vector<RenderedFamily> families;
  families.reserve(snapshot->families.size());
  for (const Family& family : snapshot->families) families.push_back(write_family(family, draft));
  draft.flush();
  page_ = std::make_shared<const std::string>(std::move(draft.page));
  families_ = std::move(families);
  generation_ = snapshot->generation;
  return page_;
}

MetricsRenderer::RenderedFamily MetricsRenderer::write_family(const Family& family, Draft& draft) const {
  if (!family.help.empty()) draft.append("# HELP " + family.name + " " + one_line(family.help) + "\n");
  draft.append("# TYPE " + family.name + " " + std::string(name_of(family.type)) + "\n");
  const RenderedFamily* before = find_rendered(family);
  RenderedFamily rendered{family.name, family.type, {}};
  rendered.series.reserve(family.series.size());
  for (std::size_t i = 0; i < family.series.size(); ++i) {
    const Series& series = family.series[i];
    const bool is_histogram = family.type == MetricType::kHistogram;
    RenderedSeries now{series.identity, 0, 0, draft.size(), 0, 0};
    now.value_bits = std::bit_cast<std::uint64_t>(is_histogram ? histogram_of(series).sum_seconds : series.value);
    now.count = is_histogram ? histogram_of(series).count : 0;
    // Series keep their place from one snapshot to the next, save when one before them goes away.
    const bool known = before != nullptr && i < before->series.size() && before->series[i].identity == series.identity;
    if (known && before->series[i].value_bits == now.value_bits && before->series[i].count == now.count) {
      const RenderedSeries& same = before->series[i];
      draft.keep(page_->data() + same.begin, same.size_bytes);
      now.size_bytes = same.size_bytes;
      now.labels_bytes = same.labels_bytes;
    } else {
      const std::string labels = known ? labels_of(before->series[i], family) : label_text(*series.identity);
      const std::string_view lines = draft.scratch.lines_of(family, labels, series);
      draft.append(lines);
      now.size_bytes = static_cast<std::uint32_t>(lines.size());
      now.labels_bytes = static_cast<std::uint32_t>(labels.size());
    }
    rendered.series.push_back(std::move(now));
  }
  return rendered;
}

std::string MetricsRenderer::labels_of(const RenderedSeries& before, const Family& family) const {
  const std::size_t suffix_bytes = family.type == MetricType::kHistogram ? kCountSuffix.size() : 0;
  const std::size_t brace_bytes = 1;
  return before.labels_bytes == 0
             ? std::string()
             : page_->substr(before.begin + family.name.size() + suffix_bytes + brace_bytes, before.labels_bytes);
}

const MetricsRenderer::RenderedFamily* MetricsRenderer::find_rendered(const Family& family) const {
  const auto found = std::find_if(families_.begin(), families_.end(), [&](const RenderedFamily& rendered) {
    return rendered.name == family.name && rendered.type == family.type;
  });
  return found == families_.end() ? nullptr : &*found;
}

}  // namespace sonde::serve
