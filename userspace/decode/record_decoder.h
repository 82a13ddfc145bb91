#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "decode/types.h"

namespace sonde::decode {

/// Records that were thrown away, by Reject.
using Rejects = std::array<std::uint64_t, static_cast<std::size_t>(Reject::kCount)>;

/// As exported in the label `reason`.
std::string_view name_of(Reject reject);

/// Turns one record of the wire (bpf/include/wire/traffic.h) into `into`, whose views point into `record`.
/// Live, replayed and fuzzed bytes enter here: nothing in a record is believed before it is checked.
/// Returns why the record is of no use, or nothing; `into` is unchanged then.
[[nodiscard]] std::optional<Reject> decode_record(std::span<const std::byte> record, Event& into);

}  // namespace sonde::decode
