#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "history/json_fields.h"
#include "oncall/types.h"

namespace sonde::history {

/// The body of a row; a change says which kind it is.
std::string text_of(const oncall::Override& value);
std::string text_of(const oncall::TemporaryShifts& value);

/// Adds what a row says to `changes`.  errors: kBadInput if it makes no sense.
Result<> read_change(std::string_view body, oncall::Changes& changes);

/// The body of a row of oncall_state.
std::string text_of(const std::vector<oncall::RotationPlace>& values);
std::string text_of(const std::vector<oncall::RobinTurn>& values);
std::string text_of(const std::vector<oncall::Announced>& values);
std::string text_of(const std::vector<oncall::Heartbeat>& values);

/// False if it makes no sense.
bool read_rows(std::string_view body, std::vector<oncall::RotationPlace>& values);
bool read_rows(std::string_view body, std::vector<oncall::RobinTurn>& values);
bool read_rows(std::string_view body, std::vector<oncall::Announced>& values);
bool read_rows(std::string_view body, std::vector<oncall::Heartbeat>& values);

// Of their parts: json_arrays.h finds what is declared before it.
[[nodiscard]] Json json_of(const oncall::TemporaryShifts::Part& value);
[[nodiscard]] Json json_of(const std::vector<oncall::TemporaryShifts::Part>& value);
[[nodiscard]] Json json_of(const oncall::RotationPlace& value);
[[nodiscard]] Json json_of(const oncall::RobinTurn& value);
[[nodiscard]] Json json_of(const oncall::Announced& value);
[[nodiscard]] Json json_of(const oncall::Heartbeat& value);
[[nodiscard]] bool read(const Json& json, oncall::TemporaryShifts::Part& value);
[[nodiscard]] bool read(const Json& json, std::vector<oncall::TemporaryShifts::Part>& value);
[[nodiscard]] bool read(const Json& json, oncall::RotationPlace& value);
[[nodiscard]] bool read(const Json& json, oncall::RobinTurn& value);
[[nodiscard]] bool read(const Json& json, oncall::Announced& value);
[[nodiscard]] bool read(const Json& json, oncall::Heartbeat& value);

}  // namespace sonde::history
