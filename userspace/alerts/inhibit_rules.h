#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "alerts/matcher.h"
#include "alerts/types.h"
#include "base/result.h"

namespace sonde::alerts {

/// Alertmanager's inhibition. Two cases of it surprise: a label that is not there equals one that is empty, so that a
/// rule applies to alerts that all lack its `equal`; and what fits both sides of a rule is not inhibited by what does
/// so, too, nor by itself.  threads: any.
class InhibitRules {
 public:
  /// errors: of check_matcher, with the rule's number from 1.
  [[nodiscard]] static Result<InhibitRules> compile(std::span<const InhibitRule> rules);

  /// For each of the alerts that fire, those that inhibit it.  shape: as `firing`; places in `firing`, ascending.
  [[nodiscard]] std::vector<std::vector<std::size_t>> inhibitors_of(std::span<const store::Labels> firing) const;

 private:
  struct Compiled {
    MatcherSet source;
    MatcherSet target;
    std::vector<std::string> equal;
  };
  static void apply(const Compiled& rule, std::span<const store::Labels> firing,
                    std::vector<std::vector<std::size_t>>& inhibitors);

  std::vector<Compiled> rules_;
};

}  // namespace sonde::alerts
