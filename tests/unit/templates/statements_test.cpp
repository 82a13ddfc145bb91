#include "unit/templates/sample_data.h"

#include <gtest/gtest.h>

#include <string>

namespace sonde::templates {
namespace {

// The expected texts are those that `promtool test rules` of Prometheus 2.42 gave for the same template and data.
struct TextRow {
  const char* name;
  const char* text;
  double value;
  const char* rendered;
};

class StatementsCase : public testing::TestWithParam<TextRow> {};

TEST_P(StatementsCase, are_rendered_as_prometheus_does) {
  EXPECT_EQ(render(GetParam().text, GetParam().value), GetParam().rendered);
}

std::string row_name(const testing::TestParamInfo<TextRow>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Rows, StatementsCase,
    testing::Values(
        TextRow{"labels_by_name", "{{ $labels.instance }} {{ .Labels.job }} {{ $labels.none }}|", 5,
                "web-1:9100 node |"},
        TextRow{"the_value_as_go_prints_it", "{{ $value }} {{ .Value }}", 1234567, "1.234567e+06 1.234567e+06"},
        TextRow{"external_labels",
                "{{ $externalLabels.cluster }} {{ .ExternalLabels.cluster }} {{ $externalURL }} {{ .ExternalURL }}", 5,
                "c1 c1 http://prom.example:9090/pre http://prom.example:9090/pre"},
        TextRow{"trim_markers_and_comments",
                "a {{- \" b \" -}} c {{/* comment */}} d {{- /* trimmed */ -}} e {{ \"x\" -}}  \n  y", 5,
                "a b c  de xy"},
        TextRow{"if_takes_the_first_branch_that_holds", "{{ if false }}1{{ else if eq 1 1 }}2{{ else }}3{{ end }}", 5,
                "2"},
        TextRow{
            "what_is_empty_is_false",
            R"_({{ if $labels.none }}a{{ else }}b{{ end }}{{ if $labels }}c{{ end }}{{ if 0.0 }}d{{ end }}{{ if query "nope" }}e{{ end }}{{ if query "up" }}f{{ end }})_",
            5, "bcf"},
        TextRow{
            "with_sets_the_dot",
            R"_({{ with $labels }}{{ .job }}{{ end }}{{ with "" }}a{{ else }}{{ printf "%T" $value }}{{ end }}{{ with $x := 5 }}{{ $x }}{{ end }})_",
            5, "nodefloat645"},
        TextRow{"variables_are_seen_in_their_block",
                "{{ $y := 1 }}{{ $y = 2 }}{{ if true }}{{ $y = 3 }}{{ $y := 9 }}{{ end }}{{ $y }}", 5, "3"},
        TextRow{
            "range_over_a_query",
            R"_({{ range $i, $e := sortByLabel "instance" (query "up") }}{{ $i }}:{{ $e.Labels.job }}={{ .Value }} {{ end }})_",
            5, "0:y=0.5 1:z=1 "},
        TextRow{"range_over_nothing_takes_else", R"_({{ range query "nope" }}x{{ else }}none{{ end }})_", 5, "none"},
        TextRow{
            "range_over_maps_is_sorted",
            R"_({{ range $k, $v := $externalLabels }}{{ $k }}={{ $v }}{{ end }}{{ range $i, $c := args "a" "b" }}{{ $i }}{{ $c }}{{ end }})_",
            5, "cluster=c1arg0aarg1b"},
        TextRow{"break_and_continue",
                "{{ range args 1 2 3 }}{{ . }}{{ if eq . 2 }}{{ break }}{{ end }}{{ end }} {{ range args 1 2 3 }}{{ if "
                "eq . 2 }}{{ continue }}{{ end }}{{ . }}{{ end }}",
                5, "12 13"},
        TextRow{
            "templates_see_their_argument_only",
            R"_({{ define "t" }}[{{ . }}{{ $ }}]{{ end }}{{ template "t" 5 }}{{ template "t" }}{{ template "t" $labels.job }})_",
            5, "[55][<no value><no value>][nodenode]"},
        TextRow{
            "args_name_the_arguments",
            R"_({{ define "t" }}{{ .arg0 }}-{{ .arg1 }}-{{ .arg2 }}{{ end }}{{ template "t" (args 1 "b") }} {{ (args 1 2).arg1 }})_",
            5, "1-b-<no value> 2"},
        TextRow{"block_defines_and_renders", R"_({{ block "b" 7 }}<{{ . }}>{{ end }}{{ template "b" "x" }})_", 5,
                "<7><x>"},
        TextRow{
            "pipes_and_parentheses",
            R"_({{ "quote" | printf "%s %s" "a" | len }} {{ (5) }} {{ ((printf "%d" 5)) | len }} {{ (query "up" | sortByLabel "instance" | first).Value }})_",
            5, "7 5 1 0.5"},
        TextRow{
            "numbers_in_every_spelling",
            R"_({{ 1_000 }} {{ 0x1F }} {{ 0b101 }} {{ 0o17 }} {{ 017 }} {{ 1e3 }} {{ .5 }} {{ -3 }} {{ 'a' }} {{ '\n' }} {{ 0x1p4 }} {{ 1.50 }} {{ -0x10 }} {{ 1_0.5 }})_",
            5, "1000 31 5 15 15 1000 0.5 -3 97 10 16 1.5 -16 10.5"},
        TextRow{"strings_with_escapes", R"_({{ "a\tb\x41\u00e9\101\"" }} {{ `raw\n"x` }})_", 5,
                R"_(a	bAéA" raw\n"x)_"},
        TextRow{"nil_is_no_value", "{{ (args).foo }} {{ args }} {{ print nil }}", 5, "<no value> map[] <nil>"},
        TextRow{"actions_over_several_lines", "{{\n\"b\"\n}}{{ print\n1 }}", 5, "b1"},
        TextRow{"samples_print_what_they_hold", R"_({{ query "up" | sortByLabel "instance" | first }})_", 5,
                "{map[__name__:up instance:a:1 job:y] 0.5}"}),
    row_name);

}  // namespace
}  // namespace sonde::templates
