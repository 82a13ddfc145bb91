#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/types.h"

namespace sonde::protocol {

/// What became of the bytes a parser was given.
enum class Parse : std::uint8_t { kDone, kNeedMore, kBroken };

/// The header fields that decide where a message ends (RFC 9112 section 6).
struct BodyFields {
  std::uint64_t content_length = 0;
  bool has_length = false;
  bool bad_length = false;    ///< not a number, too big, or two that differ
  bool has_coding = false;    ///< Transfer-Encoding is present: it overrides Content-Length
  bool chunked_last = false;  ///< and its last coding is chunked
};

/// A request line and its header section (RFC 9112 sections 3 and 5).
/// shape: after kNeedMore the fields hold what was whole so far, so that a truncated head still tells something.
struct RequestHead {
  Parse outcome = Parse::kNeedMore;
  std::size_t size_bytes = 0;  ///< kDone: with the empty line
  HttpMethod method = HttpMethod::kOther;
  bool method_whole = false;
  bool path_whole = false;
  std::string_view path;  ///< without query, fragment, user and host; empty for authority-form
  BodyFields fields;
};

/// A status line and its header section (RFC 9112 sections 4 and 5).  shape: as RequestHead; status 0 until it is
/// whole.
struct ResponseHead {
  Parse outcome = Parse::kNeedMore;
  std::size_t size_bytes = 0;
  std::uint16_t status = 0;
  BodyFields fields;
};

/// Reads the request head that `text` starts with; lines may end in a bare LF (RFC 9112 section 2.2).
RequestHead parse_request_head(std::string_view text);

/// Reads the response head that `text` starts with; lines may end in a bare LF (RFC 9112 section 2.2).
ResponseHead parse_response_head(std::string_view text);

/// True if `text` starts with "HTTP/1." or is the beginning of that.
bool may_start_response(std::string_view text);

/// True if `text` is a token and a space, or the beginning of that: a cheap refusal of what is surely no request.
bool may_start_request(std::string_view text);

}  // namespace sonde::protocol
