#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "measure/types.h"
#include "protocol/types.h"

namespace sonde::measure {

/// What one kind of request counts for: for each indicator, whether it is bad however fast it was.
struct SliSet {
  struct Member {
    std::size_t indicator = 0;
    bool is_bad = false;
  };
  std::vector<Member> members;
};

/// What tells whether a request counts, apart from how long it took.
struct SliSubject {
  std::string_view service;
  std::string_view route;
  std::string_view method;
  std::uint16_t status = 0;
  protocol::ExchangeError error = protocol::ExchangeError::kNone;
};

/// Counts good and bad requests of each service level indicator.
///
/// A request without an orderly response is bad if that is the server's doing (closed without one, or what came is no
/// HTTP). If the client left or could not be reached, it does not count: people close pages. threads: one at a time.
class SliBook {
 public:
  explicit SliBook(std::vector<SliDefinition> definitions);

  /// The indicators that requests of this kind count for; nullptr if there is none.  owner: the book, for good.
  const SliSet* find(const SliSubject& subject);

  void observe(const SliSet& set, std::chrono::nanoseconds duration);

  /// Appends sonde_sli_requests_total and sonde_sli_objective_ratio, if there are indicators.
  void publish(std::vector<Family>& into) const;

 private:
  struct Indicator {
    SliDefinition definition;
    std::shared_ptr<const SeriesIdentity> good_identity;
    std::shared_ptr<const SeriesIdentity> bad_identity;
    std::shared_ptr<const SeriesIdentity> objective_identity;
    std::uint64_t good = 0;
    std::uint64_t bad = 0;
  };
  using Members = std::vector<std::pair<std::size_t, bool>>;

  std::vector<Indicator> indicators_;
  std::map<Members, SliSet> sets_;  // few: one for each way of counting that has occurred
};

}  // namespace sonde::measure
