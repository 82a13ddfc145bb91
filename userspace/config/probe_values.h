#pragma once

#include <string>

#include "config/schema.h"
#include "config/value.h"
#include "probe/types.h"

namespace sonde::config {

/// Readers of a probe's keys into the draft's probe. Each leaves a fault behind and the probe alone if the value does
/// not fit, and says whether it did.

bool read_url(const Value& value, Draft& draft);
bool read_command(const Value& value, Draft& draft);

/// HOST, HOST:PORT, [IPv6]:PORT; without a port where the kind has one of its own.
bool read_endpoint(const Value& value, Draft& draft, probe::ProbeKind kind);

bool read_probe_method(const Value& value, Draft& draft);
bool read_ca_file(const Value& value, Draft& draft);
bool read_flag(const Value& value, bool& into);
bool read_expression(const Value& value, std::string& into);
bool read_ip_protocol(const Value& value, Draft& draft);
bool read_dns_type(const Value& value, Draft& draft);
bool read_dns_rcode(const Value& value, Draft& draft);
bool read_dns_transport(const Value& value, Draft& draft);

/// Readers of free names: a header, a header's file, a JSON pointer.
void take_header(Draft& draft, const std::string& name, const std::string& text, Position at);
void take_header_file(Draft& draft, const std::string& name, const std::string& text, Position at);
void take_json(Draft& draft, const std::string& pointer, const std::string& text, Position at);

/// What the keys of the draft's probe are together: probe_checks.cpp.
void check_probe(Draft& draft, const Spot& spot);

}  // namespace sonde::config
