#include "base/yaml_document.h"

#include <gtest/gtest.h>

#include <string>

namespace sonde {
namespace {

struct SyntaxRow {
  const char* name;
  std::string yaml;
  int line;
  int column;
  const char* says;  ///< part of the message
};

class Syntax : public testing::TestWithParam<SyntaxRow> {};

TEST_P(Syntax, is_refused_at_its_line_and_column) {
  const auto root = parse_document(GetParam().yaml);
  ASSERT_FALSE(root);
  EXPECT_EQ(root.error().at.line, GetParam().line);
  EXPECT_EQ(root.error().at.column, GetParam().column);
  EXPECT_NE(root.error().what.find(GetParam().says), std::string::npos) << root.error().what;
}

std::string repeated(std::string_view part, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += part;
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, Syntax,
    testing::Values(SyntaxRow{"open_list", "a: [1, 2\nb: 3\n", 2, 2, "']'"},
                    SyntaxRow{"open_mapping", "a: {b: c\n", 2, 1, "'}'"},
                    SyntaxRow{"open_double_quote", "a: \"b\nc: d\n", 1, 4, "never closed"},
                    SyntaxRow{"open_single_quote", "a: 'it''s\n", 1, 4, "never closed"},
                    SyntaxRow{"open_quote_behind_an_anchor", "a: &x \"b\\\"\n", 1, 4, "never closed"},
                    SyntaxRow{"stray_bracket", "a: 1\n]\n", 2, 1, "never opened"},
                    SyntaxRow{"two_colons", "a: b: c\n", 1, 5, "indentation"},
                    SyntaxRow{"tab_as_indentation", "a:\n\tb: 1\n\tc: 1\n", 2, 3, "never tabs"},
                    SyntaxRow{"too_little_indentation", "  a: 1\n b: 2\n", 2, 2, "indentation"},
                    SyntaxRow{"reserved_character", "a: @b\n", 1, 4, "quotes"},
                    SyntaxRow{"unknown_escape", "a: \"\\q\"\n", 1, 7, "backslash"},
                    SyntaxRow{"unknown_alias", "a: *b\n", 1, 4, "anchor"},
                    SyntaxRow{"alias_in_itself", "a: &b [*b]\n", 1, 8, "alias"},
                    SyntaxRow{"second_document", "a: 1\n---\nb: 2\n", 2, 1, "second document"},
                    SyntaxRow{"second_document_that_is_empty", "a: 1\n---\n", 2, 1, "second document"},
                    SyntaxRow{"second_value", "{a: 1} {b: 2}", 1, 8, "stands outside"}),
    [](const auto& row) { return row.param.name; });

struct AttackRow {
  const char* name;
  std::string yaml;
  const char* says;  ///< part of the message
};

class Attack : public testing::TestWithParam<AttackRow> {};

TEST_P(Attack, is_refused_before_it_costs_stack_or_memory) {
  const auto root = parse_document(GetParam().yaml);
  ASSERT_FALSE(root);
  EXPECT_NE(root.error().what.find(GetParam().says), std::string::npos) << root.error().what;
}

INSTANTIATE_TEST_SUITE_P(
    Attacks, Attack,
    testing::Values(AttackRow{"deep_lists", std::string(500'000, '['), "too deeply"},
                    AttackRow{"deep_closed_lists", std::string(500, '[') + std::string(500, ']'), "too deeply"},
                    AttackRow{"deep_mappings", repeated("{a: ", 100'000), "too deeply"},
                    AttackRow{"deep_block_lists", repeated("- ", 100'000), "too deeply"},
                    AttackRow{"deep_complex_keys", repeated("? ", 100'000), "too deeply"},
                    AttackRow{"many_values", "[" + repeated("a,", 200'000) + "]", "more than 100000"},
                    AttackRow{"aliases_of_aliases",
                              "a: &a [" + repeated("x,", 1000) + "]\nb: &b [" + repeated("*a,", 90) + "]\nc: [*b]\n",
                              "more than 100000"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(Bytes, Syntax,
                         testing::Values(SyntaxRow{"too_large", std::string((1U << 20U) + 1, ' '), 0, 0, "1 MiB"},
                                         SyntaxRow{"end_of_transmission", "a: 1\nb: x\x04\nc: 1\n", 2, 5,
                                                   "control character"},
                                         SyntaxRow{"null_byte", std::string("a: \0", 4), 1, 4, "control character"},
                                         SyntaxRow{"latin_1", "a: 1\nb: \xE9\n", 2, 1, "UTF-8"},
                                         SyntaxRow{"utf_16",
                                                   std::string("\xFF\xFE"
                                                               "a\0:\0",
                                                               6),
                                                   1, 4, "control character"}),
                         [](const auto& row) { return row.param.name; });

TEST(Document, keeps_places_and_duplicates) {
  const auto root = parse_document("# comment\na: 1\nb:\n  - &x {c: d}\n  - *x\na: 2\n");
  ASSERT_TRUE(root) << root.error().what;
  ASSERT_EQ((*root)->entries.size(), 3u);
  EXPECT_EQ((*root)->entries[2].key->text, "a");
  EXPECT_EQ((*root)->entries[2].key->at.line, 6);
  EXPECT_EQ((*root)->entries[2].value->at.column, 4);
  const Node& list = *(*root)->entries[1].value;
  ASSERT_EQ(list.items.size(), 2u);
  EXPECT_EQ(list.items[0], list.items[1]);
}

TEST(Document, takes_quoted_texts_of_every_kind) {
  for (const char* text :
       {"'it''s'", "\"a\\\"b\"", "\"two\n  lines\"", "|\n  \"open\n", "plain 'quote", "&x 'a'", "''"}) {
    const auto root = parse_document("a: " + std::string(text) + "\n");
    EXPECT_TRUE(root) << text << ": " << root.error().what;
  }
}

}  // namespace
}  // namespace sonde
