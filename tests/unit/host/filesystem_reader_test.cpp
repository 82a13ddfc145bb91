#include "host/filesystem_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <filesystem>
#include <iterator>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace sonde::host {
namespace {

/// Long enough for a healthy answer on a busy machine, short enough to wait for.
constexpr std::chrono::milliseconds kPatience{150};

/// File systems of which some hang. Threads that hang hold it, so that it outlives the test that leaves them.
class Server {
 public:
  int ask(const std::string& path, struct statvfs* facts) {
    std::unique_lock lock(mutex_);
    asked_.push_back(path);
    threads_.insert(std::this_thread::get_id());
    ++hanging_;
    most_hanging_ = std::max(most_hanging_, hanging_);
    changed_.wait(lock, [&] { return !dead_.contains(path); });
    --hanging_;
    changed_.notify_all();
    if (refused_.contains(path)) return errno = EACCES, -1;
    facts->f_frsize = 1;
    facts->f_blocks = path.size();
    return 0;
  }

  void die(const std::string& path) {
    const std::lock_guard lock(mutex_);
    dead_.insert(path);
  }
  void refuse(const std::string& path) {
    const std::lock_guard lock(mutex_);
    refused_.insert(path);
  }
  /// Everything answers again; returns when the calls that hung are over.
  void revive() {
    std::unique_lock lock(mutex_);
    dead_.clear();
    changed_.notify_all();
    changed_.wait(lock, [&] { return hanging_ == 0; });
  }
  std::vector<std::string> take_asked() {
    const std::lock_guard lock(mutex_);
    return std::exchange(asked_, {});
  }
  std::size_t thread_count() {
    const std::lock_guard lock(mutex_);
    return threads_.size();
  }
  int most_hanging() {
    const std::lock_guard lock(mutex_);
    return most_hanging_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> dead_;
  std::set<std::string> refused_;
  std::vector<std::string> asked_;
  std::set<std::thread::id> threads_;
  int hanging_ = 0;
  int most_hanging_ = 0;
};

using Texts = std::vector<std::string>;

std::ptrdiff_t running_threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

/// A thread that has ended is listed for a moment longer.
bool falls_to(std::ptrdiff_t threads) {
  for (int attempt = 0; attempt < 100'000 && running_threads() > threads; ++attempt) std::this_thread::yield();
  return running_threads() <= threads;
}

class Reader : public testing::Test {
 protected:
  // The thread sanitizer begins a thread of its own with the first one of a program, and keeps it.
  static void SetUpTestSuite() {
    std::thread([] {}).join();
  }

  void TearDown() override {
    reader_.reset();
    server_->revive();
    EXPECT_TRUE(falls_to(threads_before_));
  }

  static std::vector<Mount> mounts(const Texts& paths, const std::string& device = "server:/") {
    std::vector<Mount> all;
    for (const std::string& path : paths) all.push_back({device, path, "nfs4", "rw"});
    return all;
  }

  /// "/a 2" for what answered, "/b -" for what did not.
  Texts read(const std::vector<Mount>& mounts) {
    Texts found;
    for (const FilesystemFacts& facts : reader_->read(mounts)) {
      found.push_back(facts.mount.mount_point + " " + (facts.answered ? std::to_string(facts.size_bytes) : "-"));
    }
    return found;
  }

  const std::ptrdiff_t threads_before_ = running_threads();
  std::shared_ptr<Server> server_ = std::make_shared<Server>();
  std::unique_ptr<FilesystemReader> reader_ = std::make_unique<FilesystemReader>(
      kPatience, [server = server_](const char* path, struct statvfs* facts) { return server->ask(path, facts); });
};

TEST_F(Reader, asks_all_in_order_on_one_thread) {
  EXPECT_EQ(read(mounts({"/b", "/", "/aa"})), (Texts{"/b 2", "/ 1", "/aa 3"}));
  EXPECT_EQ(read(mounts({"/b", "/", "/aa"})), (Texts{"/b 2", "/ 1", "/aa 3"}));
  EXPECT_EQ(server_->take_asked(), (Texts{"/b", "/", "/aa", "/b", "/", "/aa"}));
  EXPECT_EQ(server_->thread_count(), 1U);
}

TEST_F(Reader, asks_nothing_if_nothing_is_mounted) {
  EXPECT_TRUE(reader_->read({}).empty());
  EXPECT_EQ(server_->thread_count(), 0U);
}

TEST_F(Reader, says_of_one_that_refuses_that_it_did_not_answer) {
  server_->refuse("/b");
  EXPECT_EQ(read(mounts({"/a", "/b", "/c"})), (Texts{"/a 2", "/b -", "/c 2"}));
  EXPECT_EQ(server_->thread_count(), 1U);
}

TEST_F(Reader, goes_on_with_the_others_when_one_hangs) {
  server_->die("/b");
  EXPECT_EQ(read(mounts({"/a", "/b", "/c"})), (Texts{"/a 2", "/b -", "/c 2"}));
}

TEST_F(Reader, leaves_one_that_hangs_alone_until_it_answers) {
  server_->die("/b");
  read(mounts({"/a", "/b", "/c"}));
  server_->take_asked();
  EXPECT_EQ(read(mounts({"/a", "/b", "/c"})), (Texts{"/a 2", "/b -", "/c 2"}));
  EXPECT_EQ(server_->take_asked(), (Texts{"/a", "/c"}));
  server_->revive();
  // The thread has its answer, but may not have said so yet.
  while (!reader_->read(mounts({"/a", "/b", "/c"}))[1].answered) std::this_thread::yield();
  EXPECT_EQ(read(mounts({"/a", "/b", "/c"})), (Texts{"/a 2", "/b 2", "/c 2"}));
}

TEST_F(Reader, asks_a_place_that_hangs_once_even_if_two_are_mounted_there) {
  server_->die("/b");
  std::vector<Mount> twice = mounts({"/b", "/c"});
  twice.push_back({"/dev/other", "/b", "xfs", "ro"});
  EXPECT_EQ(read(twice), (Texts{"/b -", "/c 2", "/b -"}));
  EXPECT_EQ(server_->most_hanging(), 2);  // it and /c, after it was given up
}

TEST_F(Reader, never_has_more_than_a_few_threads_hanging) {
  Texts many;
  for (char name = 'a'; name <= 'z'; ++name) many.push_back(std::string("/") + name);
  read(mounts({"/healthy"}));
  for (const std::string& path : many) server_->die(path);
  many.push_back("/healthy");
  for (int pass = 0; pass < 3; ++pass) {
    EXPECT_EQ(read(mounts(many)).back(), "/healthy 8");
    EXPECT_LE(server_->most_hanging(), 5);
  }
}

TEST_F(Reader, asks_disks_of_the_machine_before_all_others_at_first) {
  server_->die("/dead1");
  server_->die("/dead2");
  std::vector<Mount> all = mounts({"/dead1", "/dead2"});
  all.push_back({"/dev/sda1", "/", "ext4", "rw"});
  EXPECT_EQ(read(all).back(), "/ 1");
  EXPECT_EQ(server_->take_asked().front(), "/");
}

TEST_F(Reader, keeps_one_thread_when_all_answer_again) {
  for (const char* path : {"/b", "/c"}) server_->die(path);
  read(mounts({"/a", "/b", "/c"}));
  server_->revive();
  while (read(mounts({"/a", "/b", "/c"})) != Texts{"/a 2", "/b 2", "/c 2"}) std::this_thread::yield();
  EXPECT_TRUE(falls_to(threads_before_ + 1));
  reader_.reset();
  EXPECT_TRUE(falls_to(threads_before_));
}

TEST_F(Reader, can_be_left_while_one_hangs) {
  server_->die("/b");
  read(mounts({"/a", "/b"}));
  reader_.reset();
  EXPECT_EQ(server_->most_hanging(), 1);
}

TEST_F(Reader, puts_the_root_in_front_of_what_it_asks_only) {
  const auto& facts = reader_->read(mounts({"/b"}), "/host");
  EXPECT_EQ(facts[0].mount.mount_point, "/b");
  EXPECT_EQ(server_->take_asked(), (Texts{"/host/b"}));
}

TEST(FilesystemReader, asks_the_real_file_systems_by_default) {
  FilesystemReader reader(std::chrono::minutes{1});
  const auto& facts = reader.read({{"x", "/", "y", "ro,z"}, {"x", "/nowhere/at/all", "y", "rw"}});
  EXPECT_TRUE(facts[0].answered);
  EXPECT_TRUE(facts[0].read_only);
  EXPECT_GT(facts[0].size_bytes, 0U);
  EXPECT_FALSE(facts[1].answered);
}

}  // namespace
}  // namespace sonde::host
