#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/time_zone.h"
#include "oncall/rotation.h"
#include "oncall/types.h"

namespace sonde::oncall {

/// A layer, ready to be asked often.  threads: any.
class CompiledLayer {
 public:
  /// errors: of Turns::compile; kBadInput for a restriction outside of the day or the week, an end before the start.
  [[nodiscard]] static Result<CompiledLayer> compile(const Layer& layer, const TimeZone& zone,
                                                     const RotationPlace* place = nullptr);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Turns& turns() const { return turns_; }

  /// Null if it has nobody then.  owner: the layer.
  [[nodiscard]] const std::string* person_at(WallTime at) const;

  /// Adds the moments after `from` and before `to` at which its answer may change.
  void add_moments(WallTime from, WallTime to, std::vector<WallTime>& into) const;

 private:
  CompiledLayer(const Layer& layer, TimeZone zone, Turns turns)
      : name_(layer.name), restrictions_(layer.restrictions), zone_(std::move(zone)), turns_(std::move(turns)) {}

  [[nodiscard]] bool is_within_hours(WallTime at) const;

  std::string name_;
  std::vector<Restriction> restrictions_;
  TimeZone zone_;
  Turns turns_;
  std::optional<WallTime> ends_at_{};
};

}  // namespace sonde::oncall
