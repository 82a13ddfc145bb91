#include "inventory/process_source.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/fake_process_source.h"

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

struct StatRow {
  const char* name;
  const char* text;
  bool is_exiting;
};

class ProcfsStat : public FakeProcfs, public testing::WithParamInterface<StatRow> {};

TEST_P(ProcfsStat, says_who_is_on_the_way_out) {
  write("stat", GetParam().text);
  const Result<bool> exiting = source().is_exiting(42);
  ASSERT_TRUE(exiting) << exiting.error().what;
  EXPECT_EQ(*exiting, GetParam().is_exiting);
}

// 4194304 (PF_RANDOMIZE), 4194308 and 4227084 hold and do not hold 4 (PF_EXITING); a state tells less.
INSTANTIATE_TEST_SUITE_P(
    Texts, ProcfsStat,
    testing::Values(StatRow{"runs", "42 (nginx) R 1 42 42 0 -1 4194304 2834 0 7 0\n", false},
                    StatRow{"zombie", "42 (nginx) Z 1 42 42 0 -1 4227084 2834 0 7 0\n", true},
                    StatRow{"gives_its_memory_back", "42 (nginx) R 1 42 42 0 -1 4194308 2834 0 7 0\n", true},
                    StatRow{"name_like_fields", "42 (a) Z 1 1 1 0 -1 4 (b) S 1 42 42 0 -1 4194304 1 0\n", false},
                    StatRow{"name_of_parentheses", "42 ()))) S 1 42 42 0 -1 4194308 1 0\n", true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(FakeProcfs, refuses_a_stat_without_flags) {
  for (const char* text : {"", "42 (nginx", "42 (nginx) S 1 42 42 0 -1", "42 (nginx) S 1 42 42 0 -1 x"}) {
    write("stat", text);
    EXPECT_EQ(source().is_exiting(42).error().code, Code::kIo) << text;
  }
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
  EXPECT_EQ(source().is_exiting(43).error().code, Code::kNotFound);
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

TEST(ProcfsSource, knows_that_a_zombie_is_on_its_way_out) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_GT(child, 0);
  siginfo_t end{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &end, WEXITED | WNOWAIT), 0);
  const ProcfsSource source;
  const Result<bool> zombie = source.is_exiting(child);
  const Result<bool> self = source.is_exiting(::getpid());
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  ASSERT_TRUE(zombie && self);
  EXPECT_TRUE(*zombie);
  EXPECT_FALSE(*self);
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

struct LeftRow {
  const char* name;
  const char* text;
  bool is_exiting;
  bool has_left;
};

class HasLeft : public testing::TestWithParam<LeftRow> {};

TEST_P(HasLeft, is_said_of_who_was_put_into_the_roots_because_it_ends) {
  FakeProcessSource source;
  source.processes[42].cgroup = GetParam().text;
  source.processes[42].is_exiting = GetParam().is_exiting;
  EXPECT_EQ(has_left(source, 42, source.cgroup(42)), GetParam().has_left);
}

INSTANTIATE_TEST_SUITE_P(Texts, HasLeft,
                         testing::Values(LeftRow{"version1", "4:memory:/\n1:cpu:/\n", true, true},
                                         LeftRow{"version1_living", "4:memory:/\n1:cpu:/\n", false, false},
                                         LeftRow{"both", "4:memory:/\n0::/a.slice/b.service\n", true, true},
                                         LeftRow{"read_before_it_left", "4:memory:/m\n1:cpu:/\n", true, false},
                                         LeftRow{"version2", "0::/a.slice/b.service\n", true, false},
                                         LeftRow{"version2_in_the_root", "0::/\n", true, false},
                                         LeftRow{"nothing", "", true, false}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(HasLeft, is_said_of_who_is_gone_but_not_of_who_may_not_be_read) {
  FakeProcessSource source;
  EXPECT_TRUE(has_left(source, 42, source.cgroup(42)));
  EXPECT_TRUE(has_left(source, 42, std::string("1:cpu:/\n"))) << "gone meanwhile";
  source.processes[42] = {};
  EXPECT_FALSE(has_left(source, 42, source.cgroup(42)));
}

}  // namespace
}  // namespace sonde::inventory
