#include "serve/prometheus_status.h"

#include <gtest/gtest.h>

#include <chrono>

namespace sonde::serve {
namespace {

using namespace std::chrono_literals;

TEST(TargetsAnswer, shows_the_daemon_as_the_client_asks_it) {
  EXPECT_EQ(targets_json({.host = "box:10977", .interval = 10s, .last_sampled = WallTime{1'700'000'000s}}, {}),
            R"({"status":"success","data":{"activeTargets":[{"discoveredLabels":{"__address__":"box:10977",)"
            R"("__metrics_path__":"/metrics","__scheme__":"http","__scrape_interval__":"10s",)"
            R"("__scrape_timeout__":"10s","job":"sonde"},"labels":{"instance":"box:10977","job":"sonde"},)"
            R"("scrapePool":"sonde","scrapeUrl":"http://box:10977/metrics","globalUrl":"http://box:10977/metrics",)"
            R"("lastError":"","lastScrape":"2023-11-14T22:13:20Z","lastScrapeDuration":0,"health":"up",)"
            R"("scrapeInterval":"10s","scrapeTimeout":"10s"}],"droppedTargets":[],"droppedTargetCounts":{}}})");
}

TEST(TargetsAnswer, leaves_out_what_was_not_asked_for) {
  EXPECT_EQ(targets_json({.host = "box", .interval = 10s, .last_sampled = {}}, {.active = false, .dropped = false}),
            R"({"status":"success","data":{"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":null}})");
}

TEST(StatusAnswers, of_the_build_name_the_prometheus_they_answer_as) {
  EXPECT_EQ(build_info_json("0.3.0"),
            R"({"status":"success","data":{"version":"3.5.0","revision":"sonde-0.3.0","branch":"sonde",)"
            R"("buildUser":"","buildDate":"","goVersion":""}})");
}

TEST(StatusAnswers, of_the_running_daemon) {
  EXPECT_EQ(runtime_info_json({.started = WallTime{1'700'000'000s},
                               .rules_loaded = WallTime{1'700'000'030s},
                               .rules_are_sound = false,
                               .now = WallTime{1'700'000'060s},
                               .directory = "/",
                               .host_name = "box",
                               .damaged_files = 1,
                               .threads = 9,
                               .cpus = 2,
                               .retention = 6h,
                               .max_bytes = std::size_t{48} << 20U}),
            R"({"status":"success","data":{"startTime":"2023-11-14T22:13:20Z","CWD":"/","hostname":"box",)"
            R"("serverTime":"2023-11-14T22:14:20Z","reloadConfigSuccess":false,)"
            R"("lastConfigTime":"2023-11-14T22:13:50Z","corruptionCount":1,"goroutineCount":9,"GOMAXPROCS":2,)"
            R"("GOMEMLIMIT":0,"GOGC":"","GODEBUG":"","storageRetention":"6h or 48MiB"}})");
}

TEST(StatusAnswers, of_settings) {
  EXPECT_EQ(config_json("a: \"b\"\n"), R"({"status":"success","data":{"yaml":"a: \"b\"\n"}})");
  EXPECT_EQ(flags_json({{"config.file", "x"}}), R"({"status":"success","data":{"config.file":"x"}})");
  EXPECT_EQ(flags_json({}), R"({"status":"success","data":{}})");
}

TEST(StatusAnswers, of_the_store) {
  TsdbFacts facts;
  facts.series = 3;
  facts.label_pairs = 4;
  facts.chunks = 5;
  facts.oldest_ms = 1'000;
  facts.newest_ms = 2'000;
  facts.series_by_metric = {{"up", 2}, {"down", 1}};
  facts.values_by_label = {{"__name__", 2}};
  facts.bytes_by_label = {{"__name__", 6}};
  facts.series_by_pair = {{"__name__=up", 2}};
  EXPECT_EQ(tsdb_json(facts),
            R"({"status":"success","data":{"headStats":{"numSeries":3,"numLabelPairs":4,"chunkCount":5,)"
            R"("minTime":1000,"maxTime":2000},)"
            R"("seriesCountByMetricName":[{"name":"up","value":2},{"name":"down","value":1}],)"
            R"("labelValueCountByLabelName":[{"name":"__name__","value":2}],)"
            R"("memoryInBytesByLabelName":[{"name":"__name__","value":6}],)"
            R"("seriesCountByLabelValuePair":[{"name":"__name__=up","value":2}]}})");
}

}  // namespace
}  // namespace sonde::serve
