#include "host/collectors.h"

#include <algorithm>
#include <array>

#include "unit/host/fake_host.h"

namespace sonde::host {
namespace {

Result<> succeed(const CollectContext&, ReadingWriter& out) {
  out.gauge("node_something", "Something.").add(1);
  return Ok{};
}

Result<> fail_half_way(const CollectContext&, ReadingWriter& out) {
  out.gauge("node_half", "Half of it.").add(0.5);
  return Error{Code::kPermission, "the other half: Permission denied", EACCES};
}

Result<> find_nothing(const CollectContext&, ReadingWriter&) { return Error{Code::kNotFound, "no such thing"}; }

constexpr std::array kThree = {CollectorSpec{"good", &succeed}, CollectorSpec{"half", &fail_half_way},
                               CollectorSpec{"none", &find_nothing}};

std::string success(std::string_view collector) {
  return "gauge node_scrape_collector_success{collector=\"" + std::string(collector) + "\"}";
}

TEST(RunCollectors, keeps_what_each_wrote_and_says_who_succeeded) {
  FakeHost host;
  ReadingWriter out;
  run_collectors(kThree, host.context(), out);
  Readings readings = to_readings(out.take());
  EXPECT_EQ(std::erase_if(readings,
                          [](const auto& reading) {
                            return reading.first.starts_with("gauge node_scrape_collector_duration_seconds{") &&
                                   reading.second >= 0;
                          }),
            3U);
  EXPECT_EQ(readings, (Readings{{"gauge node_something", 1},
                                {"gauge node_half", 0.5},
                                {success("good"), 1},
                                {success("half"), 0},
                                {success("none"), 0}}));
}

TEST(RunCollectors, gives_back_failures_but_not_what_the_host_does_not_have) {
  FakeHost host;
  ReadingWriter out;
  const std::vector<CollectorFailure> failures = run_collectors(kThree, host.context(), out);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].collector, "half");
  EXPECT_EQ(failures[0].error.code, Code::kPermission);
  EXPECT_EQ(failures[0].error.what, "the other half: Permission denied");
}

TEST(RunCollectors, has_a_verdict_on_each_even_where_there_is_nothing_to_read) {
  FakeHost host;
  ReadingWriter out;
  const std::vector<CollectorFailure> failures = run_collectors(host.context(), out);
  const Readings readings = to_readings(out.take());
  for (const CollectorSpec& spec : collectors()) EXPECT_TRUE(readings.contains(success(spec.name))) << spec.name;
  for (const CollectorFailure& failure : failures) {
    EXPECT_EQ(failure.collector, "timex") << failure.error.what;  // containers may forbid the call
  }
}

}  // namespace
}  // namespace sonde::host
