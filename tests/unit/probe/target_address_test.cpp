#include "probe/target_address.h"

#include <gtest/gtest.h>

#include <string>

namespace sonde::probe {
namespace {

struct Row {
  ProbeKind kind;
  const char* address;
  const char* host;
  std::uint16_t port;
};

TEST(TargetAddress, means_a_host_and_a_port) {
  for (const Row& row :
       {Row{ProbeKind::kTcp, "db.example:5432", "db.example", 5432}, Row{ProbeKind::kRedis, "cache", "cache", 6379},
        Row{ProbeKind::kDns, "[::1]", "::1", 53}, Row{ProbeKind::kMysql, "[2001:db8::1]:3307", "2001:db8::1", 3307},
        Row{ProbeKind::kPostgresql, "10.0.0.1", "10.0.0.1", 5432}, Row{ProbeKind::kIcmp, "[::1]", "::1", 0},
        Row{ProbeKind::kIcmp, "host", "host", 0}}) {
    ProbeTarget target;
    target.kind = row.kind;
    target.address = row.address;
    target.ip_protocol = 6;
    const Question question = question_of(target);
    EXPECT_EQ(question.host, row.host) << row.address;
    EXPECT_EQ(question.port, row.port) << row.address;
    EXPECT_EQ(question.ip_protocol, 6);
  }
}

TEST(TargetAddress, shows_the_host_of_a_url_only) {
  EXPECT_EQ(shown_host("https://shop.example/a:b?token=secret"), "shop.example");
  EXPECT_EQ(shown_host("http://[::1]:8080/"), "[::1]");
  EXPECT_EQ(shown_host("db:5432"), "db");
}

}  // namespace
}  // namespace sonde::probe
