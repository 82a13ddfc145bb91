#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/types.h"
#include "notify/types.h"
#include "store/types.h"

namespace sonde::history {

/// Values as JSON that gives back every bit, and that a person can read.
///
/// Text that is no UTF-8 is {"hex": "00ff"}. A double is a text of the fewest digits that give it back, "Inf", "-Inf",
/// "NaN" or "NaN:" with its bits. A moment is {"wall_ns": 1, "elapsed_ns": 2}. Labels are an object; if a name comes
/// twice or anything is no UTF-8, an array of pairs.
using Json = nlohmann::ordered_json;

/// Choices have the names they are stored by, which stay whatever people are shown. Empty: there is no such one.
[[nodiscard]] std::string_view stored_name(alerts::InstanceState state);
[[nodiscard]] std::string_view stored_name(alerts::DataState state);
[[nodiscard]] std::string_view stored_name(alerts::Change change);
[[nodiscard]] std::string_view stored_name(rules::Severity severity);
[[nodiscard]] std::string_view stored_name(alerts::IncidentStatus status);
[[nodiscard]] std::string_view stored_name(alerts::Verdict verdict);
[[nodiscard]] std::string_view stored_name(alerts::ReviewState state);
[[nodiscard]] std::string_view stored_name(notify::MessageKind kind);
[[nodiscard]] std::string_view stored_name(notify::DeliveryState state);

[[nodiscard]] std::string number_text(double value);
[[nodiscard]] bool read_number(std::string_view text, double& value);

[[nodiscard]] Json json_of(bool value);
[[nodiscard]] Json json_of(std::uint32_t value);
[[nodiscard]] Json json_of(std::uint64_t value);
[[nodiscard]] Json json_of(std::int64_t value);
[[nodiscard]] Json json_of(double value);
[[nodiscard]] Json json_of(const std::string& value);
[[nodiscard]] Json json_of(std::chrono::nanoseconds value);
[[nodiscard]] Json json_of(const alerts::Moment& value);
[[nodiscard]] Json json_of(const store::Labels& value);
[[nodiscard]] Json json_of(const std::vector<store::Labels>& value);
[[nodiscard]] Json json_of(const std::vector<std::string>& value);
[[nodiscard]] Json json_of(const std::vector<std::chrono::nanoseconds>& value);
[[nodiscard]] Json json_of(WallTime value);
[[nodiscard]] Json json_of(const std::optional<WallTime>& value);
[[nodiscard]] Json json_of(const std::optional<alerts::Moment>& value);
[[nodiscard]] Json json_of(const alerts::Problem& value);
[[nodiscard]] Json json_of(const alerts::IncidentGroup& value);
[[nodiscard]] Json json_of(const alerts::IncidentAlert& value);
[[nodiscard]] Json json_of(const std::vector<alerts::IncidentGroup>& value);
[[nodiscard]] Json json_of(const std::vector<alerts::IncidentAlert>& value);
[[nodiscard]] Json json_of(const alerts::PendingCall& value);
[[nodiscard]] Json json_of(const std::vector<alerts::PendingCall>& value);
[[nodiscard]] Json json_of(const alerts::Escalation& value);
[[nodiscard]] Json json_of(const std::optional<alerts::Escalation>& value);
[[nodiscard]] Json json_of(const notify::Receipt& value);
[[nodiscard]] Json json_of(const notify::AlertLine& value);
[[nodiscard]] Json json_of(const std::vector<notify::AlertLine>& value);

/// False if `json` is nothing json_of writes.
[[nodiscard]] bool read(const Json& json, bool& value);
[[nodiscard]] bool read(const Json& json, std::uint32_t& value);
[[nodiscard]] bool read(const Json& json, std::uint64_t& value);
[[nodiscard]] bool read(const Json& json, std::int64_t& value);
[[nodiscard]] bool read(const Json& json, double& value);
[[nodiscard]] bool read(const Json& json, std::string& value);
[[nodiscard]] bool read(const Json& json, std::chrono::nanoseconds& value);
[[nodiscard]] bool read(const Json& json, alerts::Moment& value);
[[nodiscard]] bool read(const Json& json, store::Labels& value);
[[nodiscard]] bool read(const Json& json, std::vector<store::Labels>& value);
[[nodiscard]] bool read(const Json& json, std::vector<std::string>& value);
[[nodiscard]] bool read(const Json& json, std::vector<std::chrono::nanoseconds>& value);
[[nodiscard]] bool read(const Json& json, WallTime& value);
[[nodiscard]] bool read(const Json& json, std::optional<WallTime>& value);
[[nodiscard]] bool read(const Json& json, std::optional<alerts::Moment>& value);
[[nodiscard]] bool read(const Json& json, alerts::Problem& value);
[[nodiscard]] bool read(const Json& json, alerts::IncidentGroup& value);
[[nodiscard]] bool read(const Json& json, alerts::IncidentAlert& value);
[[nodiscard]] bool read(const Json& json, std::vector<alerts::IncidentGroup>& value);
[[nodiscard]] bool read(const Json& json, std::vector<alerts::IncidentAlert>& value);
[[nodiscard]] bool read(const Json& json, alerts::PendingCall& value);
[[nodiscard]] bool read(const Json& json, std::vector<alerts::PendingCall>& value);
[[nodiscard]] bool read(const Json& json, alerts::Escalation& value);
[[nodiscard]] bool read(const Json& json, std::optional<alerts::Escalation>& value);
[[nodiscard]] bool read(const Json& json, notify::Receipt& value);
[[nodiscard]] bool read(const Json& json, notify::AlertLine& value);
[[nodiscard]] bool read(const Json& json, std::vector<notify::AlertLine>& value);

template <class Choice>
concept StoredChoice = requires(Choice choice) {
  { stored_name(choice) } -> std::same_as<std::string_view>;
};

template <StoredChoice Choice>
[[nodiscard]] bool read_choice(std::string_view name, Choice& choice) {
  for (std::uint8_t number = 0;; ++number) {
    const std::string_view known = stored_name(static_cast<Choice>(number));
    if (known.empty()) return false;
    if (known != name) continue;
    choice = static_cast<Choice>(number);
    return true;
  }
}

template <StoredChoice Choice>
[[nodiscard]] Json json_of(Choice choice) {
  return std::string(stored_name(choice));
}

template <StoredChoice Choice>
[[nodiscard]] bool read(const Json& json, Choice& choice) {
  const auto* name = json.get_ptr<const std::string*>();
  return name != nullptr && read_choice(*name, choice);
}

}  // namespace sonde::history
