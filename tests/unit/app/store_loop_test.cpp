#include "app/store_loop.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace sonde::app {
namespace {

struct Row {
  const char* name;
  std::optional<std::string> configured;
  const char* state_directory;
  const char* used;
};

class StoreDirectory : public testing::TestWithParam<Row> {};

TEST_P(StoreDirectory, is_where_the_past_is_kept) {
  config::Config config;
  config.store_directory = GetParam().configured;
  EXPECT_EQ(store_options(config, GetParam().state_directory).directory, GetParam().used);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, StoreDirectory,
    testing::Values(Row{"nothing_said", std::nullopt, nullptr, "/var/lib/sonde"},
                    Row{"empty_variable", std::nullopt, "", "/var/lib/sonde"},
                    Row{"made_by_systemd", std::nullopt, "/var/lib/private/sonde", "/var/lib/private/sonde"},
                    Row{"several_made_by_systemd", std::nullopt, "/a:/b", "/a"},
                    Row{"configured", "/srv/sonde", "/a", "/srv/sonde"}, Row{"kept_nowhere", "none", "/a", ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::app
