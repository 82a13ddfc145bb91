#include "app/cgroup_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_process_source.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

struct PathRow {
  const char* name;
  const char* text;
  const char* path;
};

class MemoryCgroup : public testing::TestWithParam<PathRow> {};

TEST_P(MemoryCgroup, is_where_memory_is_limited) { EXPECT_EQ(memory_cgroup(GetParam().text), GetParam().path); }

INSTANTIATE_TEST_SUITE_P(Hierarchies, MemoryCgroup,
                         testing::Values(PathRow{"version2", "0::/a.slice/b.service\n", "/a.slice/b.service"},
                                         PathRow{"version1", "5:cpu:/c\n4:memory:/m:x\n", "/m:x"},
                                         PathRow{"joint", "4:cpu,memory:/m\n", "/m"},
                                         PathRow{"hybrid", "0::/u\n4:memory:/m\n", "/m"}, PathRow{"cut", "4:mem", ""},
                                         PathRow{"nothing", "", ""}),
                         [](const auto& row) { return std::string(row.param.name); });

class Texts : public testing::Test {
 protected:
  static decode::ProcessFacts process(std::int32_t pid, std::uint64_t started_ns, std::uint64_t cgroup_id = 1) {
    decode::ProcessFacts facts;
    facts.identity = {.pid = pid, .started_ns = started_ns};
    facts.cgroup_id = cgroup_id;
    return facts;
  }
  void place(std::int32_t pid, const std::string& text) {
    source_.processes[pid] = {.cgroup = text, .executable = "/x", .process_name = "x"};
  }

  inventory::FakeProcessSource source_;
  CgroupTexts texts_{source_};
  const KernelTime late_{1h};  // processes that began at 1 are old by then
};

TEST_F(Texts, of_an_old_process_are_read_again_after_a_minute_or_when_its_cgroup_changes) {
  place(1, "0::/a\n");
  EXPECT_EQ(texts_.text_of(process(1, 1), late_), "0::/a\n");
  place(1, "0::/b\n");
  EXPECT_EQ(texts_.text_of(process(1, 1), late_ + 59s), "0::/a\n");
  EXPECT_EQ(texts_.text_of(process(1, 1), late_ + 60s), "0::/b\n");
  place(1, "0::/c\n");
  EXPECT_EQ(texts_.text_of(process(1, 1, 7), late_ + 61s), "0::/c\n");
}

TEST_F(Texts, of_a_young_process_are_read_each_time) {
  place(1, "0::/a\n");
  EXPECT_EQ(texts_.text_of(process(1, 1), KernelTime{1s}), "0::/a\n");
  place(1, "0::/b\n");
  EXPECT_EQ(texts_.text_of(process(1, 1), KernelTime{2s}), "0::/b\n");
}

TEST_F(Texts, of_a_process_that_is_gone_stay_but_not_for_another_with_its_pid) {
  place(1, "0::/a\n");
  EXPECT_EQ(texts_.text_of(process(1, 1), KernelTime{1s}), "0::/a\n");
  source_.processes.erase(1);
  EXPECT_EQ(texts_.text_of(process(1, 1), KernelTime{2s}), "0::/a\n");
  EXPECT_EQ(texts_.text_of(process(1, 2), KernelTime{2s}), "");
}

TEST_F(Texts, of_a_process_on_its_way_out_are_those_from_before) {
  place(1, "4:memory:/a\n");
  EXPECT_EQ(texts_.text_of(process(1, 1), KernelTime{1s}), "4:memory:/a\n");
  place(1, "4:memory:/\n");
  EXPECT_EQ(texts_.text_of(process(1, 1), KernelTime{2s}), "4:memory:/\n") << "moved";
  place(1, "4:memory:/b\n");
  EXPECT_EQ(texts_.text_of(process(1, 1), KernelTime{3s}), "4:memory:/b\n");
  place(1, "4:memory:/\n");
  source_.processes[1].is_exiting = true;
  EXPECT_EQ(texts_.text_of(process(1, 1), KernelTime{4s}), "4:memory:/b\n");
  EXPECT_EQ(texts_.text_of(process(1, 2), KernelTime{4s}), "") << "another process was never read in time";
}

TEST_F(Texts, of_a_victim_of_which_only_the_number_is_told_are_those_of_the_last_with_that_number) {
  place(1, "4:memory:/a\n");
  EXPECT_EQ(texts_.text_of(process(1, 3'599'000'000'000, 7), late_), "4:memory:/a\n");
  place(1, "4:memory:/\n");
  source_.processes[1].is_exiting = true;
  EXPECT_EQ(texts_.text_of(process(1, 0, 0), late_ + 1s), "4:memory:/a\n");
  source_.processes.erase(1);
  EXPECT_EQ(texts_.text_of(process(1, 0, 0), late_ + 2s), "4:memory:/a\n");
  EXPECT_EQ(texts_.text_of(process(2, 0, 0), late_ + 2s), "");
}

TEST_F(Texts, of_a_sweep_name_each_cgroup_of_a_service_once) {
  inventory::Service service;
  service.name = "shop";
  for (const std::int32_t pid : {1, 2}) place(pid, "0::/shop\n");
  place(3, "0::/elsewhere\n");
  std::vector<SweptProcess> swept;
  for (const std::int32_t pid : {1, 2, 3, 4}) swept.push_back({process(pid, 1), &service});
  const auto cgroups = texts_.of(swept, late_);
  ASSERT_THAT(cgroups, SizeIs(2));
  EXPECT_EQ(cgroups[0].service, "shop");
  EXPECT_EQ(cgroups[0].cgroup_text, "0::/shop\n");
  EXPECT_EQ(cgroups[1].cgroup_text, "0::/elsewhere\n");
  EXPECT_THAT(texts_.of({}, late_), IsEmpty());
}

}  // namespace
}  // namespace sonde::app
