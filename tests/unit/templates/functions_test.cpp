#include "unit/templates/sample_data.h"

#include <gtest/gtest.h>

#include <cmath>
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

class FunctionsCase : public testing::TestWithParam<TextRow> {};

TEST_P(FunctionsCase, answer_as_those_of_prometheus) {
  EXPECT_EQ(render(GetParam().text, GetParam().value), GetParam().rendered);
}

std::string row_name(const testing::TestParamInfo<TextRow>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Rows, FunctionsCase,
    testing::Values(
        TextRow{"zero",
                "{{ humanize $value }}|{{ humanize1024 $value }}|{{ humanizeDuration $value }}|{{ humanizePercentage "
                "$value }}",
                0, "0|0|0s|0%"},
        TextRow{"one",
                "{{ humanize $value }}|{{ humanize1024 $value }}|{{ humanizeDuration $value }}|{{ humanizePercentage "
                "$value }}",
                1, "1|1|1s|100%"},
        TextRow{"a_half",
                "{{ humanize $value }}|{{ humanize1024 $value }}|{{ humanizeDuration $value }}|{{ humanizePercentage "
                "$value }}",
                0.5, "500m|0.5|500ms|50%"},
        TextRow{"thousands",
                "{{ humanize $value }}|{{ humanize1024 $value }}|{{ humanizeDuration $value }}|{{ humanizePercentage "
                "$value }}",
                1234.5, "1.234k|1.206ki|20m 34s|1.234e+05%"},
        TextRow{"millions",
                "{{ humanize $value }}|{{ humanize1024 $value }}|{{ humanizeDuration $value }}|{{ humanizePercentage "
                "$value }}",
                1234567, "1.235M|1.177Mi|14d 6h 56m 7s|1.235e+08%"},
        TextRow{"tiny",
                "{{ humanize $value }}|{{ humanize1024 $value }}|{{ humanizeDuration $value }}|{{ humanizePercentage "
                "$value }}",
                1.5e-05, "15u|1.5e-05|15us|0.0015%"},
        TextRow{"negative",
                "{{ humanize $value }}|{{ humanize1024 $value }}|{{ humanizeDuration $value }}|{{ humanizePercentage "
                "$value }}",
                -90061.5, "-90.06k|-87.95ki|-1d 1h 1m 1s|-9.006e+06%"},
        TextRow{"beyond_the_prefixes",
                "{{ humanize $value }}|{{ humanize1024 $value }}|{{ humanizeDuration $value }}|{{ humanizePercentage "
                "$value }}",
                1e+30, "1e+06Y|8.272e+05Yi|-106751991167300d -15h -30m -8s|1e+32%"},
        TextRow{"minutes",
                "{{ humanize $value }}|{{ humanize1024 $value }}|{{ humanizeDuration $value }}|{{ humanizePercentage "
                "$value }}",
                61, "61|61|1m 1s|6100%"},
        TextRow{"infinite",
                "{{ humanize $value }}|{{ humanize1024 $value }}|{{ humanizeDuration $value }}|{{ humanizePercentage "
                "$value }}",
                HUGE_VAL, "+Inf|+Inf|+Inf|+Inf%"},
        TextRow{"not_a_number",
                "{{ humanize $value }}|{{ humanize1024 $value }}|{{ humanizeDuration $value }}|{{ humanizePercentage "
                "$value }}",
                std::nan(""), "NaN|NaN|NaN|NaN%"},
        TextRow{
            "humanize_reads_texts",
            R"_({{ humanize "1e3" }} {{ humanize "0x10p0" }} {{ humanize "-infinity" }} {{ humanize "1_000" }} {{ humanizeDuration "90" }} {{ humanizePercentage "0.25" }})_",
            5, "1k 16 -Inf 1k 1m 30s 25%"},
        TextRow{"timestamps", R"_({{ $value | humanizeTimestamp }} {{ humanizeTimestamp "inf" }})_", 1435065584.128,
                "2015-06-23 13:19:44.128 +0000 UTC +Inf"},
        TextRow{"durations_are_read",
                R"_({{ parseDuration "1h30m" }} {{ parseDuration "0" }} {{ parseDuration "1y2w3d4h5m6s7ms" }})_", 5,
                "5400 0 3.3019506007e+07"},
        TextRow{"words_change_case",
                R"_({{ title "hello world-foo bar_baz don't éa 1st" }} {{ toUpper "aé" }} {{ toLower "AÉß" }})_", 5,
                "Hello World-Foo Bar_baz Don'T Éa 1st AÉ aéß"},
        TextRow{"match_searches", R"_({{ match "^a.c$" "abc" }} {{ match "b" "abc" }} {{ match "z" "abc" }})_", 5,
                "true true false"},
        TextRow{
            "replacements_name_groups",
            R"_({{ reReplaceAll "(a)(b)?" "[$1$2]" "abaab" }} {{ reReplaceAll "a" "$$" "aa" }} {{ reReplaceAll "(a)" "$1x" "aa" }} {{ reReplaceAll "(?P<n>a)" "${n}!$n" "aa" }} {{ reReplaceAll "a" "${" "aa" }} {{ reReplaceAll "(.*):(.*)" "$2-${1}_" $labels.instance }})_",
            5, "[ab][a][ab] $$  a!aa!a ${${ 9100-web-1_"},
        TextRow{
            "empty_matches_are_replaced_once",
            R"_({{ reReplaceAll "x*" "-" "abxc" }} {{ reReplaceAll "" "-" "aé" }} {{ reReplaceAll "a*?" "x" "baaac" }}/{{ reReplaceAll "a*" "(${0})" "baaac" }})_",
            5, "-a-b-c- -a-é- xbxaxaxaxcx/()b(aaa)c()"},
        TextRow{
            "ports_are_stripped",
            R"_({{ stripPort "web-1:9100" }} {{ stripPort "[::1]:90" }} {{ stripPort "::1" }} {{ stripPort "web" }} {{ stripPort "[::1]" }} {{ stripPort "a:b:c" }} {{ stripPort ":9" }}|)_",
            5, "web-1 ::1 ::1 web [::1] a:b:c |"},
        TextRow{
            "domains_are_stripped",
            R"_({{ stripDomain "web-1.example.com:9100" }} {{ stripDomain "web-1.example.com" }} {{ stripDomain "10.0.0.1:90" }} {{ stripDomain "[::1]:90" }} {{ stripDomain "::1" }})_",
            5, "web-1:9100 web-1 10.0.0.1:90 [::1]:90 ::1"},
        TextRow{"links", R"_({{ graphLink "up{a=\"b\"} > 1" }} {{ tableLink "up" }} {{ safeHtml "<b>" }})_", 5,
                "/graph?g0.expr=up%7Ba%3D%22b%22%7D+%3E+1&g0.tab=0 /graph?g0.expr=up&g0.tab=1 <b>"},
        TextRow{
            "samples",
            R"_({{ query "up" | sortByLabel "instance" | first | value }} {{ query "up" | sortByLabel "job" | first | label "instance" }} {{ query "up" | first | strvalue }}| {{ len (query "up") }})_",
            5, "0.5 a:1 | 2"},
        TextRow{
            "comparisons",
            R"_({{ eq 1 2 3 1 }} {{ ne 1 2 }} {{ lt 1 2 }} {{ le 2 2 }} {{ gt "b" "a" }} {{ ge 1.5 1.5 }} {{ eq true true }} {{ eq nil nil }} {{ ne nil 5 }} {{ gt $value 4.5 }})_",
            5, "true true true true true true true true true true"},
        TextRow{"not_a_number_is_greater", "{{ gt $value 1.0 }} {{ lt $value 1.0 }} {{ eq $value $value }}",
                std::nan(""), "true false false"},
        TextRow{
            "and_and_or_stop_early",
            R"_({{ and 1 0 2 }} {{ or 0 "" "x" }} {{ not 0 }} {{ and false (index "a" 9) }} {{ or 1 (index "a" 9) }} {{ 5 | and 1 }})_",
            5, "0 x true false 1 5"},
        TextRow{
            "index_and_slice_and_len",
            R"_({{ index $labels "job" }} {{ index "abc" 1 }} {{ len "é" }} {{ len $externalLabels }} {{ slice "abcdef" 1 3 }} {{ slice "abc" 1 }})_",
            5, "node 98 2 1 bc bc"}),
    row_name);

}  // namespace
}  // namespace sonde::templates
