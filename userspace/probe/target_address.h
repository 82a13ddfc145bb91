#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "probe/resolver.h"
#include "probe/types.h"

namespace sonde::probe {

/// The port of a kind where the address names none; 0: it must.
std::uint16_t default_port(ProbeKind kind);

/// The host of a URL, HOST:PORT, or HOST, as it may be repeated; of IPv6 with its brackets.
std::string shown_host(std::string_view address);

/// Whom the address HOST, HOST:PORT, [IPv6] or [IPv6]:PORT of a target means.
Question question_of(const ProbeTarget& target);

}  // namespace sonde::probe
