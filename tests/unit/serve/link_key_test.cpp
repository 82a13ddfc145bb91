#include "serve/link_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace sonde::serve {
namespace {

using testing::HasSubstr;

class LinkKeyFile : public testing::Test {
 protected:
  LinkKeyFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde_link_key_XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    path_ = directory_ + "/link.key";
  }
  ~LinkKeyFile() override { std::filesystem::remove_all(directory_); }

  void put(const std::string& text, mode_t mode) const {
    std::ofstream(path_) << text;
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
  }

  std::string directory_;
  std::string path_;
};

TEST_F(LinkKeyFile, is_created_for_its_owner_alone) {
  const mode_t before = ::umask(0);
  const auto key = open_link_key(path_);
  ::umask(before);
  ASSERT_TRUE(key) << key.error().what;
  struct stat facts {};
  ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0600u);
  EXPECT_EQ(facts.st_size, 32);
  EXPECT_NE(*key, LinkKey{});
}

TEST_F(LinkKeyFile, has_the_same_key_each_time) {
  const auto first = open_link_key(path_);
  const auto second = open_link_key(path_);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
  EXPECT_NE(*first, *new_link_key());
}

TEST_F(LinkKeyFile, survives_an_earlier_attempt_that_was_cut_short) {
  std::ofstream(path_ + ".new") << "half";
  EXPECT_TRUE(open_link_key(path_));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(LinkKeyFile, that_others_may_read_is_refused) {
  for (const mode_t mode : {0640U, 0604U, 0700U, 0666U}) {
    put(std::string(32, 'k'), mode);
    const auto key = open_link_key(path_);
    ASSERT_FALSE(key) << mode;
    EXPECT_EQ(key.error().code, Code::kPermission);
    EXPECT_THAT(key.error().what, HasSubstr("and not 0600"));
  }
}

TEST_F(LinkKeyFile, of_another_size_is_refused) {
  for (const std::size_t size : {0U, 31U, 33U}) {
    put(std::string(size, 'k'), 0600);
    const auto key = open_link_key(path_);
    ASSERT_FALSE(key) << size;
    EXPECT_THAT(key.error().what, HasSubstr("and not 32"));
  }
}

TEST_F(LinkKeyFile, that_is_no_file_is_refused) {
  std::filesystem::create_symlink("/dev/zero", path_);
  EXPECT_FALSE(open_link_key(path_));
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_FALSE(open_link_key(path_));
}

TEST_F(LinkKeyFile, in_no_directory_says_where) {
  const auto key = open_link_key(directory_ + "/none/link.key");
  ASSERT_FALSE(key);
  EXPECT_THAT(key.error().what, HasSubstr("none/link.key"));
}

}  // namespace
}  // namespace sonde::serve
