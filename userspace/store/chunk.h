#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "store/bit_stream.h"

namespace sonde::store {

/// Neighbouring samples of one series as bits. Numbers count the chunks of a series, so that a part of one in a
/// checkpoint finds its place.
struct Chunk {
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
  std::uint32_t number = 0;
  std::uint32_t sample_count = 0;
  std::vector<std::uint8_t> bytes;

  /// What it costs: itself and, roughly, what the allocator adds.
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return sizeof(Chunk) + 48 + bytes.capacity(); }
};

using ChunkPointer = std::shared_ptr<const Chunk>;

/// Decodes a chunk sample by sample. Bytes that no encoder wrote end it early, they do no harm.
/// Codec: State, void begin(State&, from_ms), bool decode(State&, is_first, BitReader&).  threads: one at a time.
template <class Codec>
class ChunkReader {
 public:
  /// owner: the caller, for as long as it is read.
  explicit ChunkReader(const Chunk& chunk) : reader_(chunk.bytes), left_(chunk.sample_count) {
    Codec::begin(state_, chunk.from_ms);
  }

  /// False at the end; else state() is the next sample's.
  bool next() {
    if (left_ == 0) return false;
    const bool good = Codec::decode(state_, is_first_, reader_) && !reader_.exhausted();
    is_first_ = false;
    left_ = good ? left_ - 1 : 0;
    is_broken_ = !good;
    return good;
  }

  [[nodiscard]] typename Codec::State& state() noexcept { return state_; }
  [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }
  [[nodiscard]] std::size_t position_bits() const noexcept { return reader_.position_bits(); }

 private:
  BitReader reader_;
  std::uint32_t left_;
  bool is_first_ = true;
  bool is_broken_ = false;
  typename Codec::State state_;
};

/// The chunk that a series still writes to.  threads: one at a time.
template <class Codec>
class OpenChunk {
 public:
  [[nodiscard]] bool empty() const noexcept { return sample_count_ == 0; }
  [[nodiscard]] std::uint32_t sample_count() const noexcept { return sample_count_; }
  [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
  [[nodiscard]] std::int64_t from_ms() const noexcept { return from_ms_; }
  [[nodiscard]] std::int64_t to_ms() const noexcept { return state_.at_ms; }
  [[nodiscard]] const typename Codec::State& state() const noexcept { return state_; }
  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const noexcept { return writer_.bytes(); }

  [[nodiscard]] bool full() const noexcept {
    return sample_count_ >= Codec::kMaxSamples || writer_.bytes().size() >= Codec::kMaxBytes;
  }

  void append(const typename Codec::Sample& sample) {
    if (sample_count_ == 0) {
      from_ms_ = sample.at_ms;
      Codec::begin(state_, from_ms_);
    }
    Codec::encode(state_, sample_count_ == 0, sample, writer_);
    ++sample_count_;
  }

  /// Appends the sample before once more.
  void repeat(std::int64_t at_ms) {
    Codec::encode_repeated(state_, at_ms, writer_);
    ++sample_count_;
  }

  /// What was written so far.
  [[nodiscard]] Chunk copy() const { return Chunk{from_ms_, to_ms(), number_, sample_count_, writer_.bytes()}; }

  /// Ends the chunk and begins the next one.
  [[nodiscard]] ChunkPointer close() {
    auto closed = std::make_shared<const Chunk>(copy());
    clear();
    return closed;
  }

  /// Drops the samples; the next chunk has the next number.
  void clear() {
    writer_ = BitWriter{};
    sample_count_ = 0;
    ++number_;
  }

  /// Takes the place of `chunk`, to go on behind its last sample. False if its bytes are not what its head says.
  [[nodiscard]] bool restore(Chunk chunk) {
    ChunkReader<Codec> reader(chunk);
    std::uint32_t read = 0;
    while (reader.next()) {
      Codec::keep(reader.state());
      ++read;
    }
    if (read != chunk.sample_count || read == 0 || reader.state().at_ms != chunk.to_ms) return false;
    state_ = std::move(reader.state());
    from_ms_ = chunk.from_ms;
    sample_count_ = chunk.sample_count;
    number_ = chunk.number;
    writer_ = BitWriter(std::move(chunk.bytes), reader.position_bits());
    return true;
  }

  void set_number(std::uint32_t number) noexcept { number_ = number; }

  /// Without the object itself.
  [[nodiscard]] std::size_t heap_bytes() const noexcept {
    return writer_.bytes().capacity() + 16 + Codec::heap_bytes(state_);
  }

 private:
  typename Codec::State state_;
  BitWriter writer_;
  std::int64_t from_ms_ = 0;
  std::uint32_t sample_count_ = 0;
  std::uint32_t number_ = 0;
};

/// The difference between two steps of time.  shape: a few bits where ticks jitter.
void write_step_change(std::int64_t change_ms, BitWriter& into);
std::int64_t read_step_change(BitReader& from);

}  // namespace sonde::store
