#include "capture/ring_cursor.h"

#include <gtest/gtest.h>
#include <linux/bpf.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::capture {
namespace {

class Texts final : public RecordSink {
 public:
  void on_record(std::span<const std::byte> record) override {
    all.emplace_back(reinterpret_cast<const char*>(record.data()), record.size());
  }
  std::vector<std::string> all;
};

/// A ring buffer of 64 bytes, written as kernel/bpf/ringbuf.c does it.
class Ring {
 public:
  static constexpr std::size_t kBytes = 64;

  [[nodiscard]] RingCursor cursor() {
    return RingCursor({.consumed = &consumed_, .produced = &produced_, .data = std::as_bytes(std::span(data_))});
  }

  /// Returns where its length stands.
  std::size_t put(std::string_view text, std::uint32_t flags = 0) {
    const std::size_t at = produced_ % kBytes;
    write_length(at, static_cast<std::uint32_t>(text.size()) | flags);
    for (std::size_t i = 0; i < text.size(); ++i) bytes()[(at + BPF_RINGBUF_HDR_SZ + i) % kBytes] = text[i];
    produced_ += (BPF_RINGBUF_HDR_SZ + text.size() + 7) / 8 * 8;
    return at;
  }

  void write_length(std::size_t at, std::uint32_t length) { std::memcpy(bytes() + at, &length, sizeof(length)); }

  [[nodiscard]] unsigned long free_bytes() const { return kBytes - (produced_ - consumed_); }

 private:
  char* bytes() { return reinterpret_cast<char*>(data_.data()); }

  unsigned long consumed_ = 0;
  unsigned long produced_ = 0;
  std::vector<std::uint64_t> data_ = std::vector<std::uint64_t>(kBytes / sizeof(std::uint64_t));
};

using Strings = std::vector<std::string>;

TEST(RingCursor, hands_over_each_record_once_and_makes_room) {
  Ring ring;
  RingCursor cursor = ring.cursor();
  Texts texts;
  EXPECT_EQ(cursor.consume(texts), 0U);
  ring.put("one");
  ring.put("and another");
  EXPECT_EQ(cursor.consume(texts), 2U);
  EXPECT_EQ(cursor.consume(texts), 0U);
  EXPECT_EQ(texts.all, (Strings{"one", "and another"}));
  EXPECT_EQ(ring.free_bytes(), Ring::kBytes);
}

TEST(RingCursor, stops_at_a_record_that_is_still_being_written) {
  Ring ring;
  RingCursor cursor = ring.cursor();
  Texts texts;
  ring.put("first");
  const std::size_t open = ring.put("second", BPF_RINGBUF_BUSY_BIT);
  ring.put("third");
  EXPECT_EQ(cursor.consume(texts), 1U);
  ring.write_length(open, 6);
  EXPECT_EQ(cursor.consume(texts), 2U);
  EXPECT_EQ(texts.all, (Strings{"first", "second", "third"}));
}

TEST(RingCursor, passes_over_a_discarded_record) {
  Ring ring;
  RingCursor cursor = ring.cursor();
  Texts texts;
  ring.put("no more", BPF_RINGBUF_DISCARD_BIT);
  ring.put("wanted");
  EXPECT_EQ(cursor.consume(texts), 1U);
  EXPECT_EQ(texts.all, Strings{"wanted"});
  EXPECT_EQ(ring.free_bytes(), Ring::kBytes);
}

TEST(RingCursor, joins_a_record_that_goes_on_at_the_beginning) {
  Ring ring;
  RingCursor cursor = ring.cursor();
  Texts texts;
  ring.put("0123456789012345678901234567890123456789");
  cursor.consume(texts);
  ring.put("a record over the end");  // 16 bytes are left, 8 of them for its length
  ring.put("behind");
  EXPECT_EQ(cursor.consume(texts), 2U);
  EXPECT_EQ(texts.all.at(1), "a record over the end");
  EXPECT_EQ(texts.all.at(2), "behind");
}

TEST(RingCursor, reads_a_record_that_begins_at_the_beginning_while_its_length_stands_at_the_end) {
  Ring ring;
  RingCursor cursor = ring.cursor();
  Texts texts;
  ring.put("012345678901234567890123456789012345678901234567");
  cursor.consume(texts);
  ring.put("in one piece");
  EXPECT_EQ(cursor.consume(texts), 1U);
  EXPECT_EQ(texts.all.at(1), "in one piece");
}

TEST(RingCursor, reads_a_record_that_ends_at_the_end) {
  Ring ring;
  RingCursor cursor = ring.cursor();
  Texts texts;
  ring.put("0123456789012345678901234567890123456789");
  cursor.consume(texts);
  ring.put("to here");
  EXPECT_EQ(cursor.consume(texts), 1U);
  ring.put("from here");
  EXPECT_EQ(cursor.consume(texts), 1U);
  EXPECT_EQ(texts.all.back(), "from here");
}

}  // namespace
}  // namespace sonde::capture
