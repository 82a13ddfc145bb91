#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "base/nearest_word.h"
#include "base/utf8.h"
#include "cli/verbs.h"

namespace sonde::cli {
namespace {

constexpr int kUsage = 2;

/// The parser with everything it writes into, so that both live equally long.
struct Parser {
  CLI::App app{"Sonde measures the services of a Linux host from the kernel, without touching them."};
  RawArguments raw;
  bool version = false;
  std::map<std::string_view, CLI::App*> by_verb;
  std::map<std::string_view, CLI::App*> by_group;
};

/// Of `rules check`, `rules`; empty for a verb of one word.
std::string_view group_of(std::string_view verb) {
  const std::size_t blank = verb.find(' ');
  return blank == std::string_view::npos ? std::string_view() : verb.substr(0, blank);
}

void add_argument(CLI::App& verb, RawArguments& raw, const ArgumentSpec& spec) {
  const std::string name(spec.name);
  const std::string names = spec.short_name.empty() ? name : std::string(spec.short_name) + "," + name;
  const std::string description(spec.description);
  if (spec.flag != nullptr) {
    verb.add_flag(names, raw.*spec.flag, description);
    return;
  }
  CLI::Option* option = spec.one != nullptr ? verb.add_option(names, raw.*spec.one, description)
                                            : verb.add_option(names, raw.*spec.many, description);
  // A flag takes one value each time it stands there: `--only port:80 FILE` must not swallow FILE.
  if (spec.many != nullptr && name.starts_with("--")) option->allow_extra_args(false);
  const bool repeats = spec.many != nullptr;
  option->required(spec.required)->type_name(name.starts_with("--") ? std::string(spec.value) : "");
  if (repeats) option->option_text(name.starts_with("--") ? std::string(spec.value) + " ..." : "...");
}

void add_group(Parser& parser, const VerbGroup& group) {
  CLI::App* word = parser.app.add_subcommand(std::string(group.name), std::string(group.description));
  word->allow_extras();
  word->require_subcommand(0, 1);
  word->set_help_flag("-h,--help", "Show this help");
  std::string footer = "Examples:\n";
  for (const VerbSpec& spec : verbs()) {
    if (group_of(spec.name) == group.name)
      footer += std::string(spec.examples.substr(0, spec.examples.find('\n'))) + "\n";
  }
  word->footer(footer + "`sonde " + std::string(group.name) + " VERB --help` shows the flags of a verb.");
  parser.by_group[group.name] = word;
}

void add_verb(Parser& parser, const VerbSpec& spec) {
  const std::string_view group = group_of(spec.name);
  CLI::App& above = group.empty() ? parser.app : *parser.by_group.at(group);
  const std::string_view word = group.empty() ? spec.name : spec.name.substr(group.size() + 1);
  CLI::App* verb = above.add_subcommand(std::string(word), std::string(spec.description));
  verb->allow_extras();
  verb->set_help_flag("-h,--help", "Show this help");
  for (const ArgumentSpec& argument : spec.arguments) add_argument(*verb, parser.raw, argument);
  verb->footer("Examples:\n" + std::string(spec.examples));
  parser.by_verb[spec.name] = verb;
}

void build(Parser& parser) {
  CLI::App& app = parser.app;
  app.name("sonde");
  app.get_formatter()->column_width(28);
  // Left-over words are judged by name_stray_word, which knows what was meant.
  app.allow_extras();
  app.require_subcommand(0, 1);
  app.set_help_flag("-h,--help", "Show this help");
  app.add_flag("--version", parser.version, "Show the version");
  std::string footer = "Examples:\n";
  // A group stands where the first of its verbs does.
  for (const VerbSpec& spec : verbs()) {
    for (const VerbGroup& group : verb_groups()) {
      if (group.name == group_of(spec.name) && !parser.by_group.contains(group.name)) add_group(parser, group);
    }
    add_verb(parser, spec);
    footer += std::string(spec.examples.substr(0, spec.examples.find('\n'))) + "\n";
  }
  app.footer(footer + "`sonde VERB --help` shows the flags of a verb.");
}

/// CLI11's own words for a value too few or too many name types, not mistakes.
std::string describe(const CLI::Error& failure, const VerbSpec* verb) {
  const std::string what = failure.what();
  const std::string name = what.substr(0, what.find(':'));
  if (failure.get_name() == "ArgumentMismatch") {
    const bool missing = what.find("missing") != std::string::npos;
    return name + (missing ? " needs a value" : " is given more than once");
  }
  if (failure.get_name() == "RequiredError" && verb != nullptr) {
    const std::size_t start = verb->examples.find("sonde");
    const std::string_view example = verb->examples.substr(start, verb->examples.find('\n', start) - start);
    return what + ", as in `" + std::string(example) + "`";
  }
  return what;
}

ArgumentsExit wrong_usage(const std::string& what, std::string_view verb) {
  const std::string help = verb.empty() ? "sonde --help" : "sonde " + std::string(verb) + " --help";
  return ArgumentsExit{kUsage, "sonde: " + sanitise_utf8(what) + "\nSee `" + help + "`.\n", true};
}

std::vector<std::string> words_of(const VerbSpec* verb) {
  std::vector<std::string> words{"--help"};
  if (verb == nullptr) {
    words.emplace_back("--version");
    for (const VerbSpec& spec : verbs()) words.emplace_back(spec.name);
    for (const VerbGroup& group : verb_groups()) words.emplace_back(group.name);
    return words;
  }
  for (const ArgumentSpec& argument : verb->arguments) words.emplace_back(argument.name);
  return words;
}

/// Says what `word`, which no option took, was most likely meant to be.
std::string name_stray_word(const std::string& word, const VerbSpec* verb) {
  const bool is_flag = word.size() > 1 && word.front() == '-';
  const std::string name = word.substr(0, word.find('='));
  std::string what = is_flag           ? "unknown flag '" + name + "'"
                     : verb == nullptr ? "unknown verb '" + name + "'"
                                       : "unexpected argument '" + word + "'";
  const std::string nearest(nearest_word(name, words_of(verb)));
  if (!nearest.empty() && (is_flag || verb == nullptr)) return what + "; did you mean '" + nearest + "'?";
  if (verb != nullptr) return is_flag || verb->stray_hint.empty() ? what : what + "; " + std::string(verb->stray_hint);
  if (!is_flag) return what;
  for (const VerbSpec& spec : verbs()) {
    const std::vector<std::string> words = words_of(&spec);
    if (std::find(words.begin(), words.end(), name) == words.end()) continue;
    return what + "; flags follow their verb, as in `sonde " + std::string(spec.name) + " " + name + "`";
  }
  return what;
}

const VerbGroup* chosen_group(const Parser& parser) {
  for (const VerbGroup& group : verb_groups()) {
    if (parser.by_group.at(group.name)->parsed()) return &group;
  }
  return nullptr;
}

/// A group of verbs without one of them, or with a word between.
ArgumentsExit group_alone(const Parser& parser, const VerbGroup& group) {
  const CLI::App* word = parser.by_group.at(group.name);
  const std::vector<std::string> strays = word->remaining();
  if (strays.empty()) return ArgumentsExit{kUsage, parser.app.help(), true};
  const bool is_flag = strays.front().starts_with("-");
  return wrong_usage(
      name_stray_word(is_flag ? strays.front() : std::string(group.name) + " " + strays.front(), nullptr), group.name);
}

const VerbSpec* chosen_verb(const Parser& parser) {
  for (const VerbSpec& spec : verbs()) {
    if (parser.by_verb.at(spec.name)->parsed()) return &spec;
  }
  return nullptr;
}

Expected<Command, ArgumentsExit> read_command(Parser& parser) {
  const VerbSpec* verb = chosen_verb(parser);
  const std::vector<std::string> before_verb = parser.app.remaining();
  if (!before_verb.empty()) return wrong_usage(name_stray_word(before_verb.front(), nullptr), "");
  if (parser.version) return Command{VersionCommand{}};
  const VerbGroup* group = chosen_group(parser);
  if (group != nullptr && (verb == nullptr || !parser.by_group.at(group->name)->remaining().empty())) {
    return group_alone(parser, *group);
  }
  if (verb == nullptr) return ArgumentsExit{kUsage, parser.app.help(), true};
  std::vector<std::string> strays = parser.by_verb.at(verb->name)->remaining();
  std::erase(strays, "--");
  if (!strays.empty()) return wrong_usage(name_stray_word(strays.front(), verb), verb->name);
  auto command = verb->read(parser.raw);
  if (!command) return wrong_usage(command.error().what, verb->name);
  return *std::move(command);
}

}  // namespace

Expected<Command, ArgumentsExit> parse_arguments(int argc, const char* const* argv) {
  Parser parser;
  try {
    build(parser);
    // CLI11 takes the words last first.
    std::vector<std::string> words;
    for (int index = argc - 1; index > 0; --index) words.emplace_back(argv[index]);
    parser.app.parse(words);
    return read_command(parser);
  } catch (const CLI::CallForHelp&) {
    return ArgumentsExit{0, parser.app.help(), false};
  } catch (const CLI::Error& failure) {
    const VerbSpec* verb = chosen_verb(parser);
    return wrong_usage(describe(failure, verb), verb == nullptr ? "" : verb->name);
  }
}

}  // namespace sonde::cli
