#include "cli/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "support/loopback_http_server.h"
#include "unit/cli/pipe_output.h"
#include "unit/cli/pseudo_terminal.h"
#include "unit/cli/sample.h"
#include "unit/cli/sample_results.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using test::LoopbackHttpServer;
using test::ScriptedReply;
using testing::HasSubstr;

std::string success(const std::string& data) { return R"({"status":"success","data":)" + data + "}"; }

class Query : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    command_.expression = "sum(x)";
  }

  /// Runs the command against a server that answers so.
  Result<> run(const std::string& body, int status = 200) {
    LoopbackHttpServer server({ScriptedReply{.status = status, .headers = {}, .body = body}});
    command_.address = DaemonAddress{"127.0.0.1", server.port()};
    auto ran = run_query(command_, StoppedClock(), AnswerStreams{output_.fd(), errors_.fd()});
    if (!server.requests().empty()) request_ = server.requests().front();
    return ran;
  }

  QueryCommand command_;
  PipeOutput output_;
  PipeOutput errors_;
  test::ReceivedRequest request_;
};

TEST_F(Query, posts_the_expression_as_a_form) {
  command_.expression = "a + \"ü\"";
  ASSERT_TRUE(run(success(kVectorData)));
  EXPECT_EQ(request_.method, "POST");
  EXPECT_EQ(request_.path, "/api/v1/query");
  EXPECT_EQ(request_.headers["content-type"], "application/x-www-form-urlencoded");
  EXPECT_EQ(request_.body, "query=a%20%2B%20%22%C3%BC%22&timeout=30.000");
}

TEST_F(Query, asks_for_a_range_that_ends_at_the_time_said) {
  command_.at = Moment{15min};
  command_.range = QueryRange{1h, 15s};
  command_.exact_buckets = true;
  ASSERT_TRUE(run(success(kMatrixData)));
  EXPECT_EQ(request_.path, "/api/v1/query_range");
  EXPECT_EQ(request_.body,
            "query=sum%28x%29&timeout=30.000&start=1772369287.000&end=1772372887.000&step=15.000"
            "&sonde_fine_buckets=false");
}

TEST_F(Query, asks_for_the_instant_said) {
  command_.at = Moment{WallTime{1'772'373'787s + 250ms}};
  command_.timeout = 1500ms;
  ASSERT_TRUE(run(success(kVectorData)));
  EXPECT_EQ(request_.body, "query=sum%28x%29&timeout=1.500&time=1772373787.250");
}

TEST_F(Query, prints_the_answer_and_its_notes_apart) {
  ASSERT_TRUE(run(R"({"status":"success","data":)" + std::string(kVectorData) +
                  R"(,"warnings":["half\nof it"],"infos":["no counter"]})"));
  EXPECT_THAT(output_.text(), HasSubstr("{service_name=\"nginx\"}    20.0333\n"));
  EXPECT_EQ(errors_.text(), "sonde: warning: half\xEF\xBF\xBDof it\nsonde: info: no counter\n");
}

TEST_F(Query, prints_the_data_as_they_came_as_json) {
  command_.output = RowsFormat::kJson;
  ASSERT_TRUE(run(success(kMatrixData)));
  EXPECT_EQ(output_.text(), std::string(kMatrixData) + "\n");
}

TEST_F(Query, prints_csv) {
  command_.output = RowsFormat::kCsv;
  ASSERT_TRUE(run(success(kVectorData)));
  EXPECT_THAT(output_.text(), HasSubstr("2026-03-01T14:03:07.250Z,nginx,20.033333333333335\r\n"));
}

TEST_F(Query, points_at_the_fault_in_the_expression) {
  command_.expression = "rate(x";
  const auto ran = run(R"({"status":"error","errorType":"bad_data","error":"1:7: parse error: unclosed"})", 400);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().what, "1:7: parse error: unclosed\n  rate(x\n        ^");
}

TEST_F(Query, knows_the_names_of_figures_that_are_no_series) {
  command_.expression = "p95";
  ASSERT_TRUE(run(success(R"({"resultType":"vector","result":[]})")));
  EXPECT_EQ(output_.text(),
            "No series has a value there.\n"
            "did you mean `sonde top --once`? it prints the figures of every service\n");
}

TEST_F(Query, says_that_a_daemon_without_the_api_is_another_version) {
  const auto ran = run("no such path", 404);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, Code::kNotFound);
  EXPECT_THAT(ran.error().what, HasSubstr("/api/v1/query answered 404"));
}

TEST_F(Query, draws_curves_in_a_terminal_of_utf8_only) {
  command_.range = QueryRange{5min, 1min};
  command_.at = Moment{WallTime{1'772'373'780s}};
  // The server's thread starts behind the fork: a child of a process with threads may inherit a lock that one holds.
  const auto program = [this] {
    LoopbackHttpServer server({}, ScriptedReply{.headers = {}, .body = success(kMatrixData)});
    command_.address = DaemonAddress{"127.0.0.1", server.port()};
    return run_query(command_, StoppedClock()) ? 0 : 1;
  };
  ::setenv("LC_ALL", "C.UTF-8", 1);
  PseudoTerminal modern(program);
  EXPECT_EQ(modern.ends(), 0);
  EXPECT_THAT(modern.seen(), HasSubstr("▁▁▃█▆▄"));
  EXPECT_THAT(modern.seen(), HasSubstr("\x1b[1mSERIES"));
  ::setenv("LC_ALL", "C", 1);
  command_.no_color = true;
  PseudoTerminal plain(program);
  EXPECT_EQ(plain.ends(), 0);
  EXPECT_THAT(plain.seen(), HasSubstr("{service_name=\"nginx\"}    2026-03-01 13:58:00     12\r\n"));
  EXPECT_THAT(plain.seen(), testing::Not(HasSubstr("\x1b")));
  ::unsetenv("LC_ALL");
}

}  // namespace
}  // namespace sonde::cli
