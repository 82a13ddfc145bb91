#include <gtest/gtest.h>

#include <string>

#include "unit/templates/sample_data.h"

namespace sonde::templates {
namespace {

struct FaultRow {
  const char* name;
  const char* text;
  const char* fault;
};

class FaultCase : public testing::TestWithParam<FaultRow> {};

TEST_P(FaultCase, has_a_place_and_a_remedy) { EXPECT_EQ(render(GetParam().text, 5), GetParam().fault); }

std::string row_name(const testing::TestParamInfo<FaultRow>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Parsing, FaultCase,
    testing::Values(
        FaultRow{"a_misspelt_function", "a\n{{ $value | humanise }}",
                 R"(2:13: function "humanise" not defined; did you mean humanize?)"},
        FaultRow{
            "an_unknown_function", "{{ instance }}",
            R"(1:4: function "instance" not defined; a text stands in quotes, a label is written $labels.instance)"},
        FaultRow{"a_misspelt_variable", "{{ $lables.job }}",
                 R"(1:4: undefined variable "$lables"; did you mean $labels?)"},
        FaultRow{"an_unknown_variable", "{{ $xyz }}",
                 R"(1:4: undefined variable "$xyz"; declare it with {{ $xyz := ... }})"},
        FaultRow{"an_open_action", "ab {{ $value", "1:4: unclosed action: end it with }}"},
        FaultRow{"an_open_block", "{{ if true }}a", "1:1: unexpected EOF: {{if}} needs an {{end}}"},
        FaultRow{"an_end_too_many", "a{{ end }}", "1:2: unexpected {{end}}: no block is open here"},
        FaultRow{"an_open_string", "{{ \"a }}", "1:4: unterminated string: it ends with \" on the same line"},
        FaultRow{"an_open_comment", "{{/* a }}", "1:1: unclosed comment: end it with */}}"},
        FaultRow{"an_open_parenthesis", "{{ (5 }}", "1:4: unclosed left paren: it needs a )"},
        FaultRow{"an_empty_action", "{{ }}", "1:4: missing value for command"},
        FaultRow{"an_empty_stage", "{{ 5 | }}", "1:6: missing command behind |"},
        FaultRow{"a_constant_behind_a_pipe", "{{ 5 | 6 }}",
                 "1:8: non executable command in pipeline stage 2: behind | stands a function"},
        FaultRow{"a_break_outside", "{{ break }}", "1:4: {{break}} outside {{range}}"},
        FaultRow{"a_second_else", "{{ if 1 }}{{ else }}{{ else }}{{ end }}",
                 "1:21: expected end; found {{else}}: there is one already"},
        FaultRow{"a_definition_inside", R"({{ if 1 }}{{ define "a" }}{{ end }}{{ end }})",
                 "1:11: unexpected {{define}}: it stands outside of all blocks"},
        FaultRow{"a_second_definition", R"({{ define "a" }}1{{ end }}{{ define "a" }}2{{ end }})",
                 R"(1:27: multiple definition of template "a")"},
        FaultRow{"two_variables_outside_of_range", "{{ $a, $b := 5 }}",
                 "1:4: too many declarations: only range gives two variables"},
        FaultRow{"a_bad_number", "{{ 3x }}", R"(1:4: bad number syntax: "3x")"},
        FaultRow{"a_bad_escape", R"({{ "\q" }})", R"(1:4: the string "\q" has an escape that Go does not know)"},
        FaultRow{"a_stray_letter", "{{ a%b }}", R"(1:5: bad character '%' behind "a"; put a space between them)"},
        FaultRow{"operands_without_space", R"({{ print "a""b" }})",
                 R"(1:13: unexpected "\"b\"" in operand; put a space before it)"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Rendering, FaultCase,
    testing::Values(
        FaultRow{"first_of_nothing", R"({{ query "nope" | first }})",
                 "1:19: error calling first: first() called on vector with no elements"},
        FaultRow{"a_failing_query", R"({{ query "x" }})", "1:4: error calling query: unknown series"},
        FaultRow{"an_integer_beside_a_float", "{{ if eq $value 5 }}{{ end }}",
                 "1:7: error calling eq: incompatible types for comparison: float64 and int; write the integer with a "
                 "point, as 1.0"},
        FaultRow{"a_number_for_a_text", "{{ toUpper $value }}",
                 "1:12: wrong type for value; expected string; got float64; make it a text with print or printf"},
        FaultRow{
            "a_vector_for_a_sample", R"({{ query "up" | value }})",
            "1:17: wrong type for value; expected *template.sample; got template.queryResult; take one element with "
            "first"},
        FaultRow{"too_few_arguments", "{{ lt 1 }}", "1:4: wrong number of args for lt: want 2 got 1"},
        FaultRow{"a_field_that_is_none", R"({{ (query "up" | first).Lables }})",
                 "1:4: can't evaluate field Lables in type *template.sample; did you mean .Labels?"},
        FaultRow{"an_unknown_template", R"({{ template "a" }})",
                 R"(1:1: template "a" not defined; write {{ define "a" }}...{{ end }})"},
        FaultRow{
            "a_text_that_is_no_number", R"({{ humanize "abc" }})",
            R"(1:4: error calling humanize: strconv.ParseFloat: parsing "abc": invalid syntax; it takes a number)"},
        FaultRow{"range_over_a_text", R"({{ range "abc" }}{{ end }})",
                 "1:10: range can't iterate over abc; it takes a query's result or labels"},
        FaultRow{"a_call", R"({{ call "a" }})", "1:4: error calling call: non-function of type string"}),
    row_name);

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Limits, long_texts_are_refused) { EXPECT_TRUE(mentions(render(std::string(65'537, 'a'), 1), "65536 at most")); }

TEST(Limits, deep_parentheses_are_refused) {
  EXPECT_EQ(render("{{ " + repeated("(", 100) + "5" + repeated(")", 100) + " }}", 1), "5");
  EXPECT_TRUE(mentions(render("{{ " + repeated("(", 101) + " }}", 1), "nested more than 100 deep"));
}

TEST(Limits, deep_blocks_are_refused) {
  EXPECT_TRUE(mentions(render(repeated("{{ if 1 }}", 101), 1), "nested more than 100 deep"));
}

TEST(Limits, templates_that_call_themselves_end) {
  EXPECT_TRUE(mentions(render(R"({{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }})", 1), "call itself?"));
  EXPECT_TRUE(mentions(render(R"({{ define "a" }}{{ tmpl "a" . }}{{ end }}{{ template "a" }})", 1), "call itself?"));
}

TEST(Limits, long_loops_end) {
  EXPECT_TRUE(mentions(render("{{ range 1000 }}{{ range 1000 }}{{ end }}{{ end }}", 1), "more than 100000 steps"));
  EXPECT_TRUE(mentions(render("{{ range 9000000000000000000 }}{{ end }}", 1), "more than 100000 steps"));
}

TEST(Limits, output_ends) {
  EXPECT_TRUE(mentions(render("{{ range 1000 }}" + std::string(100, 'x') + "{{ end }}", 1), "longer than 65536 bytes"));
  EXPECT_TRUE(mentions(render("{{ printf \"%999999d\" 1 }}", 1), "longer than 65536 bytes"));
}

TEST(Limits, doubling_texts_end) {
  const std::string doubling = R"({{ $x := "0123456789" }}{{ range 1000 }}{{ $x = print $x $x }}{{ end }})";
  EXPECT_TRUE(mentions(render(doubling, 1), "longer than 65536 bytes"));
}

TEST(Limits, nested_arguments_end) {
  const std::string nesting = "{{ $x := args }}{{ range 1000 }}{{ $x = args $x $x }}{{ end }}";
  EXPECT_TRUE(mentions(render(nesting, 1), "nested more than 100 deep"));
}

TEST(Limits, slow_patterns_end) {
  const std::string slow = R"({{ $x := printf "%60000s" "" }}{{ reReplaceAll " .*b| " "" $x }})";
  EXPECT_TRUE(mentions(render(slow, 1), "too much text for such a pattern"));
}

}  // namespace
}  // namespace sonde::templates
