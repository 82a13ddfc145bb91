#include "cli/series_text.h"

#include <gtest/gtest.h>

namespace sonde::cli {
namespace {

struct TextRow {
  const char* name;
  SeriesLabels labels;
  const char* text;
};

class SeriesText : public testing::TestWithParam<TextRow> {};

TEST_P(SeriesText, is_that_of_prometheus) { EXPECT_EQ(series_text(GetParam().labels), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(
    Labels, SeriesText,
    testing::Values(
        TextRow{"without_labels", {}, "{}"}, TextRow{"name_alone", {{"__name__", "up"}}, "up"},
        TextRow{"name_with_colons", {{"__name__", "job:up:sum"}}, "job:up:sum"},
        TextRow{"labels_alone", {{"b", "2"}, {"a", "1"}}, R"({a="1", b="2"})"},
        TextRow{"name_and_labels", {{"__name__", "up"}, {"job", "x"}}, R"(up{job="x"})"},
        TextRow{"name_that_needs_quotes", {{"__name__", "http.time"}, {"job", "x"}}, R"({"http.time", job="x"})"},
        TextRow{"label_that_needs_quotes", {{"__name__", "up"}, {"k8s.pod", "x"}}, R"(up{"k8s.pod"="x"})"},
        TextRow{"quotes_and_backslashes", {{"a", R"(x"\y)"}}, R"({a="x\"\\y"})"},
        TextRow{"control_characters", {{"a", "\x1b[2J\n\x7f\xC2\x9B"}}, R"({a="\x1b[2J\n\x7f\u009b"})"},
        TextRow{"letters_beyond_ascii", {{"a", "Grüße"}}, R"({a="Grüße"})"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::cli
