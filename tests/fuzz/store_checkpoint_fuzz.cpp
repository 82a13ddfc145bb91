// Reads arbitrary bytes as a checkpoint file, and as blocks of one: a fuzzer does not find the CRCs. What was read is
// selected, gone on with and thinned.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "store/checkpoint_format.h"
#include "store/checkpoint_records.h"
#include "store/recorder.h"
#include "store/retention.h"
#include "store/selecting.h"

namespace {

using namespace sonde::store;

constexpr std::int64_t kForever = std::int64_t{1} << 62U;

void read_everything(const SeriesTable& table) {
  const Selection selection{{}, -kForever, kForever, true};
  auto matcher = SeriesMatcher::compile(selection.matchers);
  const auto views = make_views(find_matches(table, *matcher, selection, true), selection, true);
  std::vector<Sample> samples;
  for (const auto& view : views) {
    view->read(-kForever, kForever, samples);
    for (std::size_t i = 1; i < samples.size(); ++i) {
      if (samples[i].at_ms <= samples[i - 1].at_ms) std::abort();
    }
  }
}

void use(CheckpointLoader& loader) {
  SeriesTable table;
  loader.finish(table);
  read_everything(table);
  StoreOptions options;
  Recorder recorder(table, options);
  table.for_each([](StoredSeries& series) { series.keeps_long = true; });
  recorder.append({1, {}, {}}, 2'000'000'000'000);
  recorder.append({2, {}, {}}, 2'000'000'100'000);
  drop_what_is_over(table, options, 2'000'100'000'000, options.max_bytes);
  read_everything(table);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckpointLoader of_file;
  for (const std::string_view block : read_checkpoint(bytes).blocks) (void)of_file.read_block(block);
  use(of_file);

  CheckpointLoader of_block;
  (void)of_block.read_block(bytes);
  use(of_block);
  return 0;
}
