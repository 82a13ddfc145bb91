#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/types.h"
#include "cli/verbs.h"

// How the words of a command line are read; what several verbs take.
namespace sonde::cli {

/// A word that stands for a value.
template <class Value>
struct Choice {
  std::string_view word;
  Value value;
};

inline constexpr std::array kOutputs{Choice<OutputFormat>{"table", OutputFormat::kTable},
                                     Choice<OutputFormat>{"json", OutputFormat::kJson}};

inline constexpr std::array kRowsOutputs{Choice<RowsFormat>{"table", RowsFormat::kTable},
                                         Choice<RowsFormat>{"json", RowsFormat::kJson},
                                         Choice<RowsFormat>{"csv", RowsFormat::kCsv}};

/// "--output 'jsn' is not one of table, json; did you mean 'json'?"
Error no_such_word(const std::string& place, const std::string& word, const std::vector<std::string>& known);

template <class Value, std::size_t kSize>
Result<Value> read_choice(const std::string& place, const std::string& word,
                          const std::array<Choice<Value>, kSize>& choices) {
  std::vector<std::string> known;
  for (const Choice<Value>& choice : choices) {
    if (choice.word == word) return choice.value;
    known.emplace_back(choice.word);
  }
  return no_such_word(place, word, known);
}

Result<std::chrono::nanoseconds> read_duration(const std::string& place, const std::string& text,
                                               std::chrono::nanoseconds least);
Result<std::size_t> read_count(const std::string& place, const std::string& text,
                               std::size_t most = std::numeric_limits<std::size_t>::max());

/// --address, $SONDE_ADDRESS, or where a daemon is by default; --token-file or $SONDE_TOKEN_FILE.
Result<DaemonAddress> read_address(const RawArguments& raw);

/// https://no-color.org: --no-color, or any value of $NO_COLOR but the empty one.
bool is_without_color(const RawArguments& raw);

/// --author, or $USER.  errors: kBadInput if there is neither.
Result<std::string> read_author(const RawArguments& raw);

inline constexpr ArgumentSpec kAddress{
    .name = "--address",
    .value = "HOST:PORT",
    .description = "where the daemon listens (default $SONDE_ADDRESS, then 127.0.0.1:10977)",
    .one = &RawArguments::address};
inline constexpr ArgumentSpec kOutput{.name = "--output",
                                      .value = "FORMAT",
                                      .description = "table (default) or json",
                                      .short_name = "-o",
                                      .one = &RawArguments::output};

inline constexpr ArgumentSpec kRowsOutput{.name = "--output",
                                          .value = "FORMAT",
                                          .description = "table (default), json or csv",
                                          .short_name = "-o",
                                          .one = &RawArguments::output};

inline constexpr ArgumentSpec kTokenFile{
    .name = "--token-file",
    .value = "FILE",
    .description = "a bearer token, for a daemon with users (default $SONDE_TOKEN_FILE)",
    .one = &RawArguments::token_file};
inline constexpr ArgumentSpec kAuthor{.name = "--author",
                                      .value = "NAME",
                                      .description = "who you are, for a daemon without users (default $USER)",
                                      .one = &RawArguments::author};
inline constexpr ArgumentSpec kNoColor{
    .name = "--no-color", .description = "no colours, as with NO_COLOR set", .flag = &RawArguments::no_color};

}  // namespace sonde::cli
