#include "app/main_binaries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "host/event_log.h"

namespace sonde::app {
namespace {

using host::EventKind;

/// A /proc whose exe links lead to binaries of the build: this test and nothing else is an ELF file we can count on.
class Binaries : public testing::Test {
 protected:
  Binaries() { service_.name = "shop"; }
  ~Binaries() override { std::filesystem::remove_all(proc_); }

  SweptProcess process(std::int32_t pid, std::int32_t parent, std::uint64_t started_ns, const std::string& binary) {
    const std::filesystem::path folder = proc_ + "/" + std::to_string(pid);
    std::filesystem::create_directories(folder);
    std::filesystem::remove(folder / "exe");
    std::filesystem::create_symlink(binary, folder / "exe");
    SweptProcess swept{{}, &service_};
    swept.facts.identity = {.pid = pid, .started_ns = started_ns};
    swept.facts.parent_pid = parent;
    swept.facts.executable_inode = std::hash<std::string>{}(binary) | 1U;
    return swept;
  }
  /// Two passes with the same processes.
  void look_twice(const std::vector<SweptProcess>& swept) {
    binaries_.look(swept, watch_, now_);
    binaries_.look(swept, watch_, now_);
  }
  std::size_t changes() {
    std::size_t count = 0;
    for (const host::Event& event : log_.find({.since = {}, .service = std::nullopt, .limit = 100})) {
      count += event.kind == EventKind::kBinaryChanged ? 1 : 0;
    }
    return count;
  }

  static std::string make_folder() {
    std::string path = testing::TempDir() + "sonde-main-binaries-XXXXXX";
    return ::mkdtemp(path.data());
  }

  const std::string proc_ = make_folder();
  inventory::Service service_;
  host::EventLog log_{100};
  host::LifecycleWatch watch_{host::HostOptions{}, log_};
  MainBinaries binaries_{proc_};
  const WallTime now_{std::chrono::seconds{1'800'000'000}};
  const std::string self_ = std::filesystem::read_symlink("/proc/self/exe");
  const std::string other_ = std::filesystem::canonical("/bin/sh");
};

TEST_F(Binaries, a_restart_with_another_binary_is_a_change_and_one_with_the_same_is_not) {
  look_twice({process(10, 1, 1, self_)});
  look_twice({process(11, 1, 2, self_)});
  EXPECT_EQ(changes(), 0u);
  look_twice({process(12, 1, 3, other_)});
  EXPECT_EQ(changes(), 1u);
}

TEST_F(Binaries, programs_that_the_main_process_runs_are_none_of_its_binaries) {
  look_twice({process(10, 1, 1, self_)});
  look_twice({process(10, 1, 1, self_), process(11, 10, 2, other_)});
  EXPECT_EQ(changes(), 0u);
}

TEST_F(Binaries, a_shell_that_only_prepares_the_service_is_none_of_its_binaries) {
  look_twice({process(10, 1, 1, self_)});
  binaries_.look(std::vector{process(11, 1, 2, other_)}, watch_, now_);
  look_twice({process(12, 1, 3, self_)});
  EXPECT_EQ(changes(), 0u);
}

}  // namespace
}  // namespace sonde::app
