#pragma once

#include <optional>
#include <string>

#include "promql/script.h"
#include "promql/types.h"

namespace sonde::test {

/// What differs from what the command expects; nothing if it is as expected.
std::optional<std::string> check_answer(const EvalCommand& eval, const promql::QueryResult& answer);

/// Likewise, only the values and labels.
std::optional<std::string> check_value(const EvalCommand& eval, const promql::QueryValue& value);

/// Likewise, of a query that ended in an error.
std::optional<std::string> check_error(const EvalCommand& eval, const promql::QueryError& error);

/// The answer on one line.
std::string describe(const promql::QueryValue& value);

}  // namespace sonde::test
