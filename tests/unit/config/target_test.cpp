#include "config/target.h"

#include <gtest/gtest.h>

namespace sonde::config {
namespace {

TEST(Target, is_added_once_to_the_list_of_its_kind) {
  capture::TargetFilter filter;
  for (const char* item : {"port:80", "port:8080", "port:80", "pid:1", "pid:4194304", "cgroup:/sys/fs/cgroup/a:b",
                           "process:nginx", "process:exactly_fifteen", "process:a b:c"}) {
    EXPECT_TRUE(parse_target(item, filter)) << item;
  }
  EXPECT_EQ(filter.ports, (std::vector<std::uint16_t>{80, 8080}));
  EXPECT_EQ(filter.pids, (std::vector<std::int32_t>{1, 4'194'304}));
  EXPECT_EQ(filter.cgroup_paths, std::vector<std::string>{"/sys/fs/cgroup/a:b"});
  EXPECT_EQ(filter.process_names, (std::vector<std::string>{"nginx", "exactly_fifteen", "a b:c"}));
}

struct BadTarget {
  const char* item;
  const char* says;
};

class TargetFault : public testing::TestWithParam<BadTarget> {};

TEST_P(TargetFault, says_how_to_write_it_and_changes_nothing) {
  capture::TargetFilter filter;
  const auto added = parse_target(GetParam().item, filter);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::kBadInput);
  EXPECT_NE(added.error().what.find(GetParam().says), std::string::npos) << added.error().what;
  EXPECT_TRUE(filter.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Items, TargetFault,
    testing::Values(BadTarget{"", "write port:8080"}, BadTarget{"port", "did you mean 'port:'"},
                    BadTarget{"prot:80", "did you mean 'port:'"}, BadTarget{"8080", "write port:8080"},
                    BadTarget{":80", "write port:8080"}, BadTarget{"port:", "1 to 65535"},
                    BadTarget{"port:0", "1 to 65535"}, BadTarget{"port:65536", "1 to 65535"},
                    BadTarget{"port:80 ", "1 to 65535"}, BadTarget{"port:-1", "1 to 65535"},
                    BadTarget{"pid:0", "1 to 4194304"}, BadTarget{"pid:4194305", "1 to 4194304"},
                    BadTarget{"pid:nginx", "1 to 4194304"}, BadTarget{"cgroup:a/b", "absolute path"},
                    BadTarget{"cgroup:", "absolute path"}, BadTarget{"process:", "needs a process name"},
                    BadTarget{"process:sixteen_letters_", "write process:sixteen_letters"}));

}  // namespace
}  // namespace sonde::config
