#include "capture/process_stream.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "wire/process.h"

namespace sonde::capture {
namespace {

/// The process or thread number of each record that came.
class Numbers final : public RecordSink {
 public:
  void on_record(std::span<const std::byte> record) override {
    if (record.size() == sizeof(sonde_process_record)) {
      sonde_process_record wire;
      std::memcpy(&wire, record.data(), sizeof(wire));
      all.push_back(wire.tgid);
    } else {
      sonde_thread_sample wire;
      ASSERT_EQ(record.size(), sizeof(wire));
      std::memcpy(&wire, record.data(), sizeof(wire));
      all.push_back(wire.pid);
    }
  }
  std::vector<std::uint32_t> all;
};

template <class Wire>
void append(std::vector<std::byte>& to, const Wire& wire) {
  const auto bytes = std::as_bytes(std::span(&wire, 1));
  to.insert(to.end(), bytes.begin(), bytes.end());
}

/// Processes 1 and 4, threads 2 and 3.
std::vector<std::byte> stream() {
  std::vector<std::byte> bytes;
  sonde_process_record process{};
  process.kind = SONDE_PROCESS_SAMPLE;
  process.tgid = 1;
  append(bytes, process);
  sonde_thread_sample thread{};
  thread.kind = SONDE_THREAD_SAMPLE;
  thread.tgid = 1;
  for (thread.pid = 2; thread.pid < 4; ++thread.pid) append(bytes, thread);
  process.tgid = 4;
  append(bytes, process);
  return bytes;
}

TEST(ProcessStream, hands_over_records_of_different_sizes) {
  const auto bytes = stream();
  Numbers numbers;
  const auto done = hand_over(bytes, numbers);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->records, 4u);
  EXPECT_EQ(done->bytes, bytes.size());
  EXPECT_EQ(numbers.all, (std::vector<std::uint32_t>{1, 2, 3, 4}));
}

TEST(ProcessStream, goes_on_where_it_was_cut_wherever_that_is) {
  const auto bytes = stream();
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Numbers numbers;
    const auto first = hand_over(std::span(bytes).first(cut), numbers);
    ASSERT_TRUE(first);
    EXPECT_LE(first->bytes, cut);
    const auto second = hand_over(std::span(bytes).subspan(first->bytes), numbers);
    ASSERT_TRUE(second);
    EXPECT_EQ(first->bytes + second->bytes, bytes.size());
    EXPECT_EQ(numbers.all, (std::vector<std::uint32_t>{1, 2, 3, 4})) << "cut after " << cut;
  }
}

TEST(ProcessStream, refuses_what_no_sweep_writes) {
  auto bytes = stream();
  bytes[0] = std::byte{SONDE_PROCESS_EXIT};
  Numbers numbers;
  const auto done = hand_over(bytes, numbers);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kIo);
  EXPECT_TRUE(numbers.all.empty());
}

}  // namespace
}  // namespace sonde::capture
