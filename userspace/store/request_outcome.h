#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "measure/types.h"

namespace sonde::store {

enum class RequestOutcome : std::uint8_t { kFine, kClientError, kServerError };

/// How the requests of an HTTP series ended, by its labels; `client`: it is about what the service asked of others.
RequestOutcome outcome_of(std::span<const measure::Label> labels, bool client);

/// The service an HTTP series belongs to.
std::string service_of(std::span<const measure::Label> labels);

}  // namespace sonde::store
