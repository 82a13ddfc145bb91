#include "protocol/route.h"

#include <algorithm>
#include <utility>

namespace sonde::protocol {

namespace {

constexpr std::string_view kId = "{id}";
constexpr std::string_view kCut = "/...";
constexpr std::size_t kMinHashBytes = 8;
constexpr std::size_t kMinTokenBytes = 12;
constexpr std::size_t kMinDigitPoorTokenBytes = 24;
constexpr std::size_t kMaxExtensionBytes = 5;
constexpr std::size_t kDateBytes = 10;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_alphanumeric(char c) { return is_digit(c) || is_upper(c) || is_lower(c); }

bool all_of(std::string_view text, bool (*is)(char)) { return std::all_of(text.begin(), text.end(), is); }

/// True if `text` has the form of `picture`, in which x is a hexadecimal and 9 a decimal digit.
bool fits(std::string_view text, std::string_view picture) {
  return text.size() == picture.size() && std::equal(text.begin(), text.end(), picture.begin(), [](char c, char kind) {
           if (kind == 'x') return is_hex(c);
           return kind == '9' ? is_digit(c) : c == kind;
         });
}

bool is_hash(std::string_view text) {
  return text.size() >= kMinHashBytes && all_of(text, is_hex) && std::any_of(text.begin(), text.end(), is_digit);
}

/// A run of letters and digits no person would write: several digits, or both cases and a digit at some length.
bool is_token_run(std::string_view run) {
  const auto digits = std::count_if(run.begin(), run.end(), is_digit);
  if (run.size() >= kMinTokenBytes && digits >= 2) return true;
  return run.size() >= kMinDigitPoorTokenBytes && digits >= 1 && std::any_of(run.begin(), run.end(), is_upper) &&
         std::any_of(run.begin(), run.end(), is_lower);
}

// Words that hyphens join are runs of their own: "error-404-handling-in-2024" says what it is.
bool has_token_run(std::string_view text) {
  auto from = text.begin();
  while (from != text.end()) {
    const auto to = std::find_if_not(from, text.end(), is_alphanumeric);
    if (is_token_run({from, to})) return true;
    from = to == text.end() ? to : to + 1;
  }
  return false;
}

bool is_id(std::string_view segment) {
  if (segment.empty()) return false;
  if (all_of(segment, is_digit) || is_hash(segment)) return true;
  if (fits(segment, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") || fits(segment.substr(0, kDateBytes), "9999-99-99")) {
    return true;
  }
  return segment.find('@') != std::string_view::npos || has_token_run(segment);
}

/// Where the extension of a file name starts, its dot included; the size of `segment` if it has none.
std::size_t extension_of(std::string_view segment) {
  const std::size_t dot = segment.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return segment.size();
  const std::string_view extension = segment.substr(dot + 1);
  const bool plausible = !extension.empty() && extension.size() <= kMaxExtensionBytes &&
                         all_of(extension, is_alphanumeric) && !all_of(extension, is_digit);
  return plausible ? dot : segment.size();
}

/// Cuts the next segment that is not empty off the front of `path`.
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool has_more(std::string_view path) { return path.find_first_not_of('/') != std::string_view::npos; }

void append_segment(std::string_view segment, bool last, std::string& into) {
  // Parameters of a segment (RFC 3986 section 3.3) carry sessions and versions.
  segment = segment.substr(0, segment.find(';'));
  into += '/';
  if (last && segment.find('@') == std::string_view::npos) {
    const std::size_t dot = extension_of(segment);
    if (dot < segment.size()) {
      const std::string_view stem = segment.substr(0, dot);
      into += is_id(stem) ? kId : stem;
      into += segment.substr(dot);
      return;
    }
  }
  into += is_id(segment) ? kId : segment;
}

}  // namespace

void collapse_route(std::string_view path, std::string& into) {
  into.clear();
  if (path == "*") {
    into = path;
    return;
  }
  for (std::size_t count = 0; has_more(path); ++count) {
    const std::size_t before = into.size();
    const std::string_view segment = next_segment(path);
    const bool last = !has_more(path);
    if (count < kMaxRouteSegments) append_segment(segment, last, into);
    const std::size_t limit = last ? kMaxRouteBytes : kMaxRouteBytes - kCut.size();
    if (count < kMaxRouteSegments && into.size() <= limit) continue;
    into.resize(before);
    into += kCut;
    return;
  }
  if (into.empty()) into = "/";
}

Result<RouteTemplates> RouteTemplates::create(std::span<const std::string> templates) {
  RouteTemplates result;
  for (const std::string& text : templates) {
    const auto fault = [&text](const char* what) { return Error{Code::kBadInput, "route \"" + text + "\" " + what}; };
    if (text.empty() || text.front() != '/') return fault("must start with /, as in /users/{id}/orders");
    if (text.find_first_of("?#") != std::string::npos) return fault("must end before the query: leave out ? and #");
    if (text.size() > kMaxRouteBytes) return fault("is longer than 120 bytes: leave segments out at its end");
    Template row{text, {}};
    std::string_view rest = text;
    while (has_more(rest)) {
      const std::string_view segment = next_segment(rest);
      const bool any = segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
      if (!any && segment.find_first_of("{}") != std::string_view::npos) {
        return fault("has braces inside a segment: {name} stands for a whole segment, as in /users/{id}/orders");
      }
      row.segments.emplace_back(any ? std::string_view{} : segment);
    }
    result.templates_.push_back(std::move(row));
  }
  return result;
}

bool RouteTemplates::match(std::string_view path, std::string& into) const {
  const auto fits_template = [path](const Template& row) {
    std::string_view rest = path;
    for (const std::string& expected : row.segments) {
      const std::string_view segment = next_segment(rest);
      if (segment.empty() || (!expected.empty() && segment != expected)) return false;
    }
    return !has_more(rest);
  };
  const auto found = std::find_if(templates_.begin(), templates_.end(), fits_template);
  if (found == templates_.end() || path.empty()) return false;
  into = found->text;
  return true;
}

void find_route(const RouteTemplates& templates, std::string_view path, std::string& into) {
  if (!templates.match(path, into)) collapse_route(path, into);
}

}  // namespace sonde::protocol
