#include "cli/series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/loopback_http_server.h"
#include "unit/cli/pipe_output.h"
#include "unit/cli/sample.h"
#include "unit/cli/sample_results.h"

namespace sonde::cli {
namespace {

using test::LoopbackHttpServer;
using test::ScriptedReply;

TEST(Series, are_ordered_and_counted) {
  EXPECT_EQ(render_series(sample_series(), SeriesCommand{}),
            "sonde_build_info{version=\"1.0\"}\n"
            "sonde_series{service_name=\"nginx\"}\n"
            "sonde_series{service_name=\"reports\"}\n"
            "3 series in the last 1h\n");
  EXPECT_EQ(render_series({}, SeriesCommand{}), "0 series in the last 1h\n");
}

TEST(Series, are_cut_to_the_count_in_every_format) {
  SeriesCommand command;
  command.count = 1;
  EXPECT_EQ(render_series(sample_series(), command),
            "sonde_build_info{version=\"1.0\"}\n1 of 3 series in the last 1h\n");
  command.output = OutputFormat::kJson;
  EXPECT_EQ(render_series(sample_series(), command),
            "[\n  {\n    \"__name__\": \"sonde_build_info\",\n    \"version\": \"1.0\"\n  }\n]\n");
}

TEST(Series, are_summed_up_by_their_labels) {
  SeriesCommand command;
  EXPECT_EQ(render_labels(sample_series(), command),
            "LABEL         VALUES\n"
            "__name__           2\n"
            "service_name       2\n"
            "version            1\n"
            "3 series in the last 1h\n");
  command.output = OutputFormat::kJson;
  EXPECT_EQ(render_labels(sample_series(), command),
            "{\n  \"__name__\": 2,\n  \"service_name\": 2,\n  \"version\": 1\n}\n");
}

TEST(Series, are_asked_for_by_every_selector_and_the_time) {
  LoopbackHttpServer server({ScriptedReply{.headers = {}, .body = R"({"status":"success","data":[]})"}});
  SeriesCommand command;
  command.address = DaemonAddress{"127.0.0.1", server.port()};
  command.matches = {"up", "{a=\"b\"}"};
  PipeOutput output;
  ASSERT_TRUE(run_series(command, StoppedClock(), AnswerStreams{output.fd(), output.fd()}));
  EXPECT_EQ(server.requests().at(0).path, "/api/v1/series");
  EXPECT_EQ(server.requests().at(0).body,
            "match%5B%5D=up&match%5B%5D=%7Ba%3D%22b%22%7D&start=1772370187.000&end=1772373787.000");
  EXPECT_EQ(output.text(), "0 series in the last 1h\n");
}

TEST(Series, say_where_the_selector_is_wrong) {
  LoopbackHttpServer server({ScriptedReply{
      .status = 400, .headers = {}, .body = R"({"status":"error","error":"1:3: parse error: unexpected end"})"}});
  SeriesCommand command;
  command.address = DaemonAddress{"127.0.0.1", server.port()};
  command.matches = {"{a"};
  const auto ran = run_series(command, StoppedClock());
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().what, "1:3: parse error: unexpected end\n  {a\n    ^");
}

}  // namespace
}  // namespace sonde::cli
