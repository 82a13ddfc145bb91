#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "store/chunk.h"
#include "store/types.h"

namespace sonde::store {

/// A series of plain numbers.
class NumberView final : public SeriesView {
 public:
  /// shape: chunks oldest first.
  NumberView(std::shared_ptr<const Labels> labels, std::vector<ChunkPointer> chunks);

  [[nodiscard]] const std::shared_ptr<const Labels>& labels() const override { return labels_; }
  void read(std::int64_t from_ms, std::int64_t to_ms, std::vector<Sample>& samples) const override;

 private:
  std::shared_ptr<const Labels> labels_;
  std::vector<ChunkPointer> chunks_;
};

}  // namespace sonde::store
