#include "templates/template.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/templates/sample_data.h"

namespace sonde::templates {
namespace {

struct LaterRow {
  const char* name;
  const char* text;
  const char* rendered;
};

class LaterCase : public testing::TestWithParam<LaterRow> {};

TEST_P(LaterCase, is_what_newer_releases_and_alertmanager_have) {
  EXPECT_EQ(render(GetParam().text, 5), GetParam().rendered);
}

std::string row_name(const testing::TestParamInfo<LaterRow>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Rows, LaterCase,
    testing::Values(
        LaterRow{"range_counts", "{{ range 3 }}{{ . }}{{ end }}{{ range $i := 2 }}{{ $i }}{{ end }}", "01201"},
        LaterRow{"else_with", R"({{ with "" }}a{{ else with "b" }}{{ . }}{{ else }}c{{ end }})", "b"},
        LaterRow{"now_is_the_evaluation", "{{ now }} {{ now | toTime }}", "1.7e+09 2023-11-14 22:13:20 +0000 UTC"},
        LaterRow{"durations", R"({{ toDuration 90 }} {{ toDuration "0.25" }} {{ toDuration 0.0000015 }})",
                 "1m30s 250ms 1.5\u00b5s"},
        LaterRow{"durations_are_seconds", "{{ toDuration 5400 | humanizeDuration }}", "1h 30m 0s"},
        LaterRow{"query_escapes", R"({{ urlQueryEscape "a b&c" }})", "a+b%26c"},
        LaterRow{"the_external_url", "{{ externalURL }} {{ pathPrefix }}", "http://prom.example:9090/pre /pre"},
        LaterRow{"joined_slices", R"({{ stringSlice "a" "b" | join ", " }} {{ stringSlice "a" "b" }})", "a, b [a b]"},
        LaterRow{"trimmed_space", R"([{{ trimSpace " a b\n" }}])", "[a b]"},
        LaterRow{"tmpl_is_a_template_as_text", R"({{ define "t" }}<{{ . }}>{{ end }}{{ tmpl "t" "x" | toUpper }})",
                 "<X>"},
        LaterRow{"range_assigns", "{{ $x := 0 }}{{ range $x = args 1 2 }}{{ end }}{{ $x }}", "2"}),
    row_name);

// Written as rule collections for node_exporter, blackbox_exporter and Kubernetes word their annotations.
INSTANTIATE_TEST_SUITE_P(
    Collections, LaterCase,
    testing::Values(
        LaterRow{"a_disk_fills_up",
                 "Disk {{ $labels.device }} of {{ $labels.instance }} has {{ printf \"%.2f\" $value }}% left.",
                 "Disk sda1 of web-1:9100 has 5.00% left."},
        LaterRow{"a_ratio", "{{ $labels.job }}: {{ $value | humanizePercentage }} of requests fail.",
                 "node: 500% of requests fail."},
        LaterRow{
            "a_probe_is_slow",
            "Probing {{ $labels.instance }} took {{ humanizeDuration $value }}\n  VALUE = {{ $value }}\n  LABELS = {{ "
            "$labels }}",
            "Probing web-1:9100 took 5s\n  VALUE = 5\n  LABELS = map[__name__:m device:sda1 instance:web-1:9100 "
            "job:node]"},
        LaterRow{"a_certificate_ends",
                 "{{ with query \"up\" }}Ends on {{ . | first | value | humanizeTimestamp }}{{ else }}Unknown{{ end }}",
                 "Ends on 1970-01-01 00:00:01 +0000 UTC"},
        LaterRow{
            "what_else_is_down",
            R"({{ range query "up" | sortByLabel "instance" }}{{ .Labels.instance | stripPort }}: {{ .Value }}; {{ end }})",
            "a: 0.5; b: 1; "},
        LaterRow{"a_label_with_two_values", R"({{ if gt $value 4.0 }}page{{ else }}warning{{ end }})", "page"}),
    row_name);

TEST(Template, without_a_query_function_says_so) {
  const auto parsed = Template::parse(R"({{ query "up" }})");
  ASSERT_TRUE(parsed);
  const auto rendered = parsed->render(sample_data(1), nullptr);
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().what, "error calling query: there is nothing to query here");
}

TEST(Template, renders_the_same_twice) {
  const auto parsed = Template::parse("{{ $x := 1 }}{{ $value }}");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed->render(sample_data(1), nullptr), "1");
  EXPECT_EQ(*parsed->render(sample_data(2), nullptr), "2");
}

}  // namespace
}  // namespace sonde::templates
