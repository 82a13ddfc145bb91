#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "measure/types.h"

namespace sonde::measure {

/// Writes down counter and gauge families anew on every tick, with the same identity for the same name and labels:
///   builder.counter("sonde_events_lost_total", "What was not measured, by reason.");
///   for (const Loss& loss : losses) builder.add(loss.count, {{"reason", loss.reason}});
///   measurements.set_external(builder.take());
/// threads: one at a time.
class FamilyBuilder {
 public:
  /// Opens a family. Opening a name again goes on with it. `help` is one line without backslashes.
  FamilyBuilder& counter(std::string_view name, std::string_view help);
  FamilyBuilder& gauge(std::string_view name, std::string_view help);

  /// Adds a series to the family opened last. The same labels again add to a counter and replace a gauge.
  FamilyBuilder& add(double value, std::vector<Label> labels = {});

  /// The families that got a series. Forgets the identities that were not used since the last take.
  std::vector<Family> take();

 private:
  struct Known {
    std::shared_ptr<const SeriesIdentity> identity;
    std::uint64_t used_in_round = 0;
    std::size_t position = 0;  // among its family's series in that round
  };

  FamilyBuilder& open(std::string_view name, std::string_view help, MetricType type);

  std::vector<Family> families_;
  std::size_t open_ = 0;
  std::unordered_map<std::string, Known> known_;
  std::uint64_t round_ = 1;
};

}  // namespace sonde::measure
