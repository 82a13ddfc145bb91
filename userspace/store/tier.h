#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "store/chunk.h"

namespace sonde::store {

/// How far a checkpoint has got with a series' samples: everything before `bytes` of chunk `number`.
struct SavedUpTo {
  std::uint32_t number = 0;
  std::uint32_t sample_count = 0;
  std::size_t bytes = 0;
};

/// The samples of one series at one resolution: closed chunks, oldest first, and the open one.
/// threads: one at a time; closed chunks are shared and never change.
template <class Codec>
class Tier {
 public:
  [[nodiscard]] bool empty() const noexcept { return closed_.empty() && open_.empty(); }
  [[nodiscard]] std::int64_t first_ms() const noexcept {
    return closed_.empty() ? open_.from_ms() : closed_.front()->from_ms;
  }
  [[nodiscard]] std::int64_t last_ms() const noexcept { return open_.empty() ? closed_.back()->to_ms : open_.to_ms(); }
  [[nodiscard]] bool overlaps(std::int64_t from_ms, std::int64_t to_ms) const noexcept {
    return !empty() && first_ms() <= to_ms && last_ms() >= from_ms;
  }
  [[nodiscard]] const std::vector<ChunkPointer>& closed() const noexcept { return closed_; }
  [[nodiscard]] const OpenChunk<Codec>& open() const noexcept { return open_; }

  /// shape: `sample` is later than last_ms().
  void append(const typename Codec::Sample& sample) {
    if (open_.full()) closed_.push_back(open_.close());
    open_.append(sample);
  }

  /// Whether repeat() can be called: a full chunk has to be told the whole sample again.
  [[nodiscard]] bool can_repeat() const noexcept { return !open_.empty() && !open_.full(); }
  void repeat(std::int64_t at_ms) { open_.repeat(at_ms); }

  /// When the oldest chunk ends, be it closed or open.
  [[nodiscard]] std::int64_t oldest_end_ms() const noexcept {
    return closed_.empty() ? open_.to_ms() : closed_.front()->to_ms;
  }

  /// Removes and returns the oldest chunk.  shape: not empty().
  ChunkPointer take_oldest() {
    if (closed_.empty()) return open_.close();
    ChunkPointer oldest = std::move(closed_.front());
    closed_.erase(closed_.begin());
    return oldest;
  }

  /// Chunks with samples in the range, oldest first; of the open one a copy.
  void collect(std::int64_t from_ms, std::int64_t to_ms, std::vector<ChunkPointer>& into) const {
    for (const ChunkPointer& chunk : closed_) {
      if (chunk->from_ms <= to_ms && chunk->to_ms >= from_ms) into.push_back(chunk);
    }
    if (open_.empty() || open_.from_ms() > to_ms || open_.to_ms() < from_ms) return;
    into.push_back(std::make_shared<const Chunk>(open_.copy()));
  }

  /// Takes a chunk out of a checkpoint, to stand behind all others under a new number; to be gone on with if `is_open`,
  /// else its samples are not even looked at. False if it is no later or not what its head says.
  [[nodiscard]] bool restore(Chunk chunk, bool is_open) {
    if (!empty() && chunk.from_ms <= last_ms()) return false;
    if (!open_.empty()) closed_.push_back(open_.close());
    chunk.number = open_.number();
    if (is_open) return open_.restore(std::move(chunk));
    open_.set_number(chunk.number + 1);
    closed_.push_back(std::make_shared<const Chunk>(std::move(chunk)));
    return true;
  }

  [[nodiscard]] const SavedUpTo& saved() const noexcept { return saved_; }
  void mark_saved() noexcept { saved_ = {open_.number(), open_.sample_count(), open_.bytes().size()}; }

  [[nodiscard]] std::size_t chunk_count() const noexcept { return closed_.size() + (open_.empty() ? 0 : 1); }

  /// Of the compressed samples alone.
  [[nodiscard]] std::size_t sample_bytes() const noexcept {
    std::size_t bytes = open_.empty() ? 0 : open_.bytes().size();
    for (const ChunkPointer& chunk : closed_) bytes += chunk->bytes.size();
    return bytes;
  }

  /// Without the object itself.
  [[nodiscard]] std::size_t heap_bytes() const noexcept {
    std::size_t bytes = open_.heap_bytes() + closed_.capacity() * sizeof(ChunkPointer) + 16;
    for (const ChunkPointer& chunk : closed_) bytes += chunk->memory_bytes();
    return bytes;
  }

 private:
  std::vector<ChunkPointer> closed_;
  OpenChunk<Codec> open_;
  SavedUpTo saved_;
};

/// Full resolution, and before it what was thinned.
template <class Codec>
struct Tiers {
  Tier<Codec> full;
  std::unique_ptr<Tier<Codec>> thinned;  ///< of metrics that are kept longer

  [[nodiscard]] bool empty() const noexcept { return full.empty() && (thinned == nullptr || thinned->empty()); }

  [[nodiscard]] bool overlaps(std::int64_t from_ms, std::int64_t to_ms) const noexcept {
    return full.overlaps(from_ms, to_ms) || (thinned != nullptr && thinned->overlaps(from_ms, to_ms));
  }

  /// shape: oldest first, chunks do not overlap.
  [[nodiscard]] std::vector<ChunkPointer> collect(std::int64_t from_ms, std::int64_t to_ms) const {
    std::vector<ChunkPointer> chunks;
    if (thinned != nullptr) thinned->collect(from_ms, to_ms, chunks);
    full.collect(from_ms, to_ms, chunks);
    return chunks;
  }

  /// shape: not empty().
  [[nodiscard]] std::int64_t oldest_ms() const noexcept {
    return thinned != nullptr && !thinned->empty() ? thinned->first_ms() : full.first_ms();
  }

  template <class Visitor>
  void for_each_tier(Visitor&& visit) const {
    visit(full);
    if (thinned != nullptr) visit(*thinned);
  }
};

}  // namespace sonde::store
