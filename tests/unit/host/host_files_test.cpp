#include "host/host_files.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "unit/host/fake_host.h"

namespace sonde::host {
namespace {

TEST(HostFiles, reads_below_each_root) {
  const FakeHost host;
  host.write("p/loadavg", "proc");
  host.write("s/block/sda/size", "sys");
  host.write("c/system.slice/cpu.stat", "cgroup");
  host.write("r/etc/os-release", "root");
  HostFiles files(HostRoots{host.at("p"), host.at("s"), host.at("c"), host.at("r")});
  EXPECT_EQ(*files.read_proc("loadavg"), "proc");
  EXPECT_EQ(*files.read_sys("block/sda/size"), "sys");
  EXPECT_EQ(*files.read_cgroup("system.slice/cpu.stat"), "cgroup");
  EXPECT_EQ(*files.read_root("etc/os-release"), "root");
}

TEST(HostFiles, reads_the_kernels_own_files_of_no_size) {
  HostFiles files;
  EXPECT_TRUE(files.read_proc("self/status")->starts_with("Name:"));
}

TEST(HostFiles, gives_back_the_text_of_one_file_only) {
  FakeHost host;
  host.write("proc/long", "a longer text");
  host.write("proc/short", "b");
  host.write("proc/empty", "");
  EXPECT_EQ(*host.files().read_proc("long"), "a longer text");
  EXPECT_EQ(*host.files().read_proc("short"), "b");
  EXPECT_EQ(*host.files().read_proc("empty"), "");
}

TEST(HostFiles, reads_files_that_outgrow_its_buffer) {
  FakeHost host;
  for (const std::size_t size : {16'383U, 16'384U, 16'385U, 3'000'000U, 20U}) {
    const std::string text(size, 'x');
    host.write("proc/large", text);
    EXPECT_EQ(*host.files().read_proc("large"), text) << size;
  }
}

TEST(HostFiles, refuses_more_than_16_mebibytes) {
  FakeHost host;
  host.write("proc/huge", std::string((16U << 20U) + 1, 'x'));
  const Result<std::string_view> text = host.files().read_proc("huge");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::kLimit);
  host.write("proc/huge", "small again");
  EXPECT_EQ(*host.files().read_proc("huge"), "small again");
}

TEST(HostFiles, says_which_file_is_missing) {
  FakeHost host;
  host.write("proc/loadavg", "");
  for (const char* name : {"no_such_file", "no/such/directory", "loadavg/below_a_file"}) {
    const Result<std::string_view> text = host.files().read_proc(name);
    ASSERT_FALSE(text) << name;
    EXPECT_EQ(text.error().code, Code::kNotFound) << name;
    EXPECT_NE(text.error().what.find(host.at("proc") + "/" + name), std::string::npos) << text.error().what;
  }
}

TEST(HostFiles, takes_a_process_that_ended_meanwhile_for_missing) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  HostFiles files;
  // A zombie still has its files, but no memory: reading this one gives ESRCH (fs/proc/task_mmu.c).
  const Result<std::string_view> text = files.read_proc(std::to_string(child) + "/smaps_rollup");
  ::waitpid(child, nullptr, 0);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::kNotFound);
}

TEST(HostFiles, says_what_may_not_be_read) {
  FakeHost host;
  host.write("sys/secret", "x");
  std::filesystem::permissions(host.at(""), std::filesystem::perms::all);
  std::filesystem::permissions(host.at("sys/secret"), std::filesystem::perms::none);
  const AsNobody nobody;
  const Result<std::string_view> text = host.files().read_sys("secret");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::kPermission);
}

TEST(HostFiles, does_not_take_a_directory_for_a_file) {
  FakeHost host;
  host.write("sys/block/sda/size", "1\n");
  const Result<std::string_view> text = host.files().read_sys("block");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::kIo);
}

TEST(HostFiles, counts_what_a_file_of_one_number_holds) {
  FakeHost host;
  host.write("proc/sys/fs/file-max", "9223372036854775807\n");
  host.write("sys/number", " 12");
  EXPECT_EQ(*host.files().count_proc("sys/fs/file-max"), 9223372036854775807U);
  EXPECT_EQ(*host.files().count_sys("number"), 12U);
}

TEST(HostFiles, says_which_file_holds_no_number) {
  FakeHost host;
  for (const char* text : {"", "\n", "-1\n", "1 2\n", "none\n"}) {
    host.write("sys/number", text);
    const Result<std::uint64_t> number = host.files().count_sys("number");
    ASSERT_FALSE(number) << text;
    EXPECT_EQ(number.error().code, Code::kBadInput);
    EXPECT_TRUE(number.error().what.starts_with(host.at("sys/number"))) << number.error().what;
  }
  EXPECT_EQ(host.files().count_sys("missing").error().code, Code::kNotFound);
}

TEST(HostFiles, lists_a_directory_in_order) {
  FakeHost host;
  host.write("sys/cpu/cpu10/x", "");
  host.write("sys/cpu/cpu2/x", "");
  host.write("sys/cpu/.hidden", "");
  host.write("sys/cpu/online", "");
  EXPECT_EQ(*host.files().list_sys("cpu"), (std::vector<std::string>{".hidden", "cpu10", "cpu2", "online"}));
  EXPECT_EQ(host.files().list_sys("gpu").error().code, Code::kNotFound);
}

}  // namespace
}  // namespace sonde::host
