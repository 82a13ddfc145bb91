#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "measure/types.h"

namespace sonde::serve {

/// Hands snapshots to anything built on prometheus-cpp, such as its serializers.  threads: as `latest`.
class SnapshotCollectable final : public prometheus::Collectable {
 public:
  using Source = std::function<std::shared_ptr<const measure::Snapshot>()>;

  /// `latest` may return nullptr: then there is nothing to collect.
  explicit SnapshotCollectable(Source latest) : latest_(std::move(latest)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  Source latest_;
};

}  // namespace sonde::serve
