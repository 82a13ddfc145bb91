#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "decode/types.h"

namespace sonde::decode {

/// Turns one record of bpf/include/wire/process.h into `into`. Nothing in a record is believed before it is checked.
/// Returns why the record is of no use, or nothing; `into` is unchanged then.
[[nodiscard]] std::optional<Reject> decode_process(std::span<const std::byte> record, ProcessEvent& into);

}  // namespace sonde::decode
