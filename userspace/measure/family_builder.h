#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "measure/service_book.h"
#include "measure/types.h"

namespace sonde::measure {

/// A label whose text lives elsewhere.
struct LabelView {
  std::string_view name;
  std::string_view value;
};

/// Writes families down anew on every tick, with the same identity for the same name and labels:
///   builder.counter("sonde_events_lost_total", "What was not measured, by reason.");
///   for (const Loss& loss : losses) builder.add(loss.count, {{"reason", loss.reason}});
///   measurements.set_external(builder.take());
/// threads: one at a time.
class FamilyBuilder {
 public:
  /// Opens a family. Opening a name again goes on with it. `help` is one line without backslashes.
  FamilyBuilder& counter(std::string_view name, std::string_view help);
  FamilyBuilder& gauge(std::string_view name, std::string_view help);
  FamilyBuilder& untyped(std::string_view name, std::string_view help);
  FamilyBuilder& histogram(std::string_view name, std::string_view help);

  /// Adds a series to the family opened last. The same labels again add to a counter and replace anything else.
  FamilyBuilder& add(double value, std::vector<Label> labels = {});
  FamilyBuilder& add(std::shared_ptr<const HistogramValue> value, std::vector<Label> labels = {});

  /// As add(), without an allocation if the series is known.
  FamilyBuilder& add_borrowed(double value, std::span<const LabelView> labels);

  /// Adds a family whose series have identities of the caller's own, which must differ from the builder's by labels.
  FamilyBuilder& add(Family family);

  /// The families that got a series. Forgets the identities that were not used since the last take.
  std::vector<Family> take();

 private:
  struct Known {
    std::shared_ptr<const SeriesIdentity> identity;
    std::shared_ptr<const HistogramValue> histogram;  // of the last round
    std::uint64_t used_in_round = 0;
    std::size_t position = 0;  // among its family's series in that round
  };
  /// One spelling of a series' labels; those that read alike once they are clean share the series.
  struct Spelling {
    std::shared_ptr<Known> series;
    bool is_clean = false;
    std::uint64_t used_in_round = 0;
  };

  FamilyBuilder& open(std::string_view name, std::string_view help, MetricType type);
  Known& find(std::span<const LabelView> labels);
  Series& series_of(Known& known);
  std::span<const LabelView> views_of(const std::vector<Label>& labels);

  std::vector<Family> families_;
  NumbersByText family_numbers_;  // position in families_ by name
  std::size_t open_ = 0;
  std::unordered_map<std::string, Spelling, TextHash, std::equal_to<>> known_;  // by family and labels
  std::string key_;                                                             // kept for its memory
  std::vector<LabelView> views_;                                                // likewise
  std::uint64_t round_ = 1;
};

}  // namespace sonde::measure
