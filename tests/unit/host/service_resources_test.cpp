#include "host/service_resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/host/swept_services.h"

namespace sonde::host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

class ServiceResourcesTest : public SweptServices {};

TEST_F(ServiceResourcesTest, every_amount_has_its_series_in_base_units) {
  decode::Usage usage;
  usage.user = milliseconds{1'500};
  usage.system = milliseconds{250};
  usage.run_queue_wait = milliseconds{125};
  usage.minor_faults = 11;
  usage.major_faults = 12;
  usage.read_bytes = 13;
  usage.written_bytes = 14;
  usage.voluntary_switches = 15;
  usage.involuntary_switches = 16;
  decode::ProcessFacts facts = process(1, kYoung, usage);
  facts.resident_bytes = 4'096;
  facts.swap_bytes = 8'192;
  facts.open_fds = 25;
  facts.fd_limit = 100;
  facts.threads = 7;
  sweep({{facts, "web"}});
  EXPECT_THAT(
      written(),
      ElementsAre("process_cpu_time_seconds_total{service_name=web,cpu_mode=user} 1.5",
                  "process_cpu_time_seconds_total{service_name=web,cpu_mode=system} 0.25",
                  "sonde_process_run_queue_seconds_total{service_name=web} 0.125",
                  "process_paging_faults_total{service_name=web,process_paging_fault_type=minor} 11",
                  "process_paging_faults_total{service_name=web,process_paging_fault_type=major} 12",
                  "process_disk_io_bytes_total{service_name=web,disk_io_direction=read} 13",
                  "process_disk_io_bytes_total{service_name=web,disk_io_direction=write} 14",
                  "process_context_switches_total{service_name=web,process_context_switch_type=voluntary} 15",
                  "process_context_switches_total{service_name=web,process_context_switch_type=involuntary} 16",
                  "process_memory_usage_bytes{service_name=web} 4096",
                  "sonde_process_memory_swap_bytes{service_name=web} 8192", "process_thread_count{service_name=web} 7",
                  "sonde_process_count{service_name=web} 1", "process_open_file_descriptor_count{service_name=web} 25",
                  "sonde_process_open_file_descriptor_ratio{service_name=web} 0.25",
                  "process_uptime_seconds{service_name=web} 500"));
}

TEST_F(ServiceResourcesTest, what_was_used_between_two_sweeps_is_added_once) {
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}});
  sweep({{process(1, kYoung, ran(seconds{4})), "web"}});
  sweep({{process(1, kYoung, ran(seconds{4})), "web"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 4}}));
}

TEST_F(ServiceResourcesTest, threads_belong_to_their_process_whichever_comes_first) {
  resources_.begin_sweep();
  resources_.add(thread_of(1, ran(seconds{1})));
  resources_.add(process(2, kYoung, ran(seconds{10})), "db");
  resources_.add(process(1, kYoung, ran(seconds{2})), "web");
  resources_.add(thread_of(2, ran(seconds{20})));
  resources_.add(thread_of(1, ran(seconds{4})));
  resources_.end_sweep();
  EXPECT_EQ(user_seconds(), (ByService{{"web", 7}, {"db", 30}}));
}

TEST_F(ServiceResourcesTest, threads_without_a_process_count_for_nobody) {
  sweep({}, {thread_of(1, ran(seconds{5}))});
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 1}}));
}

TEST_F(ServiceResourcesTest, a_process_whose_main_thread_is_not_seen_goes_on_where_it_was) {
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}}, {thread_of(1, ran(seconds{2}))});
  for (int i = 0; i < 3; ++i) sweep({}, {thread_of(1, ran(seconds{3}))});
  resources_.add_exit(process(1, kYoung, ran(seconds{5})), "web");
  EXPECT_EQ(user_seconds(), (ByService{{"web", 5}}));
}

TEST_F(ServiceResourcesTest, the_part_between_the_last_sweep_and_the_end_counts) {
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}}, {thread_of(1, ran(seconds{2}))});
  resources_.add_exit(process(1, kYoung, ran(seconds{4})), "web");
  EXPECT_EQ(user_seconds(), (ByService{{"web", 4}}));
}

TEST_F(ServiceResourcesTest, an_end_that_is_told_twice_counts_once) {
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}});
  resources_.add_exit(process(1, kYoung, ran(seconds{4})), "web");
  resources_.add_exit(process(1, kYoung, ran(seconds{4})), "web");
  EXPECT_EQ(user_seconds(), (ByService{{"web", 4}}));
}

TEST_F(ServiceResourcesTest, a_process_no_sweep_saw_counts_as_a_whole_at_its_end) {
  resources_.add_exit(process(1, kYoung, ran(seconds{3})), "job");
  sweep({});
  EXPECT_EQ(user_seconds(), (ByService{{"job", 3}}));
}

TEST_F(ServiceResourcesTest, an_older_process_no_sweep_saw_counts_nothing_at_its_end) {
  sweep({{process(2, kYoung), "web"}});
  resources_.add_exit(process(1, kOld, ran(seconds{3'000})), "web");
  EXPECT_EQ(user_seconds(), (ByService{{"web", 0}}));
}

TEST_F(ServiceResourcesTest, a_sweep_that_still_sees_what_has_ended_adds_nothing) {
  resources_.add_exit(process(1, kYoung, ran(seconds{3})), "web");
  sweep({{process(2, kYoung, ran(seconds{1})), "web"}});
  resources_.add_exit(process(2, kYoung, ran(seconds{2})), "web");
  resources_.add_exit(process(3, kYoung, ran(seconds{4})), "web");
  for (int i = 0; i < 3; ++i) {
    sweep({{process(2, kYoung, ran(seconds{2})), "web"}, {process(3, kYoung, ran(seconds{4})), "web"}});
  }
  EXPECT_EQ(user_seconds(), (ByService{{"web", 9}}));
  EXPECT_THAT(written("sonde_process_count"), ElementsAre("{service_name=web} 0"));
}

TEST_F(ServiceResourcesTest, an_end_that_is_told_after_the_next_sweep_still_counts_the_rest) {
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}});
  sweep({});
  resources_.add_exit(process(1, kYoung, ran(seconds{4})), "web");
  EXPECT_EQ(user_seconds(), (ByService{{"web", 4}}));
}

TEST_F(ServiceResourcesTest, a_process_that_vanishes_without_a_word_simply_ends) {
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}, {process(2, kYoung), "web"}});
  for (int i = 0; i < 3; ++i) sweep({{process(2, kYoung), "web"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 1}}));
  EXPECT_THAT(written("sonde_process_count"), ElementsAre("{service_name=web} 1"));
  EXPECT_FALSE(resources_.is_known({1, kYoung}));
}

TEST_F(ServiceResourcesTest, a_process_that_one_sweep_missed_goes_on_where_it_was) {
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}});
  sweep({});
  sweep({{process(1, kYoung, ran(seconds{3})), "web"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 3}}));
}

TEST_F(ServiceResourcesTest, a_pid_that_is_used_again_is_another_process) {
  sweep({{process(1, kYoung, ran(seconds{5})), "web"}});
  sweep({{process(1, kYoung + 1, ran(seconds{2})), "job"}}, {thread_of(1, ran(seconds{1}))});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 5}, {"job", 3}}));
  resources_.add_exit(process(1, kYoung, ran(seconds{6})), "web");
  EXPECT_EQ(user_seconds(), (ByService{{"web", 6}, {"job", 3}}));
}

TEST_F(ServiceResourcesTest, a_pid_that_is_used_again_within_one_sweep_counts_both) {
  sweep({{process(1, kYoung, ran(seconds{5})), "web"}, {process(1, kYoung + 1, ran(seconds{2})), "job"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 5}, {"job", 2}}));
}

TEST_F(ServiceResourcesTest, a_pid_that_is_used_twice_between_two_sweeps_counts_each_process) {
  sweep({{process(1, kYoung, ran(seconds{5})), "web"}});
  resources_.add_exit(process(1, kYoung, ran(seconds{6})), "web");
  resources_.add_exit(process(1, kYoung + 1, ran(seconds{10})), "web");
  sweep({{process(1, kYoung + 2, ran(seconds{100})), "web"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 116}}));
}

TEST_F(ServiceResourcesTest, a_process_that_becomes_another_service_counts_for_that_from_then_on) {
  sweep({{process(1, kYoung, ran(seconds{1})), "sh"}});
  sweep({{process(1, kYoung, ran(seconds{3})), "web"}});
  resources_.add_exit(process(1, kYoung, ran(seconds{4})), "web");
  EXPECT_EQ(user_seconds(), (ByService{{"sh", 1}, {"web", 3}}));
}

TEST_F(ServiceResourcesTest, an_older_process_counts_from_its_first_sweep_on) {
  sweep({{process(1, kOld, ran(seconds{3'000})), "web"}}, {thread_of(1, ran(seconds{500}))});
  sweep({{process(1, kOld, ran(seconds{3'001})), "web"}}, {thread_of(1, ran(seconds{502}))});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 3}}));
}

TEST_F(ServiceResourcesTest, a_sweep_that_was_not_ended_is_forgotten) {
  sweep({{process(1, kYoung, ran(seconds{1})), "web"}});
  resources_.begin_sweep();
  resources_.add(process(1, kYoung, ran(seconds{2})), "web");
  resources_.add(process(2, kOld, ran(seconds{50})), "web");
  EXPECT_THAT(written("sonde_process_count"), ElementsAre("{service_name=web} 1"));
  sweep({{process(1, kYoung, ran(seconds{2})), "web"}, {process(2, kOld, ran(seconds{60})), "web"}});
  EXPECT_EQ(user_seconds(), (ByService{{"web", 2}}));
  EXPECT_THAT(written("sonde_process_count"), ElementsAre("{service_name=web} 2"));
}

TEST_F(ServiceResourcesTest, processes_are_known_once_a_sweep_saw_them) {
  resources_.add_exit(process(2, kYoung), "web");
  sweep({{process(1, kYoung), "web"}}, {thread_of(3, {})});
  EXPECT_TRUE(resources_.is_known({1, kYoung}));
  EXPECT_FALSE(resources_.is_known({1, kYoung + 1}));
  EXPECT_FALSE(resources_.is_known({2, kYoung}));
  EXPECT_FALSE(resources_.is_known({3, 0}));
}

TEST_F(ServiceResourcesTest, thousands_of_processes_are_told_apart) {
  std::vector<Swept> processes;
  for (std::int32_t pid = 1; pid <= 5'000; ++pid) {
    processes.push_back({process(pid * 7, kYoung, ran(milliseconds{pid})), pid % 2 == 0 ? "even" : "odd"});
  }
  sweep(processes);
  for (Swept& swept : processes) swept.facts.usage.user += milliseconds{1};
  std::reverse(processes.begin(), processes.end());
  sweep(processes);
  EXPECT_EQ(user_seconds(), (ByService{{"even", 6'252.5 + 2.5}, {"odd", 6'250 + 2.5}}));
}

}  // namespace
}  // namespace sonde::host
