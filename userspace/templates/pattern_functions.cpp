#include <re2/re2.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "templates/functions.h"
#include "templates/rune.h"

namespace sonde::templates {
namespace {

constexpr int kMaxPatternMemory = 1 << 20;

// A search may take time in proportion to the text and to the pattern's program.
constexpr std::size_t kWorkPerStep = 4096;
constexpr std::size_t kWorkPerStepOfMatch = 16384;

using Groups = std::vector<re2::StringPiece>;

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

Expected<std::unique_ptr<re2::RE2>, Complaint> compile(const std::string& pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxPatternMemory);
  auto compiled = std::make_unique<re2::RE2>(pattern, options);
  if (compiled->ok()) return compiled;
  return Complaint{"error parsing regexp: " + compiled->error() + " in `" + pattern + "`"};
}

bool is_name_letter(char letter) {
  return letter == '_' || is_letter_or_digit(static_cast<unsigned char>(letter) < 0x80 ? letter : U' ');
}

/// The text of the group that a replacement names: a number, or a name of the pattern.
std::string_view group_text(const re2::RE2& pattern, const Groups& groups, std::string_view name) {
  const bool is_number = name.find_first_not_of("0123456789") == std::string_view::npos && name.size() < 6;
  std::size_t at = groups.size();
  if (is_number) {
    at = std::stoul(std::string(name));
  } else if (const auto found = pattern.NamedCapturingGroups().find(std::string(name));
             found != pattern.NamedCapturingGroups().end()) {
    at = static_cast<std::size_t>(found->second);
  }
  if (at >= groups.size() || groups[at].data() == nullptr) return "";
  return {groups[at].data(), groups[at].size()};
}

/// The name behind a `$`, `$name` or `${name}`; takes it off the text. Empty if there is none.
std::string_view take_name(std::string_view& rest) {
  const bool braced = rest.starts_with('{');
  const std::string_view inside = rest.substr(braced ? 1 : 0);
  const std::size_t length =
      static_cast<std::size_t>(std::find_if_not(inside.begin(), inside.end(), &is_name_letter) - inside.begin());
  if (length == 0 || (braced && !inside.substr(length).starts_with('}'))) return "";
  rest.remove_prefix(length + (braced ? 2 : 0));
  return inside.substr(0, length);
}

/// Writes a replacement as Go's regexp.Expand does: `$1`, `${name}`, `$$`; another `$` stands for itself.
void expand(std::string& out, const re2::RE2& pattern, const Groups& groups, std::string_view replacement) {
  while (!replacement.empty()) {
    const std::size_t dollar = std::min(replacement.find('$'), replacement.size());
    out += replacement.substr(0, dollar);
    replacement.remove_prefix(dollar);
    if (replacement.empty()) return;
    replacement.remove_prefix(1);
    if (replacement.starts_with('$')) {
      out += '$';
      replacement.remove_prefix(1);
      continue;
    }
    const std::string_view name = take_name(replacement);
    if (name.empty()) {
      out += '$';
    } else {
      out += group_text(pattern, groups, name);
    }
  }
}

Expected<Ok, Complaint> spend(Budget& budget, const re2::RE2& pattern, std::size_t bytes, std::size_t work_per_step) {
  const auto work = bytes * static_cast<std::size_t>(std::max(1, pattern.ProgramSize()));
  if (budget.spend(1 + work / work_per_step)) return Ok{};
  return Complaint{"too much text for such a pattern"};
}

struct Replacing {
  const re2::RE2& pattern;
  std::string_view text;
  std::string_view replacement;
  Budget& budget;
};

Answer replace_all(const Replacing& task) {
  Groups groups(static_cast<std::size_t>(task.pattern.NumberOfCapturingGroups()) + 1);
  std::string out;
  std::size_t copied = 0;  // up to where the text is in `out`
  std::size_t search = 0;
  while (search <= task.text.size() && out.size() <= kTemplateLimits.output_bytes) {
    const bool found = task.pattern.Match(piece(task.text), search, task.text.size(), re2::RE2::UNANCHORED,
                                          groups.data(), static_cast<int>(groups.size()));
    if (!found) break;
    SONDE_TRY(spend(task.budget, task.pattern, task.text.size() - search, kWorkPerStepOfMatch));
    const auto begin = static_cast<std::size_t>(groups[0].data() - task.text.data());
    const std::size_t end = begin + groups[0].size();
    out += task.text.substr(copied, begin - copied);
    // An empty match right behind another is none (regexp.ReplaceAll).
    if (end > copied || begin == 0) expand(out, task.pattern, groups, task.replacement);
    copied = end;
    const bool more = search < task.text.size();
    const std::size_t next = more ? search + decode_rune(task.text.substr(search)).bytes : search + 1;
    search = std::max(end, next);
  }
  out += task.text.substr(std::min(copied, task.text.size()));
  if (out.size() > kTemplateLimits.output_bytes) return Complaint{"the text becomes too long"};
  return make_text(std::move(out));
}

}  // namespace

Answer run_match(const CallContext& context, Arguments arguments) {
  const std::string& text = text_of(arguments[1]);
  const auto pattern = SONDE_TRY(compile(text_of(arguments[0])));
  SONDE_TRY(spend(context.budget, *pattern, text.size(), kWorkPerStep));
  return Value{re2::RE2::PartialMatch(text, *pattern)};
}

Answer run_replace_all(const CallContext& context, Arguments arguments) {
  const std::string& text = text_of(arguments[2]);
  const auto pattern = SONDE_TRY(compile(text_of(arguments[0])));
  SONDE_TRY(spend(context.budget, *pattern, text.size(), kWorkPerStep));
  return replace_all({*pattern, text, text_of(arguments[1]), context.budget});
}

}  // namespace sonde::templates
