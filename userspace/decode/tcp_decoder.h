#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "decode/types.h"

namespace sonde::decode {

/// Turns one record of bpf/include/wire/tcp.h into `into`. Nothing in a record is believed before it is checked.
/// Returns why the record is of no use, or nothing; `into` is unchanged then. Makes no allocation once `into` has room.
[[nodiscard]] std::optional<Reject> decode_tcp(std::span<const std::byte> record, TcpSample& into);

}  // namespace sonde::decode
