#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include "inventory/inventory.h"
#include "support/fake_process_source.h"

namespace {
std::atomic<std::size_t> allocations{0};
}

// Inlined, these make GCC see memory of `new` reach free() and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace sonde::inventory {
namespace {

using std::chrono::seconds;

constexpr KernelTime kStart{seconds{1000}};

ProcessHint hint_of(std::int32_t pid, const char* comm) { return {pid, 1, comm, 0}; }

class ProcessCache : public testing::Test {
 protected:
  ProcessCache() { source_.processes[42] = {"0::/system.slice/nginx.service\n", "/usr/sbin/nginx", "nginx"}; }

  const std::string& name_at(const ProcessHint& hint, seconds after_start) {
    return inventory_.service_for(hint, kStart + after_start).name;
  }

  FakeProcessSource source_;
  Inventory inventory_{{}, source_};
};

TEST_F(ProcessCache, reads_no_more_of_a_process_than_its_name_takes) {
  name_at(hint_of(42, "nginx"), seconds{0});
  EXPECT_EQ(source_.cgroup_reads, 1);
  EXPECT_EQ(source_.executable_reads + source_.process_name_reads, 0);
}

TEST_F(ProcessCache, neither_reads_nor_allocates_for_a_process_it_knows) {
  const ProcessHint hint = hint_of(42, "nginx");
  name_at(hint, seconds{0});
  const int reads = source_.reads();
  const std::size_t before = allocations;
  for (int i = 0; i < 59; ++i) name_at(hint, seconds{i});
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(source_.reads(), reads);
}

TEST_F(ProcessCache, keeps_the_name_of_a_process_on_its_way_out) {
  source_.processes[42].cgroup = "1:name=systemd:/system.slice/nginx.service\n";
  EXPECT_EQ(name_at(hint_of(42, "nginx"), seconds{0}), "nginx");
  source_.processes[42] = {.cgroup = "1:name=systemd:/\n", .executable = {}, .process_name = "x", .is_exiting = true};
  EXPECT_EQ(name_at(hint_of(42, "nginx"), seconds{60}), "nginx");
  source_.processes[42].is_exiting = false;
  EXPECT_EQ(name_at(hint_of(42, "nginx"), seconds{120}), "x") << "moved to the root";
}

TEST_F(ProcessCache, reads_again_after_a_minute) {
  name_at(hint_of(42, "nginx"), seconds{0});
  source_.processes[42].cgroup = "0::/system.slice/openresty.service\n";
  EXPECT_EQ(name_at(hint_of(42, "nginx"), seconds{59}), "nginx");
  EXPECT_EQ(name_at(hint_of(42, "nginx"), seconds{60}), "openresty");
  EXPECT_EQ(name_at(hint_of(42, "nginx"), seconds{119}), "openresty");
  EXPECT_EQ(source_.cgroup_reads, 2);
}

TEST_F(ProcessCache, notices_an_exec_by_its_comm) {
  name_at(hint_of(42, "nginx"), seconds{0});
  source_.processes[42].cgroup = "0::/system.slice/exec.service\n";
  EXPECT_EQ(name_at(hint_of(42, "exec"), seconds{1}), "exec");
}

TEST_F(ProcessCache, notices_a_reused_pid_by_its_cgroup) {
  ProcessHint hint = hint_of(42, "nginx");
  name_at(hint, seconds{0});
  source_.processes[42].cgroup = "0::/system.slice/reused.service\n";
  hint.cgroup_id = 2;
  EXPECT_EQ(name_at(hint, seconds{1}), "reused");
}

TEST_F(ProcessCache, keeps_threads_of_one_process_with_their_own_comms_apart) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(name_at(hint_of(42, "reader"), seconds{i}), "nginx");
    EXPECT_EQ(name_at(hint_of(42, "writer"), seconds{i}), "nginx");
  }
  EXPECT_EQ(source_.cgroup_reads, 2);
}

TEST_F(ProcessCache, lets_the_last_events_of_a_process_belong_to_its_service) {
  name_at(hint_of(42, "nginx"), seconds{0});
  source_.processes.clear();
  EXPECT_EQ(name_at(hint_of(42, "nginx"), seconds{61}), "nginx");
  EXPECT_EQ(inventory_.service_for(hint_of(42, "nginx"), kStart + seconds{62}).source, NameSource::kSystemdUnit);
}

TEST_F(ProcessCache, ignores_ports_while_no_rule_is_about_ports) {
  for (std::uint16_t port = 1; port <= 100; ++port) inventory_.service_for({42, 1, "nginx", port}, kStart);
  EXPECT_EQ(source_.cgroup_reads, 1);
}

TEST_F(ProcessCache, forgets_the_longest_unread_process_but_never_a_service) {
  const ServiceId nginx = inventory_.service_for(hint_of(42, "nginx"), kStart).id;
  for (std::size_t i = 1; i < Inventory::kMaxProcesses; ++i) {
    name_at(hint_of(1'000'000 + static_cast<std::int32_t>(i), "job"), seconds{1});
  }
  name_at(hint_of(42, "nginx"), seconds{2});
  EXPECT_EQ(source_.cgroup_reads, static_cast<int>(Inventory::kMaxProcesses)) << "full, but nothing is lost yet";
  name_at(hint_of(7, "job"), seconds{2});
  const int reads = source_.cgroup_reads;
  EXPECT_EQ(inventory_.service_for(hint_of(42, "nginx"), kStart + seconds{3}).id, nginx);
  EXPECT_EQ(source_.cgroup_reads, reads + 1) << "nginx was the oldest entry and had to be read again";
  name_at(hint_of(1'000'000 + static_cast<std::int32_t>(Inventory::kMaxProcesses) - 1, "job"), seconds{3});
  EXPECT_EQ(source_.cgroup_reads, reads + 1) << "the newest entries are still there";
  EXPECT_EQ(inventory_.service_count(), 2u);
}

TEST_F(ProcessCache, counts_a_process_as_young_that_was_read_again) {
  name_at(hint_of(42, "nginx"), seconds{0});
  for (std::size_t i = 1; i < Inventory::kMaxProcesses; ++i) {
    name_at(hint_of(1'000'000 + static_cast<std::int32_t>(i), "job"), seconds{1});
  }
  name_at(hint_of(42, "nginx"), seconds{60});
  name_at(hint_of(7, "job"), seconds{60});
  const int reads = source_.cgroup_reads;
  name_at(hint_of(42, "nginx"), seconds{61});
  EXPECT_EQ(source_.cgroup_reads, reads);
}

}  // namespace
}  // namespace sonde::inventory
