#pragma once

#include <arpa/nameser.h>

#include <string>

namespace sonde::probe {

/// A record as a line of a zone file (RFC 1035 section 5.1), its fields apart by tabs as blackbox_exporter has them:
/// NAME TTL CLASS TYPE DATA. What is in no form that is known here, or not in that of its type, is written as RFC 3597
/// has it: \# LENGTH HEXADECIMAL. The text is ASCII.
/// shape: `record` was read from `message` by ns_parserr.
std::string dns_record_text(const ns_msg& message, const ns_rr& record);

}  // namespace sonde::probe
