#include "inventory/process_source.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace sonde::inventory {
namespace {

/// A directory laid out like /proc, gone when the test is over.
class FakeProcfs : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde-proc-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    std::filesystem::create_directory(root_ / "42");
  }

  void TearDown() override { std::filesystem::remove_all(root_); }

  void write(const char* file, const std::string& text) const { std::ofstream(root_ / "42" / file) << text; }

  [[nodiscard]] ProcfsSource source() const { return ProcfsSource(root_.string()); }

  std::filesystem::path root_;
};

/// Root may read everything; while this lives, even root is nobody.
class AsNobody {
 public:
  AsNobody() : changed_(::geteuid() == 0 && ::seteuid(65534) == 0) {}
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() {
    if (changed_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  bool changed_;
};

TEST_F(FakeProcfs, is_read_file_by_file) {
  write("cgroup", "0::/system.slice/nginx.service\n");
  write("comm", "nginx\n");
  std::filesystem::create_symlink("/usr/sbin/nginx", root_ / "42" / "exe");
  EXPECT_EQ(*source().cgroup(42), "0::/system.slice/nginx.service\n");
  EXPECT_EQ(*source().process_name(42), "nginx");
  EXPECT_EQ(*source().executable(42), "/usr/sbin/nginx");
}

TEST_F(FakeProcfs, names_a_program_that_was_replaced_while_it_ran) {
  std::filesystem::create_symlink("/usr/sbin/nginx (deleted)", root_ / "42" / "exe");
  EXPECT_EQ(*source().executable(42), "/usr/sbin/nginx");
}

TEST_F(FakeProcfs, says_not_found_of_a_vanished_process) {
  const Result<std::string> cgroup = source().cgroup(43);
  ASSERT_FALSE(cgroup);
  EXPECT_EQ(cgroup.error().code, Code::kNotFound);
  EXPECT_NE(cgroup.error().what.find("43/cgroup"), std::string::npos) << cgroup.error().what;
  EXPECT_EQ(source().executable(43).error().code, Code::kNotFound);
  EXPECT_EQ(source().process_name(43).error().code, Code::kNotFound);
}

TEST_F(FakeProcfs, refuses_a_cgroup_text_without_end) {
  write("cgroup", "0::/" + std::string(100'000, 'a'));
  EXPECT_EQ(source().cgroup(42).error().code, Code::kLimit);
}

TEST_F(FakeProcfs, says_what_cannot_be_read) {
  std::filesystem::create_directory(root_ / "42" / "cgroup");
  std::filesystem::create_directory(root_ / "42" / "exe");
  EXPECT_EQ(source().cgroup(42).error().code, Code::kIo);
  EXPECT_EQ(source().executable(42).error().code, Code::kIo);
}

TEST_F(FakeProcfs, says_that_it_may_not_read) {
  write("cgroup", "0::/\n");
  std::filesystem::create_symlink("/usr/sbin/nginx", root_ / "42" / "exe");
  std::filesystem::permissions(root_ / "42", std::filesystem::perms::none);
  Result<std::string> cgroup = Error{};
  Result<std::string> executable = Error{};
  {
    const AsNobody nobody;
    cgroup = source().cgroup(42);
    executable = source().executable(42);
  }
  std::filesystem::permissions(root_ / "42", std::filesystem::perms::owner_all);
  ASSERT_FALSE(cgroup);
  EXPECT_EQ(cgroup.error().code, Code::kPermission);
  ASSERT_FALSE(executable);
  EXPECT_EQ(executable.error().code, Code::kPermission);
}

TEST(ProcfsSource, knows_this_very_process) {
  const ProcfsSource source;
  const auto pid = static_cast<std::int32_t>(::getpid());
  const Result<std::string> executable = source.executable(pid);
  ASSERT_TRUE(executable) << executable.error().what;
  EXPECT_EQ(*executable, std::filesystem::read_symlink("/proc/self/exe").string());
  const Result<std::string> cgroup = source.cgroup(pid);
  ASSERT_TRUE(cgroup) << cgroup.error().what;
  EXPECT_NE(cgroup->find(":/"), std::string::npos);
  EXPECT_EQ(*source.process_name(pid), std::filesystem::path(*executable).filename().string().substr(0, 15));
}

TEST(ProcfsSource, says_not_found_of_a_child_that_was_waited_for) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_GT(child, 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const ProcfsSource source;
  EXPECT_EQ(source.cgroup(child).error().code, Code::kNotFound);
  EXPECT_EQ(source.executable(child).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace sonde::inventory
