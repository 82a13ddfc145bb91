#pragma once

#include <string>
#include <string_view>

#include "probe/failure.h"
#include "probe/types.h"

namespace sonde::probe {

/// What libpq knows of a session that did not begin.
struct PostgresqlFailure {
  std::string_view message{};   ///< PQerrorMessage(), with PQERRORS_SQLSTATE: may hold text of the server
  bool needs_password = false;  ///< the server asked for one, and there is none
  Reached reached = Reached::kNothing;
};

/// What the server's error is called, at the end of libpq's message (PQERRORS_SQLSTATE): `28P01`; empty if there is
/// none.
std::string_view sqlstate_of(std::string_view message);

/// Why this is no answer of a server that is up, in words of our own; empty if it is one.
std::string describe_postgresql(const ProbeTarget& target, const PostgresqlFailure& failure);

}  // namespace sonde::probe
