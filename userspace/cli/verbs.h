#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/types.h"

namespace sonde::cli {

/// What was typed after a verb, unread.
struct RawArguments {
  std::optional<std::string> config;
  std::vector<std::string> only;
  std::optional<std::string> listen;
  std::optional<std::string> log_level;
  std::optional<std::string> log_format;
  std::optional<std::string> file;
  std::optional<std::string> output;
  std::optional<std::string> address;
  std::optional<std::string> window;
  std::optional<std::string> interval;
  std::optional<std::string> sort;
  std::optional<std::string> count;
  std::optional<std::string> service;
  std::optional<std::string> since;
  std::optional<std::string> limit;
  std::optional<std::string> expression;
  std::optional<std::string> at;
  std::optional<std::string> range;
  std::optional<std::string> step;
  std::optional<std::string> timeout;
  std::optional<std::string> until;
  std::optional<std::string> alert;
  std::optional<std::string> target;
  std::optional<std::string> channel;
  std::optional<std::string> token_file;
  std::optional<std::string> incident;
  std::optional<std::string> author;
  std::optional<std::string> note;
  std::optional<std::string> length;
  std::optional<std::string> version_seen;
  std::optional<std::string> to;
  std::optional<std::string> into;
  std::optional<std::string> comment;
  std::optional<std::string> start;
  std::optional<std::string> state;
  std::vector<std::string> matchers;
  std::vector<std::string> ids;
  bool all = false;
  bool renew = false;
  std::optional<std::string> cause;
  std::optional<std::string> action;
  std::optional<std::string> verdict;
  std::optional<std::string> follow_up;
  bool fixed = false;
  std::optional<std::string> by;
  std::optional<std::string> zone;
  std::vector<std::string> matches;
  std::vector<std::string> files;
  std::optional<std::string> config_file;
  std::optional<std::string> verify_receivers;
  std::optional<std::string> schedule;
  std::optional<std::string> weeks;
  std::optional<std::string> person;
  std::optional<std::string> replaces;
  std::vector<std::string> label_pairs;
  bool tree = false;
  bool exact_buckets = false;
  bool labels = false;
  bool once = false;
  bool follow = false;
  bool no_color = false;
  bool judge = false;
};

/// One option, flag or positional argument: exactly one of the pointers is set.
struct ArgumentSpec {
  std::string_view name;        ///< --window, FILE
  std::string_view value = {};  ///< what stands for the value in help; empty for a flag
  std::string_view description;
  std::string_view short_name = {};  ///< -o
  std::optional<std::string> RawArguments::*one = nullptr;
  std::vector<std::string> RawArguments::*many = nullptr;
  bool RawArguments::*flag = nullptr;
  bool required = false;
};

struct VerbSpec {
  std::string_view name;  ///< `top`, or of two words: `rules check`
  std::string_view description;
  std::span<const ArgumentSpec> arguments;
  std::string_view examples;
  Result<Command> (*read)(const RawArguments&);
  std::string_view stray_hint = {};  ///< what to say of a word too many
};

/// A word that more verbs follow.
struct VerbGroup {
  std::string_view name;
  std::string_view description;
};

/// Every verb, in the order of the help.
std::span<const VerbSpec> verbs();

std::span<const VerbGroup> verb_groups();

}  // namespace sonde::cli
