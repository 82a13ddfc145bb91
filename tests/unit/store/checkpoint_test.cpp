#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zlib.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "unit/store/measured_host.h"

namespace sonde::store {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

class Checkpoint : public testing::Test {
 protected:
  Checkpoint() { options_.directory = directory_.path(); }

  void measure(Database& database, int from, int to) {
    for (int i = from; i < to; ++i) {
      host_.count("requests_total", {{"code", "200"}}, i * 3.0);
      host_.set("load", {}, i % 10 / 4.0);
      if (i % 3 == 0) host_.observe("wait_seconds", {{"route", "/"}}, (i % 50 + 1) * 1ms);
      database.append(host_.snapshot(), at_ms(i * 10'000));
    }
  }

  static std::vector<std::string> everything(const Database& database) {
    std::vector<std::string> all;
    for (const ReadSeries& series : read(database, {{"__name__", MatchOperator::kRegex, ".+"}})) {
      all.push_back(series.name + " " + text_of(series.samples));
    }
    return all;
  }

  [[nodiscard]] std::vector<std::string> files(const std::string& with) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      if (entry.path().filename().string().find(with) != std::string::npos) found.push_back(entry.path().string());
    }
    return found;
  }

  TemporaryDirectory directory_;
  StoreOptions options_;
  MeasuredHost host_;
};

std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

TEST_F(Checkpoint, everything_comes_back_from_a_base_and_its_deltas) {
  std::vector<std::string> before;
  {
    const auto database = open_database(options_);
    for (int i = 0; i < 50; ++i) {
      measure(*database, i * 17, (i + 1) * 17);
      ASSERT_TRUE(database->checkpoint());
    }
    before = everything(*database);
    EXPECT_EQ(database->facts().checkpoints, 50U);
    EXPECT_FALSE(files("delta-").empty());
  }
  std::vector<std::string> notices;
  const auto database = open_database(options_, &notices);
  EXPECT_THAT(notices, IsEmpty());
  EXPECT_EQ(everything(*database), before);
  measure(*database, 850, 860);
  const auto samples = read(*database, {{"__name__", MatchOperator::kEqual, "requests_total"}}).at(0).samples;
  EXPECT_EQ(samples.size(), 860U);
  EXPECT_EQ(samples.back().value, 859 * 3.0);
}

TEST_F(Checkpoint, what_was_thinned_comes_back) {
  options_.retention = 1h;
  options_.long_metrics = {"requests_total", "wait_seconds"};
  std::vector<std::string> before;
  {
    const auto database = open_database(options_);
    for (int i = 0; i < 30; ++i) {
      measure(*database, i * 50, (i + 1) * 50);
      ASSERT_TRUE(database->checkpoint());
    }
    before = everything(*database);
  }
  EXPECT_EQ(everything(*open_database(options_)), before);
}

TEST_F(Checkpoint, deltas_are_small_and_an_hour_makes_a_new_base) {
  const auto database = open_database(options_);
  measure(*database, 0, 300);
  ASSERT_TRUE(database->checkpoint());
  const std::string first = files("base-").at(0);
  const auto base_bytes = std::filesystem::file_size(first);
  measure(*database, 300, 306);
  ASSERT_TRUE(database->checkpoint());
  EXPECT_LT(std::filesystem::file_size(files("delta-").at(0)), base_bytes / 4);
  measure(*database, 306, 700);
  ASSERT_TRUE(database->checkpoint());
  EXPECT_EQ(files("base-").size(), 1U);
  EXPECT_NE(files("base-").at(0), first);
  EXPECT_TRUE(files("delta-").empty());
}

TEST_F(Checkpoint, any_changed_byte_is_survived_and_told) {
  {
    const auto database = open_database(options_);
    measure(*database, 0, 20);
    ASSERT_TRUE(database->checkpoint());
  }
  const std::string path = files("base-").at(0);
  const std::string good = read_bytes(path);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << at % 8));
    write_bytes(path, bad);
    std::vector<std::string> notices;
    const auto database = open_database(options_, &notices);
    ASSERT_NE(database, nullptr) << at;
    ASSERT_EQ(notices.size(), 1U) << at;
    ASSERT_EQ(database->facts().damaged_files, 1U) << at;
    ASSERT_FALSE(std::filesystem::exists(path)) << at;
    ASSERT_EQ(read_bytes(path + ".damaged"), bad) << at;
  }
}

TEST_F(Checkpoint, a_file_cut_off_anywhere_is_survived_and_told) {
  std::vector<std::string> before;
  {
    const auto database = open_database(options_);
    measure(*database, 0, 20);
    ASSERT_TRUE(database->checkpoint());
    before = everything(*database);
    measure(*database, 20, 25);
    ASSERT_TRUE(database->checkpoint());
  }
  const std::string path = files("delta-").at(0);
  const std::string good = read_bytes(path);
  for (std::size_t size = 0; size < good.size(); ++size) {
    write_bytes(path, good.substr(0, size));
    std::vector<std::string> notices;
    const auto database = open_database(options_, &notices);
    ASSERT_NE(database, nullptr) << size;
    ASSERT_EQ(notices.size(), 1U) << size;
    ASSERT_THAT(notices[0], HasSubstr(".damaged")) << size;
    ASSERT_EQ(everything(*database).size(), before.size()) << size;
  }
}

TEST_F(Checkpoint, beside_a_damaged_block_the_others_are_read) {
  {
    const auto database = open_database(options_);
    for (int n = 0; n < 3'000; ++n) host_.set("wide", {{"n", std::to_string(n) + std::string(60, 'x')}}, n);
    measure(*database, 0, 2);
    ASSERT_TRUE(database->checkpoint());
  }
  const std::string path = files("base-").at(0);
  std::string bytes = read_bytes(path);
  bytes[100] = static_cast<char>(~bytes[100]);
  write_bytes(path, bytes);
  const auto database = open_database(options_);
  const std::size_t left = database->facts().stored_series;
  EXPECT_GT(left, 1'500U);
  EXPECT_LT(left, 3'000U);
}

TEST_F(Checkpoint, a_file_of_a_newer_format_is_set_aside_with_a_clear_sentence) {
  {
    const auto database = open_database(options_);
    measure(*database, 0, 2);
    ASSERT_TRUE(database->checkpoint());
  }
  const std::string path = files("base-").at(0);
  std::string bytes = read_bytes(path);
  bytes[8] = 2;
  const auto crc = static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), 24));
  std::memcpy(bytes.data() + 24, &crc, sizeof crc);
  write_bytes(path, bytes);
  std::vector<std::string> notices;
  open_database(options_, &notices);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_THAT(notices[0], HasSubstr("written in format 2 by another release"));
}

TEST_F(Checkpoint, a_directory_belongs_to_one_process) {
  const auto database = open_database(options_);
  std::vector<std::string> notices;
  const auto second = Database::open(options_, notices);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kLimit);
  EXPECT_THAT(second.error().what, HasSubstr("used by another process"));
}

TEST_F(Checkpoint, a_directory_that_cannot_be_is_told) {
  write_bytes(directory_.path() + "/file", "");
  options_.directory = directory_.path() + "/file/store";
  std::vector<std::string> notices;
  const auto database = Database::open(options_, notices);
  ASSERT_FALSE(database);
  EXPECT_THAT(database.error().what, HasSubstr("/file/store"));
}

TEST_F(Checkpoint, a_full_disk_loses_nothing_and_leaves_no_file) {
  const auto database = open_database(options_);
  measure(*database, 0, 300);
  ASSERT_TRUE(database->checkpoint());
  const auto before = everything(*database);
  measure(*database, 300, 310);
  // A write beyond the limit fails like one to a full disk, once the signal is ignored (setrlimit(2)).
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit tiny{20, limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tiny), 0);
  const auto failed = database->checkpoint();
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kIo);
  EXPECT_EQ(database->facts().failed_checkpoints, 1U);
  EXPECT_TRUE(files(".tmp").empty());
  EXPECT_TRUE(files("delta-").empty());
  ASSERT_TRUE(database->checkpoint());
  EXPECT_EQ(files("delta-").size(), 1U);
}

TEST_F(Checkpoint, a_series_that_does_not_come_back_after_a_restart_ends_when_the_process_began) {
  {
    const auto database = open_database(options_);
    measure(*database, 0, 3);
    ASSERT_TRUE(database->checkpoint());
  }
  const auto database = open_database(options_);
  host_.restart();
  for (int i = 10; i < 16; ++i) {
    host_.count("requests_total", {{"code", "200"}}, i);
    database->append(host_.snapshot(), at_ms(i * 10'000));
  }
  EXPECT_EQ(samples_of(*database, "requests_total"),
            "0:0 10000:3 20000:6 100000:10 110000:11 120000:12 130000:13 140000:14 150000:15");
  EXPECT_EQ(samples_of(*database, "load"), "0:0 10000:0.25 20000:0.5 100000:stale");
  EXPECT_EQ(samples_of(*database, "wait_seconds_count"), "0:1 10000:1 20000:1 100000:stale");
  EXPECT_EQ(database->facts().stored_series, 3U);
}

}  // namespace
}  // namespace sonde::store
