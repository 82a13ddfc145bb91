#include "capture/block_sensor.h"

#include <gtest/gtest.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bpf/loop_disk.h"
#include "read/bucket.h"
#include "wire/block.h"

namespace sonde::capture {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using test::DiskStat;
using test::LoopDisk;

constexpr std::size_t kDiskBytes = 4U << 20U;

/// A directory of the test's own; gone with it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = testing::TempDir() + "sonde_block_XXXXXX";
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A file system in memory with room for `bytes` only.
class SmallFileSystem {
 public:
  SmallFileSystem(const std::string& directory, std::size_t bytes) : directory_(directory) {
    const std::string options = "size=" + std::to_string(bytes);
    mounted_ = ::mount("sonde-test", directory.c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallFileSystem() {
    if (mounted_) ::umount2(directory_.c_str(), MNT_DETACH);
  }
  SmallFileSystem(const SmallFileSystem&) = delete;
  SmallFileSystem& operator=(const SmallFileSystem&) = delete;
  [[nodiscard]] bool mounted() const { return mounted_; }

 private:
  std::string directory_;
  bool mounted_ = false;
};

std::uint64_t requests_of(const DiskLatency& latency) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : latency.counts) sum += count;
  return sum;
}

/// What sensor and kernel say of the disk at one moment at which nothing is on its way.
struct Moment {
  std::map<DiskOperation, DiskLatency> sensor;
  DiskStat kernel;

  [[nodiscard]] std::uint64_t requests(DiskOperation operation) const {
    const auto found = sensor.find(operation);
    return found == sensor.end() ? 0 : requests_of(found->second);
  }
  [[nodiscard]] milliseconds time(DiskOperation operation) const {
    const auto found = sensor.find(operation);
    return found == sensor.end() ? 0ms : std::chrono::round<milliseconds>(found->second.total);
  }
  [[nodiscard]] std::uint64_t errors(DiskOperation operation) const {
    const auto found = sensor.find(operation);
    return found == sensor.end() ? 0 : found->second.errors;
  }
};

/// What sensor and kernel say of a use of the disk.
struct Change {
  Moment before, after;

  [[nodiscard]] std::uint64_t requests(DiskOperation operation) const {
    return after.requests(operation) - before.requests(operation);
  }
  [[nodiscard]] milliseconds time(DiskOperation operation) const {
    return after.time(operation) - before.time(operation);
  }
  [[nodiscard]] std::uint64_t errors(DiskOperation operation) const {
    return after.errors(operation) - before.errors(operation);
  }
  [[nodiscard]] DiskStat::Operation kernel(DiskStat::Operation DiskStat::*field) const {
    const DiskStat::Operation &from = before.kernel.*field, &to = after.kernel.*field;
    return {.requests = to.requests - from.requests, .milliseconds = to.milliseconds - from.milliseconds};
  }

  [[nodiscard]] bool misses_nothing() const {
    std::uint64_t seen = 0, told = 0;
    for (const auto operation :
         {DiskOperation::kRead, DiskOperation::kWrite, DiskOperation::kDiscard, DiskOperation::kFlush}) {
      seen += requests(operation);
    }
    for (const auto field : {&DiskStat::reads, &DiskStat::writes, &DiskStat::discards, &DiskStat::flushes}) {
      told += kernel(field).requests;
    }
    return seen == told;
  }
};

class BlockSensorTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "SKIPPED: loading BPF programs needs root";
    start(directory_.path());
  }

  void start(const std::string& directory) {
    disk_ = LoopDisk::create(directory + "/disk", kDiskBytes);
    if (!disk_) GTEST_SKIP() << "SKIPPED: the kernel gives no loop device";
    auto sensor = BlockSensor::open();
    ASSERT_TRUE(sensor) << sensor.error().what;
    sensor_ = std::move(*sensor);
  }

  /// Others may look at a new disk too (udev): tries until the kernel's counts stand still meanwhile.
  Moment look() const {
    Moment moment;
    for (int round = 0; round < 10'000; ++round) {
      moment.kernel = disk_->stat();
      moment.sensor.clear();
      const auto all = sensor_->read();
      if (!all) break;
      for (const DiskLatency& one : *all) {
        if (one.major == disk_->major() && one.minor == disk_->minor()) moment.sensor[one.operation] = one;
      }
      if (moment.kernel.in_flight == 0 && moment.kernel == disk_->stat()) return moment;
    }
    ADD_FAILURE() << "the disk does not come to rest";
    return moment;
  }

  /// Some kernels run no programs while certain tasks are current, whom a completion may interrupt: then once more.
  template <class Use>
  Change observe(Use use) const {
    Change change;
    for (int attempt = 0; attempt < 8; ++attempt) {
      change.before = look();
      use();
      change.after = look();
      if (change.misses_nothing()) break;
    }
    return change;
  }

  /// The kernel takes a request's time when it has woken whoever waits, which is after the hook, and may be long after
  /// on a busy machine; it tells whole milliseconds.
  static void expect_as_kernel(const Change& change, DiskOperation operation, DiskStat::Operation DiskStat::*field) {
    const DiskStat::Operation told = change.kernel(field);
    EXPECT_EQ(change.requests(operation), told.requests) << name_of(operation);
    EXPECT_LE(change.time(operation), milliseconds(told.milliseconds) + 2ms) << name_of(operation);
    EXPECT_GE(change.time(operation), milliseconds(told.milliseconds) / 10 - 2ms) << name_of(operation);
  }

  std::uint64_t loss(const std::string& reason) const {
    for (const Loss& loss : sensor_->losses()) {
      if (loss.reason == reason) return loss.count;
    }
    return ~0ULL;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<LoopDisk> disk_;
  std::unique_ptr<BlockSensor> sensor_;
};

TEST_F(BlockSensorTest, counts_reads_and_writes_and_their_time_as_the_kernel_does) {
  constexpr std::size_t kWrites = 200, kReads = 700;
  const Change change = observe([this] {
    for (std::size_t i = 0; i < kWrites; ++i) ASSERT_TRUE(disk_->write_block(i));
    for (std::size_t i = 0; i < kReads; ++i) ASSERT_TRUE(disk_->read_block(i));
  });
  EXPECT_GE(change.kernel(&DiskStat::writes).requests, kWrites);
  EXPECT_GE(change.kernel(&DiskStat::reads).requests, kReads);
  expect_as_kernel(change, DiskOperation::kRead, &DiskStat::reads);
  expect_as_kernel(change, DiskOperation::kWrite, &DiskStat::writes);
  EXPECT_EQ(loss("state_memory"), 0u);
}

TEST_F(BlockSensorTest, puts_requests_into_buckets_that_agree_with_their_total) {
  for (std::size_t i = 0; i < 500; ++i) ASSERT_TRUE(disk_->read_block(i));
  const Moment after = look();
  const DiskLatency& reads = after.sensor.at(DiskOperation::kRead);
  std::chrono::nanoseconds least{0}, most{0};
  for (std::size_t i = 0; i < kDurationBounds.size(); ++i) {
    const auto count = static_cast<std::int64_t>(reads.counts[i]);
    least += count * (i == 0 ? 0ns : kDurationBounds[i - 1]);
    most += count * kDurationBounds[i];
  }
  EXPECT_EQ(reads.counts.back(), 0u) << "nothing took a minute";
  EXPECT_GE(reads.total, least);
  EXPECT_LE(reads.total, most);
  EXPECT_GT(reads.total, 0ns);
}

TEST_F(BlockSensorTest, counts_a_write_that_is_flushed_once_and_its_flushes_apart) {
  if (disk_->queue("write_cache") != "write back") GTEST_SKIP() << "SKIPPED: the disk has no cache to flush";
  const Change change = observe([this] {
    for (std::size_t i = 0; i < 20; ++i) ASSERT_TRUE(disk_->write_block(i, RWF_DSYNC));
    for (std::size_t i = 0; i < 5; ++i) ASSERT_EQ(::fdatasync(disk_->fd()), 0);
  });
  EXPECT_GE(change.kernel(&DiskStat::flushes).requests, 25u);
  expect_as_kernel(change, DiskOperation::kWrite, &DiskStat::writes);
  expect_as_kernel(change, DiskOperation::kFlush, &DiskStat::flushes);
}

TEST_F(BlockSensorTest, counts_discards) {
  std::array<std::uint64_t, 2> range{0, 1U << 20U};
  if (::ioctl(disk_->fd(), BLKDISCARD, range.data()) != 0) GTEST_SKIP() << "SKIPPED: the disk discards nothing";
  const Change change = observe([&] { ASSERT_EQ(::ioctl(disk_->fd(), BLKDISCARD, range.data()), 0); });
  EXPECT_GE(change.kernel(&DiskStat::discards).requests, 1u);
  expect_as_kernel(change, DiskOperation::kDiscard, &DiskStat::discards);
}

TEST_F(BlockSensorTest, counts_zeroing_as_a_discard_though_the_kernel_calls_it_a_write) {
  std::array<std::uint64_t, 2> range{0, 1U << 20U};
  const Change change = observe([&] { ASSERT_EQ(::ioctl(disk_->fd(), BLKZEROOUT, range.data()), 0); });
  EXPECT_GE(change.requests(DiskOperation::kDiscard), 1u);
  EXPECT_EQ(change.requests(DiskOperation::kDiscard) + change.requests(DiskOperation::kWrite),
            change.kernel(&DiskStat::writes).requests);
}

TEST_F(BlockSensorTest, counts_the_requests_that_failed) {
  const TemporaryDirectory place;
  const SmallFileSystem small(place.path(), kDiskBytes / 4);
  if (!small.mounted()) GTEST_SKIP() << "SKIPPED: nothing can be mounted here";
  start(place.path());
  if (IsSkipped() || HasFatalFailure()) return;
  std::uint64_t failed = 0;
  const Change change = observe([&] {
    failed = 0;
    for (std::size_t i = 0; i < kDiskBytes / 4096; i += 4) failed += disk_->write_block(i) ? 0 : 1;
    for (std::size_t i = 1; i < kDiskBytes / 4096; i += 4) failed += disk_->write_block(i) ? 0 : 1;
  });
  EXPECT_GT(failed, 0u);
  EXPECT_EQ(change.errors(DiskOperation::kWrite), failed);
  EXPECT_EQ(change.requests(DiskOperation::kWrite), change.kernel(&DiskStat::writes).requests);
  disk_.reset();
}

TEST_F(BlockSensorTest, counts_a_request_that_completes_in_parts_once) {
  // Past the host's page cache a loop device completes what it got, and the rest as failed (lo_complete_rq).
  if (::ioctl(disk_->fd(), LOOP_SET_DIRECT_IO, 1UL) != 0) GTEST_SKIP() << "SKIPPED: no direct I/O on this file system";
  ASSERT_EQ(::truncate((directory_.path() + "/disk").c_str(), 4096), 0);
  alignas(4096) std::array<char, 8192> bytes{};
  const Change change = observe(
      [&] { EXPECT_LT(::pread(disk_->fd(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size())); });
  EXPECT_EQ(change.errors(DiskOperation::kRead), 1u);
  EXPECT_EQ(change.requests(DiskOperation::kRead), change.kernel(&DiskStat::reads).requests);
}

TEST_F(BlockSensorTest, says_that_it_misses_requests_whose_start_the_kernel_does_not_note) {
  ASSERT_TRUE(disk_->set_queue("iostats", "0"));
  const Moment before = look();
  for (std::size_t i = 0; i < 20; ++i) ASSERT_TRUE(disk_->write_block(i));
  const Moment after = look();
  EXPECT_EQ(after.kernel.writes, before.kernel.writes);
  EXPECT_EQ(after.requests(DiskOperation::kWrite), before.requests(DiskOperation::kWrite));
  EXPECT_GT(loss("untimed_request"), 0u);
}

TEST_F(BlockSensorTest, reports_that_it_is_on) {
  const SensorReport report = BlockSensor::report_of(BlockSensor::open());
  EXPECT_EQ(report.sensor, "block");
  EXPECT_EQ(report.variant, "tp_btf");
  EXPECT_EQ(report.state, SensorState::kOn);
}

TEST(BucketOf, holds_what_is_at_most_its_bound) {
  std::array<__u64, kDurationBounds.size()> wire{};
  std::transform(kDurationBounds.begin(), kDurationBounds.end(), wire.begin(),
                 [](std::chrono::nanoseconds bound) { return static_cast<__u64>(bound.count()); });
  EXPECT_EQ(bucket_of(0, wire.data(), SONDE_BLOCK_BOUNDS), 0u);
  for (std::size_t i = 0; i < wire.size(); ++i) {
    EXPECT_EQ(bucket_of(wire[i], wire.data(), SONDE_BLOCK_BOUNDS), i);
    EXPECT_EQ(bucket_of(wire[i] + 1, wire.data(), SONDE_BLOCK_BOUNDS), i + 1);
  }
  EXPECT_EQ(bucket_of(~0ULL, wire.data(), SONDE_BLOCK_BOUNDS), wire.size()) << "+Inf";
}

}  // namespace
}  // namespace sonde::capture
