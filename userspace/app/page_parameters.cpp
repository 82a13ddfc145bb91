#include "app/page_parameters.h"

#include <charconv>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "base/utf8.h"

namespace sonde::app {
namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

}  // namespace

Result<std::int64_t> read_id(const serve::Parameters& query, std::string_view name, std::int64_t otherwise) {
  const std::string* const text = query.find(name);
  if (text == nullptr || text->empty()) return otherwise;
  if (const auto number = whole_number(*text)) return *number;
  return Error{Code::kBadInput, std::string(name) + ": must be a whole number"};
}

Result<std::size_t> read_limit(const serve::Parameters& query, std::size_t otherwise, std::size_t most) {
  const std::int64_t limit = SONDE_TRY(read_id(query, "limit", static_cast<std::int64_t>(otherwise)));
  if (limit >= 1 && static_cast<std::size_t>(limit) <= most) return static_cast<std::size_t>(limit);
  return Error{Code::kBadInput, "limit: must be from 1 to " + std::to_string(most)};
}

Result<bool> read_flag(const serve::Parameters& query, std::string_view name) {
  const std::string* const text = query.find(name);
  if (text == nullptr || *text == "false") return false;
  if (text->empty() || *text == "true") return true;
  return Error{Code::kBadInput, std::string(name) + ": must be true or false"};
}

Result<std::int64_t> id_of(const std::string& part, const std::string& noun) {
  if (const auto number = whole_number(part); number && *number > 0) return *number;
  return Error{Code::kNotFound,
               "there is no " + noun + " '" + sanitise_utf8(part) + "': they have numbers, such as 12"};
}

unsigned http_status(Code code) {
  switch (code) {
    case Code::kBadInput:
    case Code::kBadConfig:
      return 400;
    case Code::kPermission:
      return 403;
    case Code::kNotFound:
      return 404;
    case Code::kConflict:
      return 409;
    case Code::kStale:
      return 412;
    case Code::kUnsupported:
      return 501;
    case Code::kLimit:
      return 503;
    case Code::kIo:
      return 500;
  }
  std::abort();
}

serve::HttpResponse problem_of(const Error& error) {
  return serve::problem_response(http_status(error.code), error.what);
}

}  // namespace sonde::app
