#include "config/checks.h"

#include <gtest/gtest.h>

#include <string>

#include "config/load.h"
#include "support/fake_secrets.h"

namespace sonde::config {
namespace {

std::string faults_of(std::string_view text) {
  const auto config = load(text, "f", FakeSecrets{});
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
    Thresholds, Agreement,
    testing::Values(
        AgreementRow{"warning_above_the_default_critical", "rules: {defaults: {response_time_p95: {warning: 10s}}}",
                     "f:1:49: rules.defaults.response_time_p95.warning: warning (10s) is above critical (5s): the "
                     "warning must come first\n"},
        AgreementRow{"critical_below_the_default_warning", "rules: {defaults: {error_ratio: {critical: 0.1%}}}",
                     "f:1:44: rules.defaults.error_ratio.critical: warning (1%) is above critical (0.1%): the warning "
                     "must come first\n"},
        AgreementRow{"service_against_its_defaults",
                     "rules:\n  defaults: {error_ratio: {critical: 2%}}\n  services:\n"
                     "    a: {error_ratio: {warning: 3%}}\n    b: {window: 1m}\n",
                     "f:4:32: rules.services.a.error_ratio.warning: warning (3%) is above critical (2%): the warning "
                     "must come first\n"},
        AgreementRow{"services_that_only_inherit",
                     "rules:\n  defaults: {error_ratio: {warning: 6%}}\n  services: {a: {for: 1s}, b: {for: 2s}}\n",
                     "f:2:37: rules.defaults.error_ratio.warning: warning (6%) is above critical (5%): the warning "
                     "must come first\n"},
        AgreementRow{"service_with_an_odd_name", "rules: {services: {'a b': {error_ratio: {warning: 9%}}}}",
                     "f:1:51: rules.services['a b'].error_ratio.warning: warning (9%) is above critical (5%): the "
                     "warning must come first\n"},
        AgreementRow{"equal_thresholds", "rules: {defaults: {error_ratio: {warning: 5%, critical: 0.05}}}", ""},
        AgreementRow{"own_value_that_could_not_be_read",
                     "rules: {services: {a: {error_ratio: {warning: 10%, critical: x}}}}",
                     "f:1:62: rules.services.a.error_ratio.critical: 'x' is not a ratio; write it like 1% or 0.01, "
                     "from 0 to 1\n"},
        AgreementRow{
            "inherited_value_that_could_not_be_read",
            "rules: {defaults: {error_ratio: {critical: x}}, services: {a: {error_ratio: {warning: 10%}}}}",
            "f:1:44: rules.defaults.error_ratio.critical: 'x' is not a ratio; write it like 1% or 0.01, from 0 "
            "to 1\n"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Times, Agreement,
    testing::Values(
        AgreementRow{"window_below_the_tick", "rules: {defaults: {window: 500ms}}",
                     "f:1:28: rules.defaults.window: the window (500ms) of rules.defaults is shorter than store.tick "
                     "(1s): it needs at least one tick\n"},
        AgreementRow{"tick_above_the_default_window", "store: {tick: 6m}",
                     "f:1:15: store.tick: the window (5m) of rules.defaults is shorter than store.tick (6m): it needs "
                     "at least one tick\n"},
        AgreementRow{"service_window_beyond_what_is_kept",
                     "store: {keep: 10m}\nrules: {services: {a: {window: 11m}, b: {window: 10m}}}",
                     "f:2:32: rules.services.a.window: the window (11m) of rules.services.a is longer than store.keep "
                     "(10m): what is judged must be kept\n"},
        AgreementRow{"long_retention_below_retention", "store: {retention: 2d, long_retention: 1d}",
                     "f:1:40: store.long_retention: long_retention (1d) is shorter than retention (2d): nothing would "
                     "be kept for long\n"},
        AgreementRow{"long_interval_below_interval", "store: {interval: 2m}",
                     "f:1:19: store.interval: long_interval (1m) is shorter than interval (2m): there are no more "
                     "samples than are taken\n"},
        AgreementRow{"interval_beyond_the_lookback", "query: {lookback: 10s}",
                     "f:1:19: query.lookback: interval (10s) is not below query.lookback (10s): between two samples a "
                     "series would have no value\n"},
        AgreementRow{"keep_below_the_default_window", "store: {keep: 1m}\nrules: {services: {a: {for: 1s}}}",
                     "f:1:15: store.keep: the window (5m) of rules.defaults is longer than store.keep (1m): what is "
                     "judged must be kept\n"},
        AgreementRow{"retry_that_shrinks", "notify: {first_retry: 10m}",
                     "f:1:23: notify.first_retry: longest_retry (5m) is shorter than first_retry (10m): the wait only "
                     "grows\n"},
        AgreementRow{"window_of_one_tick_kept_just_long_enough",
                     "store: {tick: 2s, keep: 2s}\nrules: {defaults: {window: 2s}}", ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::config
