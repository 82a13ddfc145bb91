#include "promql/skip_list.h"

#include <algorithm>
#include <utility>

namespace sonde::test {

Result<SkipList> SkipList::parse(std::string_view text) {
  static const RE2 form(R"((query|result|error|series)\s+(.+?)\s+\|\s+(.+))");
  SkipList list;
  list.text_ = std::string(text);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.starts_with('#')) continue;
    Entry entry;
    const bool formed = RE2::FullMatch(line, form, &entry.subject, &entry.pattern, &entry.reason);
    if (formed) entry.regex = std::make_shared<const RE2>(entry.pattern, RE2::Quiet);
    if (!formed || !entry.regex->ok()) {
      return Error{Code::kBadInput, "line " + std::to_string(number) + " is not of the form 'query PATTERN | reason'"};
    }
    list.entries_.push_back(std::move(entry));
  }
  return list;
}

std::optional<std::string> SkipList::find(std::string_view subject, const std::string& text) const {
  for (const Entry& entry : entries_) {
    if (entry.subject == subject && RE2::PartialMatch(text, *entry.regex)) return entry.reason;
  }
  return std::nullopt;
}

std::optional<std::string> SkipList::reason_for(const std::string& query, const std::string& lines) const {
  if (auto reason = find("query", query)) return reason;
  return find("result", lines.substr(std::min(lines.find('\n'), lines.size())));
}

std::optional<std::string> SkipList::reason_for_error(const std::string& error) const { return find("error", error); }

std::string SkipList::reason_for_series(std::string_view kind) const {
  for (const Entry& entry : entries_) {
    if (entry.subject == "series" && entry.pattern == kind) return entry.reason;
  }
  return "reads series of the kind " + std::string(kind);
}

}  // namespace sonde::test
