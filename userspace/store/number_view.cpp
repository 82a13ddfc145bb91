#include "store/number_view.h"

#include <utility>

#include "store/float_codec.h"

namespace sonde::store {
namespace {

/// Chunks of the two tiers may overlap after a crash between thinning and the next checkpoint: times only go up.
void read_chunk(const Chunk& chunk, std::int64_t from_ms, std::int64_t to_ms, std::vector<Sample>& samples) {
  const std::int64_t behind_ms = samples.empty() ? from_ms : samples.back().at_ms + 1;
  ChunkReader<FloatCodec> reader(chunk);
  while (reader.next()) {
    const FloatCodec::State& state = reader.state();
    if (state.at_ms > to_ms) return;
    if (state.at_ms >= behind_ms) samples.push_back({state.at_ms, state.value});
  }
}

}  // namespace

NumberView::NumberView(std::shared_ptr<const Labels> labels, std::vector<ChunkPointer> chunks)
    : labels_(std::move(labels)), chunks_(std::move(chunks)) {}

void NumberView::read(std::int64_t from_ms, std::int64_t to_ms, std::vector<Sample>& samples) const {
  samples.clear();
  for (const ChunkPointer& chunk : chunks_) {
    if (chunk->to_ms >= from_ms && chunk->from_ms <= to_ms) read_chunk(*chunk, from_ms, to_ms, samples);
  }
}

}  // namespace sonde::store
