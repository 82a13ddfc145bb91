#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "serve/handler.h"
#include "serve/types.h"

// What the pages of Sonde's own API have in common.
namespace sonde::app {

/// A number from 1 on; `otherwise` if it is not asked for.  errors: kBadInput.
Result<std::int64_t> read_id(const serve::Parameters& query, std::string_view name, std::int64_t otherwise = 0);

/// The same, up to `most`.  errors: kBadInput.
Result<std::size_t> read_limit(const serve::Parameters& query, std::size_t otherwise, std::size_t most);

/// True if it is there and not `false`.  errors: kBadInput.
Result<bool> read_flag(const serve::Parameters& query, std::string_view name);

/// A number in a path.  errors: kNotFound.
Result<std::int64_t> id_of(const std::string& part, const std::string& noun);

/// What a desk has refused, or could not do.
unsigned http_status(Code code);
serve::HttpResponse problem_of(const Error& error);

}  // namespace sonde::app
