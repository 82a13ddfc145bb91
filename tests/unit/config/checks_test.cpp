#include "config/checks.h"
#include "app/alert_language.h"

#include <gtest/gtest.h>

#include <string>

#include "config/load.h"
#include "support/fake_secrets.h"

namespace sonde::config {
namespace {

std::string faults_of(std::string_view text) {
  const auto config = load(text, "f", {FakeSecrets{}, app::alert_language()});
  return config ? "" : render_faults(config.error());
}

struct AgreementRow {
  const char* name;
  const char* yaml;
  const char* rendered;
};

class Agreement : public testing::TestWithParam<AgreementRow> {};

TEST_P(Agreement, is_demanded_once_at_a_key_the_file_gives) {
  EXPECT_EQ(faults_of(GetParam().yaml), GetParam().rendered);
}

INSTANTIATE_TEST_SUITE_P(
    Times, Agreement,
    testing::Values(
        AgreementRow{"long_retention_below_retention", "store: {retention: 2d, long_retention: 1d}",
                     "f:1:40: store.long_retention: long_retention (1d) is shorter than retention (2d): nothing would "
                     "be kept for long\n"},
        AgreementRow{"long_interval_below_interval", "store: {interval: 2m}",
                     "f:1:19: store.interval: long_interval (1m) is shorter than interval (2m): there are no more "
                     "samples than are taken\n"},
        AgreementRow{"interval_beyond_the_lookback", "query: {lookback: 10s}",
                     "f:1:19: query.lookback: interval (10s) is not below query.lookback (10s): between two samples a "
                     "series would have no value\n"},
        AgreementRow{"retry_that_shrinks", "notify: {first_retry: 10m}",
                     "f:1:23: notify.first_retry: longest_retry (5m) is shorter than first_retry (10m): the wait only "
                     "grows\n"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::config
