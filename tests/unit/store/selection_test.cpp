#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "unit/store/measured_host.h"

namespace sonde::store {
namespace {

using namespace std::chrono_literals;
using enum MatchOperator;
using testing::ElementsAre;
using testing::IsEmpty;

std::unique_ptr<Database> make_database() {
  auto database = open_database({});
  MeasuredHost host;
  host.set("load", {{"cpu", "0"}, {"host", "a"}}, 1);
  host.set("load", {{"cpu", "1"}, {"host", "a"}}, 2);
  host.set("load", {{"cpu", "10"}}, 3);
  host.set("bucket_edge", {{"le", "5"}}, 4);
  host.observe("wait_seconds", {{"route", "/"}}, 200us);
  host.observe("wait_seconds", {{"route", "/a"}}, 90s);
  database->append(host.snapshot(), kStart);
  return database;
}

struct MatchCase {
  std::string name;
  std::vector<Matcher> matchers;
  std::vector<std::string> found;
};

class Matching : public testing::TestWithParam<MatchCase> {};

TEST_P(Matching, finds_exactly_these_in_order) {
  const auto database = make_database();
  std::vector<std::string> found;
  for (const ReadSeries& series : read(*database, GetParam().matchers)) found.push_back(series.name);
  EXPECT_EQ(found, GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    Select, Matching,
    testing::Values(
        MatchCase{"by_name",
                  {{"__name__", kEqual, "load"}},
                  {R"(load{cpu="0",host="a"})", R"(load{cpu="1",host="a"})", R"(load{cpu="10"})"}},
        MatchCase{
            "a_missing_label_is_empty", {{"__name__", kEqual, "load"}, {"host", kEqual, ""}}, {R"(load{cpu="10"})"}},
        MatchCase{"not_empty",
                  {{"__name__", kEqual, "load"}, {"host", kNotEqual, ""}},
                  {R"(load{cpu="0",host="a"})", R"(load{cpu="1",host="a"})"}},
        MatchCase{"expressions_match_the_whole_value", {{"cpu", kRegex, "1"}}, {R"(load{cpu="1",host="a"})"}},
        MatchCase{"expressions_may_match_nothing",
                  {{"__name__", kEqual, "load"}, {"host", kRegex, "b|"}},
                  {R"(load{cpu="10"})"}},
        MatchCase{"negated_expressions", {{"cpu", kNotRegex, "1.*|"}}, {R"(load{cpu="0",host="a"})"}},
        MatchCase{"unknown_value", {{"cpu", kEqual, "7"}}, {}},
        MatchCase{"the_family_of_a_histogram_is_no_series", {{"__name__", kEqual, "wait_seconds"}}, {}},
        MatchCase{"sums_and_counts",
                  {{"__name__", kRegex, "wait_seconds_(sum|count)"}, {"route", kEqual, "/"}},
                  {R"(wait_seconds_count{route="/"})", R"(wait_seconds_sum{route="/"})"}},
        MatchCase{"infinity_alone",
                  {{"le", kEqual, "+Inf"}},
                  {R"(wait_seconds_bucket{le="+Inf",route="/"})", R"(wait_seconds_bucket{le="+Inf",route="/a"})"}},
        MatchCase{"bounds_by_expression",
                  {{"le", kRegex, "0.001|5"}, {"route", kNotEqual, "/a"}},
                  {R"(bucket_edge{le="5"})", R"(wait_seconds_bucket{le="0.001",route="/"})",
                   R"(wait_seconds_bucket{le="5",route="/"})"}},
        MatchCase{"no_bound",
                  {{"le", kEqual, ""}, {"route", kRegex, ".+"}},
                  {R"(wait_seconds_count{route="/"})", R"(wait_seconds_count{route="/a"})",
                   R"(wait_seconds_sum{route="/"})", R"(wait_seconds_sum{route="/a"})"}},
        MatchCase{"a_name_that_looks_like_a_bucket", {{"__name__", kEqual, "load_bucket"}}, {}}),
    [](const auto& row) { return row.param.name; });

TEST(Select, a_bad_expression_is_refused_by_name) {
  const auto refused = make_database()->select({{{"cpu", kRegex, "a("}}, 0, kForever, false});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kBadInput);
  EXPECT_THAT(refused.error().what, testing::HasSubstr("a("));
}

TEST(Select, labels_are_told_with_the_series_that_histograms_stand_for) {
  const auto database = make_database();
  EXPECT_THAT(*database->label_names({}), ElementsAre("__name__", "cpu", "host", "le", "route"));
  EXPECT_THAT(*database->label_values("__name__", {}),
              ElementsAre("bucket_edge", "load", "wait_seconds_bucket", "wait_seconds_count", "wait_seconds_sum"));
  EXPECT_EQ(database->label_values("le", {})->size(), 27U);  // the 5 of bucket_edge is a classic bound too
  const std::vector<Selection> loads{{{{"__name__", kEqual, "load"}}, -kForever, kForever, false}};
  EXPECT_THAT(*database->label_names(loads), ElementsAre("__name__", "cpu", "host"));
  EXPECT_THAT(*database->label_values("cpu", loads), ElementsAre("0", "1", "10"));
  EXPECT_THAT(*database->label_values("route", loads), IsEmpty());
}

TEST(Select, series_are_told_once_and_only_if_they_have_samples_in_the_range) {
  const auto database = make_database();
  const Selection loads{{{"__name__", kEqual, "load"}}, kStartMs, kStartMs, false};
  const Selection counts{{{"__name__", kEqual, "wait_seconds_count"}}, kStartMs, kStartMs, false};
  const std::vector<Selection> both{loads, counts, loads};
  EXPECT_EQ(database->series(both)->size(), 5U);
  std::vector<Selection> later{loads};
  later[0].from_ms = later[0].to_ms = kStartMs + 1;
  EXPECT_THAT(*database->series(later), IsEmpty());
}

TEST(Select, views_outlive_the_database) {
  auto database = make_database();
  auto views = database->select({{{"__name__", kEqual, "load"}}, 0, kForever, false});
  database = nullptr;
  std::vector<Sample> samples;
  (*views)[0]->read(0, kForever, samples);
  EXPECT_EQ(text_of(samples), "0:1");
}

/// Every sample that Prometheus would have scraped of a histogram.
TEST(Select, histograms_are_what_a_scrape_would_have_seen) {
  const auto database = open_database({});
  MeasuredHost host;
  std::map<std::string, std::vector<double>> model;
  for (int i = 0; i < 500; ++i) {
    if (i == 333) host.restart();
    for (int times = i % 5; times > 0; --times) host.observe("wait_seconds", {}, (i * 37 % 900 + 1) * 1ms);
    if (i == 0 || i == 333) host.observe("wait_seconds", {}, 1us);
    const measure::Snapshot snapshot = host.snapshot();
    const measure::HistogramValue& value = *snapshot.families[0].series[0].histogram;
    database->append(snapshot, at_ms(i * 10'000));
    double below = 0;
    for (std::size_t bound = 0; bound < kDurationBounds.size(); ++bound) {
      below += static_cast<double>(value.bucket_counts[bound]);
      model[std::to_string(static_cast<double>(kDurationBounds[bound].count()) / 1e9)].push_back(below);
    }
    model["count"].push_back(static_cast<double>(value.count));
    model["sum"].push_back(value.sum_seconds);
  }
  auto views = database->select({{{"__name__", kRegex, "wait_seconds.*"}}, 0, kForever, false});
  ASSERT_EQ(views->size(), 29U);
  for (const auto& view : *views) {
    std::string key = view->labels()->front().value.substr(std::string("wait_seconds_").size());
    if (key == "bucket")
      key = view->labels()->back().value == "+Inf" ? "count" : std::to_string(std::stod(view->labels()->back().value));
    for (int again = 0; again < 2; ++again) {
      std::vector<Sample> samples;
      view->read(0, kForever, samples);
      ASSERT_EQ(samples.size(), 500U);
      for (std::size_t i = 0; i < samples.size(); ++i) ASSERT_EQ(samples[i].value, model[key][i]) << key << " " << i;
    }
  }
}

TEST(Select, a_range_gives_the_samples_within_it) {
  const auto database = open_database({});
  MeasuredHost host;
  for (int i = 0; i < 1'000; ++i) {
    host.set("load", {}, i * 0.37);
    host.observe("wait_seconds", {}, 1ms);
    database->append(host.snapshot(), at_ms(i * 10'000));
  }
  for (const std::string name : {"load", "wait_seconds_count"}) {
    const Selection selection{{{"__name__", kEqual, name}}, kStartMs + 4'000'000, kStartMs + 4'990'000, false};
    const auto all = read(*database, selection);
    ASSERT_EQ(all.size(), 1U);
    ASSERT_EQ(all[0].samples.size(), 100U);
    EXPECT_EQ(all[0].samples.front().at_ms, kStartMs + 4'000'000);
    EXPECT_EQ(all[0].samples.back().at_ms, kStartMs + 4'990'000);
  }
}

}  // namespace
}  // namespace sonde::store
