#include "app/config_reload.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace sonde::app {
namespace {

struct RestartRow {
  const char* name;
  const char* before;
  const char* after;
  std::vector<std::string> keys;
};

void PrintTo(const RestartRow& row, std::ostream* out) { *out << row.name; }

class KeysForRestart : public testing::TestWithParam<RestartRow> {};

TEST_P(KeysForRestart, are_those_whose_values_differ) {
  EXPECT_EQ(keys_for_restart(GetParam().before, GetParam().after), GetParam().keys);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, KeysForRestart,
    testing::Values(
        RestartRow{"nothing", "", "", {}},
        RestartRow{
            "the_same", "server: {listen: a}\nstore: {keep: 1m}\n", "server: {listen: a}\nstore: {keep: 1m}\n", {}},
        RestartRow{"written_otherwise", "server: {listen: a}\n", "# why\nserver:\n  listen: \"a\"\n", {}},
        RestartRow{"another_value", "server: {listen: a}\n", "server: {listen: b}\n", {"server"}},
        RestartRow{"another_key", "server: {listen: a}\n", "server: {host: a}\n", {"server"}},
        RestartRow{"a_list_that_grew", "probes: [a]\n", "probes: [a, b]\n", {"probes"}},
        RestartRow{"come_and_gone", "log: {level: info}\n", "probes: [a]\n", {"probes", "log"}},
        RestartRow{"what_is_live", "notify: {a: b}\nrules: {c: d}\n", "oncall: {e: f}\nmaintenance: [g]\n", {}}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sonde::app
