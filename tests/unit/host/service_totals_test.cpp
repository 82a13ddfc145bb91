#include "host/service_totals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/host/swept_services.h"

namespace sonde::host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class ServiceTotalsTest : public SweptServices {
 protected:
  void allow(std::size_t services) {
    options_.max_services = services;
    resources_ = ServiceResources(options_, kWatchBegan);
  }
};

decode::Usage waited(seconds run_queue_wait) {
  decode::Usage usage;
  usage.run_queue_wait = run_queue_wait;
  return usage;
}

decode::ProcessFacts with_fds(std::int32_t pid, std::uint32_t open_fds, std::uint64_t fd_limit) {
  decode::ProcessFacts facts = process(pid, kYoung);
  facts.open_fds = open_fds;
  facts.fd_limit = fd_limit;
  return facts;
}

TEST_F(ServiceTotalsTest, the_wait_of_a_thread_that_ended_takes_nothing_back) {
  const auto waits = [this] { return values("sonde_process_run_queue_seconds_total"); };
  sweep({{process(1, kYoung, waited(seconds{1})), "web"}}, {thread_of(1, waited(seconds{40}))});
  EXPECT_EQ(waits(), (ByService{{"web", 41}}));
  sweep({{process(1, kYoung, waited(seconds{2})), "web"}});
  EXPECT_EQ(waits(), (ByService{{"web", 41}}));
  sweep({{process(1, kYoung, waited(seconds{5})), "web"}});
  EXPECT_EQ(waits(), (ByService{{"web", 44}}));
  resources_.add_exit(process(1, kYoung, waited(seconds{0})), "web");
  EXPECT_EQ(waits(), (ByService{{"web", 44}}));
}

TEST_F(ServiceTotalsTest, a_thread_that_one_sweep_did_not_see_is_not_counted_again) {
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}}, {thread_of(1, ran(seconds{40}))});
  sweep({{process(1, kYoung, ran(seconds{2})), "web"}});
  sweep({{process(1, kYoung, ran(seconds{43})), "web"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 43}}));
}

TEST_F(ServiceTotalsTest, user_and_system_time_never_fall_and_are_never_more_than_the_time_run) {
  sweep({{process(1, kYoung, ran(seconds{10}, seconds{0})), "web"}});
  sweep({{process(1, kYoung, ran(seconds{6}, seconds{6})), "web"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 10}}));
  EXPECT_EQ(system_seconds(), (ByService{{"web", 2}}));
  sweep({{process(1, kYoung, ran(seconds{15}, seconds{1})), "web"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 14}}));
  EXPECT_EQ(system_seconds(), (ByService{{"web", 2}}));
}

TEST_F(ServiceTotalsTest, each_amount_is_clamped_by_itself) {
  decode::Usage usage;
  usage.minor_faults = 100;
  usage.read_bytes = 100;
  sweep({{process(1, kYoung, usage), "web"}});
  usage.minor_faults = 50;
  usage.read_bytes = 150;
  sweep({{process(1, kYoung, usage), "web"}});
  EXPECT_EQ(values("process_paging_faults_total", "minor"), (ByService{{"web", 100}}));
  EXPECT_EQ(values("process_disk_io_bytes_total", "read"), (ByService{{"web", 150}}));
  usage.minor_faults = 110;
  sweep({{process(1, kYoung, usage), "web"}});
  EXPECT_EQ(values("process_paging_faults_total", "minor"), (ByService{{"web", 110}}));
}

TEST_F(ServiceTotalsTest, gauges_are_sums_over_the_processes_and_uptime_is_of_the_oldest) {
  decode::ProcessFacts first = process(1, kYoung);
  decode::ProcessFacts second = process(2, kYoung - 100 * kSecond);
  first.resident_bytes = 1;
  second.resident_bytes = 2;
  first.open_fds = 10;
  second.open_fds = 20;
  first.threads = 3;
  second.threads = 4;
  sweep({{first, "web"}, {second, "web"}});
  EXPECT_EQ(values("process_memory_usage_bytes"), (ByService{{"web", 3}}));
  EXPECT_EQ(values("process_open_file_descriptor_count"), (ByService{{"web", 30}}));
  EXPECT_EQ(values("process_thread_count"), (ByService{{"web", 7}}));
  EXPECT_EQ(values("sonde_process_count"), (ByService{{"web", 2}}));
  EXPECT_EQ(values("process_uptime_seconds"), (ByService{{"web", 600}}));
}

TEST_F(ServiceTotalsTest, gauges_stand_while_a_sweep_is_under_way) {
  sweep({{process(1, kYoung), "web"}});
  resources_.begin_sweep();
  EXPECT_EQ(values("sonde_process_count"), (ByService{{"web", 1}}));
  resources_.add(process(1, kYoung), "web");
  resources_.add(process(2, kYoung), "web");
  EXPECT_EQ(values("sonde_process_count"), (ByService{{"web", 1}}));
  resources_.end_sweep();
  EXPECT_EQ(values("sonde_process_count"), (ByService{{"web", 2}}));
}

TEST_F(ServiceTotalsTest, the_ratio_of_open_files_is_that_of_the_process_nearest_to_its_limit) {
  sweep({{with_fds(1, 500, 1'000), "web"}, {with_fds(2, 9, 10), "web"}, {with_fds(3, 600, 1'000'000), "web"}});
  EXPECT_EQ(values("sonde_process_open_file_descriptor_ratio"), (ByService{{"web", 0.9}}));
}

TEST_F(ServiceTotalsTest, who_has_no_limit_or_lowered_it_below_what_is_open_cannot_run_out_of_files) {
  sweep({{with_fds(1, 500, ~0ULL), "endless"}, {with_fds(2, 5, 0), "none"}, {with_fds(3, 5, 1), "sandbox"}});
  EXPECT_EQ(values("sonde_process_open_file_descriptor_ratio"),
            (ByService{{"endless", 0}, {"none", 0}, {"sandbox", 0}}));
}

TEST_F(ServiceTotalsTest, a_service_without_processes_keeps_its_counters_and_counts_none) {
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}});
  written();
  sweep({});
  const std::vector<std::string> lines = written(kNow + kHour);
  EXPECT_THAT(lines_of(lines, "sonde_process_count"), ElementsAre("{service_name=web} 0"));
  EXPECT_THAT(lines_of(lines, "process_cpu_time_seconds_total"),
              ElementsAre("{service_name=web,cpu_mode=user} 1", "{service_name=web,cpu_mode=system} 0"));
  EXPECT_THAT(lines_of(lines, "process_memory_usage_bytes"), IsEmpty());
  EXPECT_THAT(lines_of(lines, "process_uptime_seconds"), IsEmpty());
}

TEST_F(ServiceTotalsTest, a_service_without_processes_for_an_hour_is_forgotten_and_begins_again_at_nothing) {
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}});
  written();
  sweep({});
  EXPECT_THAT(written(kNow + kHour + 1), IsEmpty());
  sweep({{process(2, kYoung, ran(seconds{3})), "web"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 3}}));
}

TEST_F(ServiceTotalsTest, a_process_that_ends_keeps_its_service_for_another_hour) {
  sweep({{process(1, kYoung), "web"}});
  written();
  sweep({});
  resources_.add_exit(process(2, kYoung), "web");
  written(kNow + kHour);
  EXPECT_THAT(written("sonde_process_count", kNow + 2 * kHour), ElementsAre("{service_name=web} 0"));
  EXPECT_THAT(written(kNow + 2 * kHour + 1), IsEmpty());
}

TEST_F(ServiceTotalsTest, an_end_after_its_service_was_forgotten_is_counted_for_the_service_begun_anew) {
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}});
  written();
  sweep({});
  EXPECT_THAT(written(kNow + kHour + 1), IsEmpty());
  resources_.add_exit(process(1, kYoung, ran(seconds{3})), "web");
  sweep({{process(2, kYoung, ran(seconds{10})), "db"}});
  EXPECT_EQ(user_seconds(), (ByService{{"db", 10}, {"web", 2}}));
}

TEST_F(ServiceTotalsTest, beyond_the_limit_services_are_summed_up_as_other) {
  allow(1);
  sweep({{process(1, kYoung, ran(seconds{9})), "web"}, {process(2, kYoung, ran(seconds{2})), "db"}});
  sweep({{process(1, kYoung, ran(seconds{10})), "web"},
         {process(2, kYoung, ran(seconds{3})), "db"},
         {process(3, kYoung, ran(seconds{50})), "mail"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 10}, {"other", 53}}));
  EXPECT_EQ(values("sonde_process_count"), (ByService{{"web", 1}, {"other", 2}}));
}

TEST_F(ServiceTotalsTest, newcomers_that_used_most_time_get_the_last_series_whatever_the_order) {
  allow(2);
  // All are older than the watch: what they used until now counts for nothing, but says who matters.
  sweep({{process(1, kOld, ran(seconds{1})), "a"},
         {process(2, kOld, ran(seconds{300})), "b"},
         {process(3, kOld, ran(seconds{2})), "c"},
         {process(4, kOld), "d"}},
        {thread_of(4, ran(seconds{200}))});
  EXPECT_EQ(user_seconds(), (ByService{{"b", 0}, {"d", 0}, {"other", 0}}));
}

TEST_F(ServiceTotalsTest, the_living_come_before_the_dead) {
  allow(1);
  resources_.add_exit(process(1, kYoung, ran(seconds{100})), "job");
  sweep({{process(2, kYoung), "web"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 0}, {"other", 100}}));
}

TEST_F(ServiceTotalsTest, who_was_other_counts_from_then_on_once_there_is_a_place) {
  allow(1);
  sweep({{process(1, kYoung, ran(seconds{9})), "web"}, {process(2, kYoung, ran(seconds{2})), "db"}});
  written();
  sweep({{process(2, kYoung, ran(seconds{3})), "db"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 9}, {"other", 3}}));
  written(kNow + kHour + 1);
  sweep({{process(2, kYoung, ran(seconds{7})), "db"}});
  EXPECT_EQ(user_seconds(), (ByService{{"db", 4}, {"other", 3}}));
}

TEST_F(ServiceTotalsTest, other_takes_no_place_of_a_service_and_is_not_written_unless_used) {
  allow(1);
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 1}}));
  resources_.add_exit(process(2, kYoung, ran(seconds{2})), "other");
  EXPECT_EQ(user_seconds(), (ByService{{"web", 1}, {"other", 2}}));
  EXPECT_THAT(written("sonde_process_count", kNow + kHour + 1), ElementsAre("{service_name=web} 1"));
}

TEST_F(ServiceTotalsTest, a_crowd_of_services_leaves_everyone_counted_once) {
  allow(10);
  std::vector<Swept> processes;
  for (std::int32_t pid = 1; pid <= 6'000; ++pid) {
    processes.push_back({process(pid, kYoung, ran(seconds{1})), "service" + std::to_string(pid)});
  }
  for (int i = 0; i < 3; ++i) sweep(processes);
  const ByService seconds_run = user_seconds();
  EXPECT_EQ(seconds_run.size(), 11u);
  EXPECT_EQ(seconds_run.at("other"), 5'990);
}

}  // namespace
}  // namespace sonde::host
