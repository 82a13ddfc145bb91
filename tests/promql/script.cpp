#include "promql/script.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "promql/literals.h"
#include "promql/parser.h"

namespace sonde::test {
namespace {

using StringPieces = std::vector<std::string>;

/// The groups of a pattern that matches the whole text; empty if it does not.
StringPieces match(const RE2& pattern, const std::string& text) {
  StringPieces groups(static_cast<std::size_t>(pattern.NumberOfCapturingGroups()));
  std::vector<RE2::Arg> arguments(groups.size());
  std::vector<const RE2::Arg*> pointers;
  for (std::size_t index = 0; index < groups.size(); ++index) {
    arguments[index] = RE2::Arg(&groups[index]);
    pointers.push_back(&arguments[index]);
  }
  if (!RE2::FullMatchN(text, pattern, pointers.data(), static_cast<int>(pointers.size()))) return {};
  return groups;
}

std::string trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return std::string(line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1));
}

/// The lines without what surrounds them; comments become empty.
std::vector<std::string> read_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string line = trimmed(text.substr(0, end));
    if (line.starts_with('#')) line.clear();
    lines.push_back(std::move(line));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// units: milliseconds.
Result<std::int64_t> parse_time(const std::string& text) {
  if (text == "0" || text.empty()) return std::int64_t{0};
  const bool negative = text.starts_with('-');
  const auto nanoseconds = promql::parse_duration_literal(std::string_view(text).substr(negative ? 1 : 0));
  if (!nanoseconds) return Error{Code::kBadInput, nanoseconds.error()};
  return (negative ? -*nanoseconds : *nanoseconds) / 1'000'000;
}

Result<std::string> parse_text(const std::string& line) {
  const auto literal = promql::parse(line);
  const auto* const parsed = literal ? std::get_if<promql::StringLiteral>(&(*literal)->node) : nullptr;
  if (parsed == nullptr) return Error{Code::kBadInput, "a text in quotes is missing"};
  return parsed->value;
}

Result<TextPattern> parse_pattern(const std::string& kind, const std::string& text) {
  if (kind.empty()) return TextPattern{};
  if (kind == "msg") return TextPattern{trimmed(text), nullptr};
  auto regex = std::make_shared<const RE2>(trimmed(text), RE2::Quiet);
  if (!regex->ok()) return Error{Code::kBadInput, "this is no regular expression: " + trimmed(text)};
  return TextPattern{std::nullopt, std::move(regex)};
}

/// `expect warn regex: ...`
Result<Ok> parse_expect(const std::string& line, EvalCommand& eval) {
  static const RE2 pattern(R"(expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?)");
  const StringPieces parts = match(pattern, line);
  if (parts.empty()) return Error{Code::kBadInput, "nothing like this can be expected"};
  TextPattern text = SONDE_TRY(parse_pattern(parts[1], parts[2]));
  const std::string& what = parts[0];
  if (what == "ordered") eval.ordered = true;
  if (what == "no_warn") eval.no_warnings = true;
  if (what == "no_info") eval.no_infos = true;
  if (what == "warn") eval.warnings.push_back(std::move(text));
  if (what == "info") eval.infos.push_back(std::move(text));
  if (what != "fail") return Ok{};
  eval.fails = true;
  eval.failures.push_back(std::move(text));
  return Ok{};
}

/// `expect range vector from 10s to 1m step 10s`
Result<Ok> parse_range_vector(const std::string& line, EvalCommand& eval) {
  static const RE2 pattern(R"(expect range vector\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+))");
  const StringPieces parts = match(pattern, line);
  if (parts.empty()) return Error{Code::kBadInput, "this is no range vector"};
  eval.is_range_vector = true;
  eval.range_start_ms = SONDE_TRY(parse_time(parts[0]));
  eval.range_step_ms = SONDE_TRY(parse_time(parts[2]));
  return Ok{};
}

/// The deprecated forms `expected_fail_message ...` and `expected_fail_regexp ...`.
Result<bool> parse_old_failure(const std::string& line, EvalCommand& eval) {
  static const RE2 pattern(R"(expected_fail_(message|regexp)(.*))");
  const StringPieces parts = match(pattern, line);
  if (parts.empty()) return false;
  eval.failures.push_back(SONDE_TRY(parse_pattern(parts[0] == "message" ? "msg" : "regex", parts[1])));
  return true;
}

Result<Ok> parse_expectation(const std::string& line, EvalCommand& eval) {
  constexpr std::string_view kString = "expect string";
  if (SONDE_TRY(parse_old_failure(line, eval))) return Ok{};
  if (line.starts_with("expect range vector")) return parse_range_vector(line, eval);
  if (line.starts_with(kString)) {
    eval.text = SONDE_TRY(parse_text(trimmed(line.substr(kString.size()))));
    return Ok{};
  }
  if (line.starts_with("expect ") || line.starts_with("expect\t")) return parse_expect(line, eval);
  if (const Result<double> number = promql::parse_signed_number(line)) {
    eval.scalar = *number;
    return Ok{};
  }
  eval.series.push_back(SONDE_TRY(promql::parse_series_line(line)));
  const bool instant = eval.step_ms == 0 && !eval.is_range_vector;
  if (instant && eval.series.back().points.size() != 1) {
    return Error{Code::kBadInput, "an instant query gives one value for each series"};
  }
  return Ok{};
}

void apply_modifier(const std::string& modifier, EvalCommand& eval) {
  if (modifier == "ordered") eval.ordered = true;
  if (modifier == "fail") eval.fails = true;
  if (modifier == "warn") eval.warnings.emplace_back();
  if (modifier == "info") eval.infos.emplace_back();
}

Result<Ok> parse_head(const std::string& line, EvalCommand& eval) {
  static const RE2 instant(R"(eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+))");
  static const RE2 range(R"(eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+))");
  if (const StringPieces parts = match(instant, line); !parts.empty()) {
    eval.start_ms = SONDE_TRY(parse_time(parts[1]));
    eval.end_ms = eval.start_ms;
    eval.expression = parts[2];
    apply_modifier(parts[0], eval);
    return Ok{};
  }
  const StringPieces parts = match(range, line);
  if (parts.empty()) return Error{Code::kBadInput, "this is neither an instant query nor one over a range"};
  eval.start_ms = SONDE_TRY(parse_time(parts[1]));
  eval.end_ms = SONDE_TRY(parse_time(parts[2]));
  eval.step_ms = SONDE_TRY(parse_time(parts[3]));
  eval.expression = parts[4];
  apply_modifier(parts[0], eval);
  if (eval.step_ms <= 0 || eval.end_ms < eval.start_ms) return Error{Code::kBadInput, "this is no range of time"};
  return Ok{};
}

Result<EvalCommand> parse_eval(const std::vector<std::string>& lines) {
  EvalCommand eval;
  SONDE_TRY(parse_head(lines.front(), eval));
  for (std::size_t index = 1; index < lines.size(); ++index) SONDE_TRY(parse_expectation(lines[index], eval));
  return eval;
}

/// The labels of `metric{...}@st 1m 2m`, if the line gives start times.
std::optional<std::string> start_time_series(const std::string& line) {
  const std::string first = line.substr(0, line.find_first_of(" \t"));
  if (!first.ends_with("@st")) return std::nullopt;
  return first.substr(0, first.size() - 3);
}

Result<LoadCommand> parse_load(const std::vector<std::string>& lines) {
  static const RE2 pattern(R"(load(?:_(with_nhcb))?\s+(.+))");
  const StringPieces parts = match(pattern, lines.front());
  if (parts.empty()) return Error{Code::kBadInput, "this is no load command"};
  LoadCommand load;
  load.with_native_histograms = !parts[0].empty();
  load.step_ms = SONDE_TRY(parse_time(parts[1]));
  for (std::size_t index = 1; index < lines.size(); ++index) {
    if (const auto started = start_time_series(lines[index])) {
      load.with_start_times.push_back(SONDE_TRY(promql::parse_series_line(*started)).labels);
    } else {
      load.series.push_back(SONDE_TRY(promql::parse_series_line(lines[index])));
    }
  }
  return load;
}

Command broken(const Error& error, bool was_eval) {
  Command command;
  command.kind = CommandKind::kBroken;
  command.error = error.what;
  command.was_eval = was_eval;
  return command;
}

Command parse_command(const std::vector<std::string>& lines) {
  Command command;
  const std::string& head = lines.front();
  if (head == "clear" && lines.size() == 1) return command;
  if (head.starts_with("load")) {
    command.kind = CommandKind::kLoad;
    Result<LoadCommand> load = parse_load(lines);
    if (!load) return broken(load.error(), false);
    command.load = *std::move(load);
    return command;
  }
  if (!head.starts_with("eval")) return broken(Error{Code::kBadInput, "there is no such command"}, false);
  command.kind = CommandKind::kEval;
  Result<EvalCommand> eval = parse_eval(lines);
  if (!eval) return broken(eval.error(), true);
  command.eval = *std::move(eval);
  return command;
}

bool begins_command(const std::string& line) {
  static const RE2 pattern(R"((clear|load(_with_nhcb)?\s.*|eval(_\w+)?\s+(instant|range)\s.*))");
  return RE2::FullMatch(line, pattern);
}

/// A command ends before the next empty line or the next command.
std::size_t end_of_command(const std::vector<std::string>& lines, std::size_t begin) {
  const auto first = lines.begin() + static_cast<std::ptrdiff_t>(begin) + 1;
  const auto end =
      std::find_if(first, lines.end(), [](const std::string& line) { return line.empty() || begins_command(line); });
  return static_cast<std::size_t>(end - lines.begin());
}

}  // namespace

bool TextPattern::matches(const std::string& text) const {
  if (message) return text == *message;
  return regex == nullptr || RE2::PartialMatch(text, *regex);
}

std::vector<Command> parse_script(std::string_view text) {
  const std::vector<std::string> lines = read_lines(text);
  std::vector<Command> commands;
  for (std::size_t begin = 0; begin < lines.size();) {
    if (lines[begin].empty()) {
      ++begin;
      continue;
    }
    const std::size_t end = end_of_command(lines, begin);
    const std::vector<std::string> own(lines.begin() + static_cast<std::ptrdiff_t>(begin),
                                       lines.begin() + static_cast<std::ptrdiff_t>(end));
    commands.push_back(parse_command(own));
    commands.back().line = begin + 1;
    for (const std::string& line : own) commands.back().eval.lines += line + '\n';
    begin = end;
  }
  return commands;
}

}  // namespace sonde::test
