#include "protocol/http1_head.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace sonde::protocol {

namespace {

constexpr std::string_view kVersion = "HTTP/1.";
constexpr std::size_t kVersionBytes = kVersion.size() + 1;
constexpr std::size_t kStatusLineBytes = kVersionBytes + 4;
constexpr std::size_t kMaxMethodBytes = 32;

constexpr std::array<bool, 256> kTokenBytes = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view{"!#$%&'*+-.^_`|~0123456789"}) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

struct MethodName {
  std::string_view name;
  HttpMethod method;
};

constexpr std::array kMethods{MethodName{"GET", HttpMethod::kGet},         MethodName{"POST", HttpMethod::kPost},
                              MethodName{"HEAD", HttpMethod::kHead},       MethodName{"PUT", HttpMethod::kPut},
                              MethodName{"DELETE", HttpMethod::kDelete},   MethodName{"PATCH", HttpMethod::kPatch},
                              MethodName{"OPTIONS", HttpMethod::kOptions}, MethodName{"CONNECT", HttpMethod::kConnect},
                              MethodName{"TRACE", HttpMethod::kTrace}};
static_assert(kMethods.size() + 1 == static_cast<std::size_t>(HttpMethod::kCount), "every method but kOther");

HttpMethod method_of(std::string_view token) {
  for (const MethodName& row : kMethods) {
    if (row.name == token) return row.method;
  }
  return HttpMethod::kOther;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Folded lines leave their line ends inside a value.
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() &&
         std::equal(text.begin(), text.end(), lower_case.begin(), [](char a, char b) { return lowered(a) == b; });
}

/// Cuts the part before the next comma off the front of `list`.
std::string_view next_element(std::string_view& list) {
  const std::size_t comma = std::min(list.find(','), list.size());
  const std::string_view element = trimmed(list.substr(0, comma));
  list.remove_prefix(std::min(comma + 1, list.size()));
  return element;
}

bool parse_number(std::string_view digits, std::uint64_t& number) {
  constexpr std::uint64_t kLimit = std::numeric_limits<std::int64_t>::max() / 10 - 1;
  number = 0;
  for (const char c : digits) {
    if (!is_digit(c) || number > kLimit) return false;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return !digits.empty();
}

// RFC 9112 section 6.3 item 5: a list of equal values is one value, anything else makes the framing invalid.
void read_content_length(std::string_view value, BodyFields& fields) {
  do {
    std::uint64_t number = 0;
    if (!parse_number(next_element(value), number) || (fields.has_length && number != fields.content_length)) {
      fields.bad_length = true;
      return;
    }
    fields.content_length = number;
    fields.has_length = true;
  } while (!value.empty());
}

void read_transfer_encoding(std::string_view value, BodyFields& fields) {
  fields.has_coding = true;
  while (!value.empty()) {
    const std::string_view element = next_element(value);
    const std::string_view coding = trimmed(element.substr(0, element.find(';')));
    if (!coding.empty()) fields.chunked_last = equals_ignoring_case(coding, "chunked");
  }
}

bool has_name(std::string_view line, std::string_view lower_case, std::string_view& value) {
  const std::size_t last = lower_case.size() - 1;
  // The last byte tells most other names apart, the first one having been looked at.
  if (line.size() <= lower_case.size() || lowered(line[last]) != lower_case[last]) return false;
  if (!equals_ignoring_case(line.substr(0, lower_case.size()), lower_case)) return false;
  line = trimmed(line.substr(lower_case.size()));
  if (line.empty() || line.front() != ':') return false;
  value = line.substr(1);
  return true;
}

void read_field(std::string_view line, BodyFields& fields) {
  std::string_view value;
  if (has_name(line, "content-length", value)) return read_content_length(value, fields);
  if (has_name(line, "transfer-encoding", value)) read_transfer_encoding(value, fields);
}

const char* line_end(const char* from, const char* end) {
  return from == end ? nullptr
                     : static_cast<const char*>(std::memchr(from, '\n', static_cast<std::size_t>(end - from)));
}

/// Moves `newline` over the lines that continue its own.  shape: nullptr if the last of them is not whole.
const char* last_folded_line_end(const char* newline, const char* end) {
  // obs-fold (RFC 9112 section 5.2): a line that starts with a blank continues the value.
  while (newline != nullptr && newline + 1 != end && (newline[1] == ' ' || newline[1] == '\t')) {
    newline = line_end(newline + 1, end);
  }
  return newline;
}

/// Reads header lines from `at` up to the empty one.  shape: the size of the head, or 0 if it is not whole.
std::size_t read_fields(std::string_view text, std::size_t at, BodyFields& fields) {
  const char* const end = text.data() + text.size();
  const char* line = text.data() + at;
  while (const char* newline = line_end(line, end)) {
    if (newline == line || (newline == line + 1 && *line == '\r')) {
      return static_cast<std::size_t>(newline + 1 - text.data());
    }
    const char first = lowered(*line);
    if (first == 'c' || first == 't') {
      newline = last_folded_line_end(newline, end);
      if (newline == nullptr) return 0;
      read_field({line, static_cast<std::size_t>(newline - line)}, fields);
    }
    line = newline + 1;
  }
  return 0;
}

// Not find_first_of(), which calls memchr() for every byte.
std::size_t path_end(std::string_view target) {
  const auto ends = [](char c) { return c == '?' || c == '#'; };
  return static_cast<std::size_t>(std::find_if(target.begin(), target.end(), ends) - target.begin());
}

// RFC 9112 section 3.2. What is none of the four forms could be an authority, which is never kept.
std::string_view path_of(std::string_view target) {
  if (target == "*") return target;
  if (target.front() != '/') {
    const std::size_t scheme_end = target.find("://");
    if (scheme_end == std::string_view::npos || scheme_end > path_end(target)) return {};
    target.remove_prefix(scheme_end + 3);
    const std::size_t start = target.find_first_of("/?#");
    if (start == std::string_view::npos || target[start] != '/') return "/";
    target.remove_prefix(start);
  }
  return target.substr(0, path_end(target));
}

bool is_control(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; }

bool version_fits(std::string_view text) {
  const std::size_t known = std::min(text.size(), kVersion.size());
  if (text.substr(0, known) != kVersion.substr(0, known)) return false;
  return text.size() <= kVersion.size() || is_digit(text[kVersion.size()]);
}

/// Reads what follows the method.  shape: `rest` lacks its line end; kNeedMore unless `whole`.
Parse read_target(std::string_view rest, bool whole, RequestHead& head) {
  const std::size_t space = rest.find(' ');
  const std::string_view target = rest.substr(0, space);
  if (std::any_of(target.begin(), target.end(), is_control)) return Parse::kBroken;
  const bool ended = space != std::string_view::npos;
  if (ended && target.empty()) return Parse::kBroken;
  head.path_whole = ended || path_end(target) < target.size();
  if (head.path_whole) head.path = path_of(target);
  if (!ended) return whole ? Parse::kBroken : Parse::kNeedMore;
  const std::string_view version = rest.substr(space + 1);
  if (!version_fits(version) || version.size() > kVersionBytes) return Parse::kBroken;
  if (!whole) return Parse::kNeedMore;
  return version.size() == kVersionBytes ? Parse::kDone : Parse::kBroken;
}

Parse read_request_line(std::string_view line, bool whole, RequestHead& head) {
  std::size_t method_bytes = 0;
  while (method_bytes < line.size() && kTokenBytes[static_cast<unsigned char>(line[method_bytes])]) ++method_bytes;
  if (method_bytes > kMaxMethodBytes) return Parse::kBroken;
  if (method_bytes == line.size()) return whole ? Parse::kBroken : Parse::kNeedMore;
  if (method_bytes == 0 || line[method_bytes] != ' ') return Parse::kBroken;
  head.method = method_of(line.substr(0, method_bytes));
  head.method_whole = true;
  return read_target(line.substr(method_bytes + 1), whole, head);
}

Parse read_status_line(std::string_view line, bool whole, ResponseHead& head) {
  if (!version_fits(line)) return Parse::kBroken;
  for (std::size_t i = kVersionBytes; i < std::min(line.size(), kStatusLineBytes); ++i) {
    if (i == kVersionBytes ? line[i] != ' ' : !is_digit(line[i])) return Parse::kBroken;
  }
  if (line.size() < kStatusLineBytes) return whole ? Parse::kBroken : Parse::kNeedMore;
  if (line.size() > kStatusLineBytes && line[kStatusLineBytes] != ' ') return Parse::kBroken;
  const char* const digits = line.data() + kVersionBytes + 1;
  const int status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
  if (status < 100) return Parse::kBroken;
  head.status = static_cast<std::uint16_t>(status);
  return whole ? Parse::kDone : Parse::kNeedMore;
}

template <class Head, class ReadLine>
Head parse_head(std::string_view text, ReadLine read_line) {
  Head head;
  const char* const newline = line_end(text.data(), text.data() + text.size());
  const bool whole = newline != nullptr;
  const std::size_t line_bytes = whole ? static_cast<std::size_t>(newline - text.data()) : text.size();
  std::string_view line = text.substr(0, line_bytes);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  head.outcome = read_line(line, whole, head);
  if (head.outcome != Parse::kDone) return head;
  head.size_bytes = read_fields(text, line_bytes + 1, head.fields);
  if (head.size_bytes == 0) head.outcome = Parse::kNeedMore;
  return head;
}

}  // namespace

RequestHead parse_request_head(std::string_view text) { return parse_head<RequestHead>(text, read_request_line); }

ResponseHead parse_response_head(std::string_view text) { return parse_head<ResponseHead>(text, read_status_line); }

bool may_start_response(std::string_view text) { return version_fits(text.substr(0, kVersion.size())); }

bool may_start_request(std::string_view text) {
  const std::size_t looked_at = std::min(text.size(), kMaxMethodBytes + 1);
  for (std::size_t i = 0; i < looked_at; ++i) {
    if (!kTokenBytes[static_cast<unsigned char>(text[i])]) return i > 0 && text[i] == ' ';
  }
  return looked_at <= kMaxMethodBytes;
}

}  // namespace sonde::protocol
