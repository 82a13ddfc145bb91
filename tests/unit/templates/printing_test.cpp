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

class PrintingCase : public testing::TestWithParam<TextRow> {};

TEST_P(PrintingCase, is_that_of_go) { EXPECT_EQ(render(GetParam().text, GetParam().value), GetParam().rendered); }

std::string row_name(const testing::TestParamInfo<TextRow>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Rows, PrintingCase,
    testing::Values(
        TextRow{
            "integers",
            R"_({{ printf "%d|%5d|%-5d|%05d|%+d|% d|%x|%#x|%o|%O|%b|%c|%q|%U|%e|%s|%.3d|%T" 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42 }})_",
            5, "42|   42|42   |00042|+42| 42|2a|0x2a|52|0o52|101010|*|'*'|U+002A|%!e(int=42)|%!s(int=42)|042|int"},
        TextRow{
            "negative_integers",
            R"_({{ printf "%d|%5d|%-5d|%05d|%+d|% d|%x|%#x|%o|%O|%b|%c|%q|%U|%e|%s|%.3d|%T" -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 -42 }})_",
            5,
            "-42|  -42|-42  "
            "|-0042|-42|-42|-2a|-0x2a|-52|-0o52|-101010|�|'�'|U+FFFFFFFFFFFFFFD6|%!e(int=-42)|%!s(int=-42)|-042|int"},
        TextRow{
            "floats",
            R"_({{ printf "%v|%g|%e|%f|%.2f|%.0f|%8.3f|%-8.2f|%08.2f|%+.1f|%.3g|%.3e|%d|%x|%T|%+v|%012.1f|%#.3g" 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 }})_",
            5,
            "3.14159|3.14159|3.141590e+00|3.141590|3.14|3|   3.142|3.14    "
            "|00003.14|+3.1|3.14|3.142e+00|%!d(float64=3.14159)|0x1.921f9f01b866ep+01|float64|3.14159|0000000003.1|3."
            "14"},
        TextRow{
            "large_floats",
            R"_({{ printf "%v|%g|%e|%f|%.2f|%.0f|%8.3f|%-8.2f|%08.2f|%+.1f|%.3g|%.3e|%d|%x|%T|%+v|%012.1f|%#.3g" 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 123456789.0 }})_",
            5,
            "1.23456789e+08|1.23456789e+08|1.234568e+08|123456789.000000|123456789.00|123456789|123456789.000|"
            "123456789.00|123456789.00|+123456789.0|1.23e+08|1.235e+08|%!d(float64=1.23456789e+08)|0x1.d6f3454p+26|"
            "float64|1.23456789e+08|0123456789.0|1.23e+08"},
        TextRow{
            "small_floats",
            R"_({{ printf "%v|%g|%e|%f|%.2f|%.0f|%8.3f|%-8.2f|%08.2f|%+.1f|%.3g|%.3e|%d|%x|%T|%+v|%012.1f|%#.3g" 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 0.000012345 }})_",
            5,
            "1.2345e-05|1.2345e-05|1.234500e-05|0.000012|0.00|0|   0.000|0.00    "
            "|00000.00|+0.0|1.23e-05|1.234e-05|%!d(float64=1.2345e-05)|0x1.9e3abe16fc70dp-17|float64|1.2345e-05|"
            "0000000000.0|1.23e-05"},
        TextRow{"infinity",
                R"_({{ printf "%v|%8.2f|%08.2f|%+f|%-8v|% f" $value $value $value $value $value $value }})_", HUGE_VAL,
                "+Inf|    +Inf|    +Inf|+Inf|+Inf    | Inf"},
        TextRow{"not_a_number",
                R"_({{ printf "%v|%8.2f|%08.2f|%+f|%-8v|% f" $value $value $value $value $value $value }})_",
                std::nan(""), "NaN|     NaN|     NaN|+NaN|NaN     | NaN"},
        TextRow{
            "texts",
            R"_({{ printf "%s|%v|%q|%x|% X|%10s|%-10s|%.2s|%d|%t|%+q|%#q|%T|%z|%!|%" "h\u00e9\n" "h\u00e9\n" "h\u00e9\n" "h\u00e9\n" "h\u00e9\n" "h\u00e9\n" "h\u00e9\n" "h\u00e9\n" "h\u00e9\n" "h\u00e9\n" "h\u00e9\n" "h\u00e9\n" "h\u00e9\n" "h\u00e9\n" }})_",
            5,
            "hé\n|hé\n|\"hé\\n\"|68c3a90a|68 C3 A9 0A|       hé\n|hé\n       "
            "|hé|%!d(string=hé\n)|%!t(string=hé\n)|\"h\\u00e9\\n\"|\"hé\\n\"|string|%!z(string=hé\n)|%!!(MISSING)|%!("
            "NOVERB)"},
        TextRow{"booleans_and_nil",
                R"_({{ printf "%t|%v|%5t|%s" true false true true }} {{ printf "%v %d" nil nil }})_", 5,
                "true|false| true|%!s(bool=true) <nil> %!d(<nil>)"},
        TextRow{
            "mistakes_of_the_format",
            R"_({{ printf "%d %d" 1 }} {{ printf "%d" 1 2 "x" nil }} {{ printf "100%" }} {{ printf "%*d" "x" 3 }} {{ printf "%[x]d" 1 }})_",
            5, "1 %!d(MISSING) 1%!(EXTRA int=2, string=x, <nil>) 100%!(NOVERB) %!(BADWIDTH)3 %!d(BADINDEX)"},
        TextRow{
            "indexes_and_stars",
            R"_({{ printf "%[2]d %[1]d" 1 2 }} {{ printf "%[3]d" 1 }} {{ printf "%*d|%-*d|%.*f" 5 1 5 2 1 2.55 }})_", 5,
            "2 1 %!d(BADINDEX)     1|2    |2.5"},
        TextRow{
            "maps",
            R"_({{ printf "%v|%d|%q|%5s" $externalLabels $externalLabels $externalLabels $externalLabels }} {{ $externalLabels }})_",
            5,
            R"_(map[cluster:c1]|map[%!d(string=cluster):%!d(string=c1)]|map["cluster":"c1"]|map[cluster:   c1] map[cluster:c1])_"},
        TextRow{"spaces_between_what_is_no_text", R"_({{ print 1 2 "a" "b" 3 4.5 }} {{ println "a" 1 }}|)_", 5,
                "1 2ab3 4.5 a 1\n|"},
        TextRow{
            "html_and_js_and_urlquery",
            R"_({{ html "<a href='x'>&\"" }} {{ html nil }} {{ js "it's <b> \"q\" = & \u00e9\n" }} {{ urlquery "a b&c=d/é~" }})_",
            5,
            R"_(&lt;a href=&#39;x&#39;&gt;&amp;&#34; &lt;no value&gt; it\'s \u003Cb\u003E \"q\" \u003D \u0026 é\u000A a+b%26c%3Dd%2F%C3%A9~)_"},
        TextRow{"times", "{{ toTime 1435065584.128 }} {{ humanizeTimestamp 1435065584 }}", 5,
                "2015-06-23 13:19:44.128 +0000 UTC 2015-06-23 13:19:44 +0000 UTC"}),
    row_name);

}  // namespace
}  // namespace sonde::templates
