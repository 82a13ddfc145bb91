#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "store/float_codec.h"
#include "store/histogram_codec.h"

namespace sonde::store {
namespace {

constexpr std::int64_t kFirstMs = 1'800'000'000'000;

std::vector<Sample> decode(const Chunk& chunk) {
  std::vector<Sample> samples;
  ChunkReader<FloatCodec> reader(chunk);
  while (reader.next()) samples.push_back({reader.state().at_ms, reader.state().value});
  EXPECT_FALSE(reader.is_broken());
  return samples;
}

void expect_same(const std::vector<Sample>& wanted, const std::vector<Sample>& got) {
  ASSERT_EQ(wanted.size(), got.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(wanted[i].at_ms, got[i].at_ms) << i;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(wanted[i].value), std::bit_cast<std::uint64_t>(got[i].value)) << i;
  }
}

Chunk encode(const std::vector<Sample>& samples) {
  OpenChunk<FloatCodec> chunk;
  for (const Sample& sample : samples) chunk.append(sample);
  return chunk.copy();
}

struct Course {
  std::string name;
  std::function<double(int, std::mt19937_64&)> value;
};

class FloatCourse : public testing::TestWithParam<Course> {};

TEST_P(FloatCourse, comes_back_to_the_bit) {
  std::mt19937_64 random(7);
  std::vector<Sample> samples;
  std::int64_t at_ms = kFirstMs;
  for (int i = 0; i < 500; ++i) {
    samples.push_back({at_ms, GetParam().value(i, random)});
    at_ms += i % 50 == 49 ? 3'600'000 : 10'000 + static_cast<std::int64_t>(random() % 7) * (i % 3);
  }
  expect_same(samples, decode(encode(samples)));
}

const std::vector<double> kSpecial{0.0,
                                   -0.0,
                                   1.0,
                                   std::numeric_limits<double>::infinity(),
                                   -std::numeric_limits<double>::infinity(),
                                   std::numeric_limits<double>::denorm_min(),
                                   -std::numeric_limits<double>::denorm_min(),
                                   std::numeric_limits<double>::max(),
                                   std::numeric_limits<double>::quiet_NaN(),
                                   std::bit_cast<double>(0x7ff8000000000123ULL),
                                   std::bit_cast<double>(0xfff0000000000001ULL),
                                   std::bit_cast<double>(kStaleBits),
                                   9007199254740991.0,
                                   9007199254740993.0,
                                   0.01,
                                   -0.07};

INSTANTIATE_TEST_SUITE_P(
    Float, FloatCourse,
    testing::Values(Course{"a_constant", [](int, auto&) { return 42.5; }},
                    Course{"a_steady_counter", [](int i, auto&) { return 1e6 + 100.0 * i; }},
                    Course{"a_counter_that_resets", [](int i, auto&) { return static_cast<double>(i % 97) * 1e9; }},
                    Course{"hundredths_of_seconds",
                           [](int i, auto& random) { return 0.37 + (i * 50 + random() % 20) / 100.0; }},
                    Course{"ratios", [](int, auto& random) { return static_cast<double>(random()) / 1e19; }},
                    Course{"any_bits", [](int, auto& random) { return std::bit_cast<double>(random()); }},
                    Course{"special_values", [](int, auto& random) { return kSpecial[random() % kSpecial.size()]; }},
                    Course{"special_values_among_whole_numbers",
                           [](int i, auto& random) {
                             return i % 5 ? static_cast<double>(random() % 1000) : kSpecial[random() % 16];
                           }}),
    [](const auto& row) { return row.param.name; });

TEST(FloatCodec, an_unchanged_value_at_a_steady_pace_costs_one_bit) {
  std::vector<Sample> samples;
  for (int i = 0; i < 322; ++i) samples.push_back({kFirstMs + i * 10'000, 3.25});
  const std::size_t first_two_bytes = encode({samples[0], samples[1]}).bytes.size();
  EXPECT_EQ(encode(samples).bytes.size(), first_two_bytes + 320 / 8);
}

TEST(FloatCodec, bytes_that_no_encoder_wrote_end_the_chunk) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 2'000; ++round) {
    Chunk chunk{kFirstMs, kFirstMs + 1'000'000, 0, 100'000, std::vector<std::uint8_t>(random() % 200)};
    for (std::uint8_t& byte : chunk.bytes) byte = static_cast<std::uint8_t>(random());
    ChunkReader<FloatCodec> reader(chunk);
    std::size_t samples = 0;
    while (reader.next()) ++samples;
    EXPECT_LE(samples, chunk.bytes.size() * 8);
    EXPECT_TRUE(reader.is_broken());
  }
}

TEST(FloatCodec, an_open_chunk_is_gone_on_with_where_it_was_saved) {
  std::mt19937_64 random(3);
  for (int size = 1; size < 60; ++size) {
    OpenChunk<FloatCodec> whole;
    OpenChunk<FloatCodec> restored;
    for (int i = 0; i < 120; ++i) {
      const Sample sample{kFirstMs + i * 10'000 + static_cast<std::int64_t>(random() % 3), std::sin(i) * (i % 4)};
      if (i == size) {
        ASSERT_TRUE(restored.restore(whole.copy()));
      }
      whole.append(sample);
      if (i >= size) restored.append(sample);
    }
    EXPECT_EQ(whole.bytes(), restored.bytes());
  }
}

HistogramCounts grow(HistogramCounts counts, std::mt19937_64& random, int observations) {
  for (int i = 0; i < observations; ++i) {
    const auto index = static_cast<std::uint32_t>(1200 + random() % 300);
    const auto place = std::find_if(counts.fine.begin(), counts.fine.end(),
                                    [&](const FineBucket& bucket) { return bucket.index >= index; });
    if (place != counts.fine.end() && place->index == index) {
      ++place->times;
    } else {
      counts.fine.insert(place, {index, 1});
    }
    ++counts.count;
    ++counts.classic[random() % kClassicBuckets];
    counts.sum_seconds += static_cast<double>(random() % 1'000'000) * 1e-9;
  }
  return counts;
}

void expect_history(const std::vector<HistogramCodec::Kept>& wanted, const Chunk& chunk) {
  ChunkReader<HistogramCodec> reader(chunk);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ASSERT_TRUE(reader.next()) << i;
    HistogramCodec::keep(reader.state());
    EXPECT_EQ(reader.state().at_ms, wanted[i].at_ms);
    EXPECT_EQ(reader.state().is_stale, wanted[i].is_stale) << i;
    if (wanted[i].is_stale) continue;
    EXPECT_TRUE(reader.state().counts == wanted[i].counts) << i;
  }
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.is_broken());
}

TEST(HistogramCodec, growth_resets_staleness_and_gaps_come_back) {
  std::mt19937_64 random(5);
  OpenChunk<HistogramCodec> chunk;
  std::vector<HistogramCodec::Kept> history;
  HistogramCounts counts;
  std::int64_t at_ms = kFirstMs;
  for (int i = 0; i < 300; ++i) {
    const bool stale = i % 41 == 40;
    const bool repeats = i % 3 == 1 && !stale && !history.empty() && !history.back().is_stale;
    if (i % 67 == 66) counts = {};
    if (!stale && !repeats) counts = grow(std::move(counts), random, static_cast<int>(random() % 20));
    if (repeats && history.back().counts == counts) {
      chunk.repeat(at_ms);
    } else {
      chunk.append({at_ms, stale, &counts});
    }
    history.push_back({at_ms, stale, counts});
    at_ms += i % 90 == 89 ? 600'000 : 10'000 + (i % 7 == 0 ? 3 : 0);
  }
  expect_history(history, chunk.copy());
  OpenChunk<HistogramCodec> restored;
  ASSERT_TRUE(restored.restore(chunk.copy()));
  counts = grow(std::move(counts), random, 100);
  restored.append({at_ms, false, &counts});
  history.push_back({at_ms, false, counts});
  expect_history(history, restored.copy());
}

TEST(HistogramCodec, counts_that_do_not_add_up_come_back_too) {
  std::mt19937_64 random(9);
  OpenChunk<HistogramCodec> chunk;
  std::vector<HistogramCodec::Kept> history;
  for (int i = 0; i < 200; ++i) {
    HistogramCounts counts;
    counts.count = random() >> (random() % 64);
    counts.sum_seconds = std::bit_cast<double>(random());
    for (std::uint64_t& classic : counts.classic) classic = random() >> (1 + random() % 63);
    for (std::uint32_t index = 0; index < kFineIndexes; index += 1 + static_cast<std::uint32_t>(random() % 900)) {
      counts.fine.push_back({index, static_cast<std::uint32_t>(random() | 1U)});
    }
    chunk.append({kFirstMs + i * 10'000, false, &counts});
    history.push_back({kFirstMs + i * 10'000, false, counts});
  }
  const Chunk copy = chunk.copy();
  ChunkReader<HistogramCodec> again(copy);
  for (const HistogramCodec::Kept& kept : history) {
    ASSERT_TRUE(again.next());
    HistogramCodec::keep(again.state());
    EXPECT_EQ(again.state().counts.count, kept.counts.count);
    EXPECT_EQ(again.state().counts.classic, kept.counts.classic);
    EXPECT_EQ(again.state().counts.fine, kept.counts.fine);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(again.state().counts.sum_seconds),
              std::bit_cast<std::uint64_t>(kept.counts.sum_seconds));
  }
}

TEST(HistogramCodec, bytes_that_no_encoder_wrote_end_the_chunk) {
  std::mt19937_64 random(13);
  for (int round = 0; round < 5'000; ++round) {
    Chunk chunk{kFirstMs, kFirstMs + 1'000'000, 0, 100'000, std::vector<std::uint8_t>(random() % 300)};
    for (std::uint8_t& byte : chunk.bytes) byte = static_cast<std::uint8_t>(random());
    ChunkReader<HistogramCodec> reader(chunk);
    while (reader.next()) HistogramCodec::keep(reader.state());
    EXPECT_TRUE(reader.is_broken());
  }
}

TEST(BitStream, numbers_of_any_width_come_back) {
  std::mt19937_64 random(1);
  std::vector<std::pair<std::uint64_t, unsigned>> numbers;
  BitWriter writer;
  for (int i = 0; i < 5'000; ++i) {
    const auto bits = static_cast<unsigned>(random() % 65);
    const std::uint64_t number = bits == 0 ? 0 : random() >> (64 - bits);
    numbers.emplace_back(number, bits);
    writer.write(number, bits);
    writer.write_gamma((number >> 1U) + 1);
  }
  BitReader reader(writer.bytes());
  for (const auto& [number, bits] : numbers) {
    ASSERT_EQ(reader.read(bits), number);
    ASSERT_EQ(reader.read_gamma(), (number >> 1U) + 1);
  }
  EXPECT_FALSE(reader.exhausted());
}

}  // namespace
}  // namespace sonde::store
