#include <array>
#include <cstddef>

#include "protocol/types.h"

namespace sonde::protocol {

namespace {

// Each table is in the order of its enum; a row too few or too many does not compile.
template <class Enum, std::size_t kRows>
std::string_view row_of(const std::array<std::string_view, kRows>& table, Enum value) {
  static_assert(kRows == static_cast<std::size_t>(Enum::kCount), "every value needs one name");
  const auto row = static_cast<std::size_t>(value);
  return row < kRows ? table[row] : std::string_view{};
}

// OpenTelemetry semantic conventions, http.request.method: other methods are reported as _OTHER.
constexpr std::array<std::string_view, 10> kMethodNames{"CONNECT", "DELETE", "GET", "HEAD",  "OPTIONS",
                                                        "PATCH",   "POST",   "PUT", "TRACE", "_OTHER"};

constexpr std::array<std::string_view, 5> kErrorNames{"", "connection_reset", "connection_closed", "timeout",
                                                      "bad_response"};

constexpr std::array<std::string_view, 7> kLossNames{"record_gap",         "head_truncated", "unmatched_response",
                                                     "unanswered_request", "malformed",      "too_many_connections",
                                                     "too_many_pending"};

// An array filled from too short a list would end in empty names.
static_assert(kMethodNames.back() == "_OTHER" && kErrorNames.back() == "bad_response" &&
              kLossNames.back() == "too_many_pending");

}  // namespace

std::string_view name_of(HttpMethod method) { return row_of(kMethodNames, method); }

std::string_view name_of(ExchangeError error) { return row_of(kErrorNames, error); }

std::string_view name_of(ProtocolLoss loss) { return row_of(kLossNames, loss); }

}  // namespace sonde::protocol
