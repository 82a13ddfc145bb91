#include "history/oncall_rows.h"

#include <utility>
#include <vector>

#include "history/json_arrays.h"
#include "history/row_fields.h"

// compiled alone: json_arrays.h finds only what is declared before it
namespace sonde::history {
namespace {

constexpr const char* kKind = "kind";
constexpr std::string_view kOverride = "override";
constexpr std::string_view kTemporary = "temporary";

// The tables of fields, as in alert_rows.cpp.

template <class T, class Visit>
void visit_override(T& value, Visit&& visit) {
  auto& [id, schedule, person, replaces, starts_at, ends_at, author, comment] = value;
  visit("id", id);
  visit("schedule", schedule);
  visit("person", person);
  visit("replaces", replaces);
  visit("starts_at_ns", starts_at);
  visit("ends_at_ns", ends_at);
  visit("author", author);
  visit("comment", comment);
}

template <class T, class Visit>
void visit_part(T& value, Visit&& visit) {
  auto& [person, starts_at, ends_at] = value;
  visit("person", person);
  visit("starts_at_ns", starts_at);
  visit("ends_at_ns", ends_at);
}

template <class T, class Visit>
void visit_temporary(T& value, Visit&& visit) {
  auto& [id, schedule, starts_at, ends_at, parts, author, comment] = value;
  visit("id", id);
  visit("schedule", schedule);
  visit("starts_at_ns", starts_at);
  visit("ends_at_ns", ends_at);
  visit("parts", parts);
  visit("author", author);
  visit("comment", comment);
}

template <class T, class Visit>
void visit_place(T& value, Visit&& visit) {
  auto& [schedule, layer, shift, position, people] = value;
  visit("schedule", schedule);
  visit("layer", layer);
  visit("shift", shift);
  visit("position", position);
  visit("people", people);
}

template <class T, class Visit>
void visit_turn(T& value, Visit&& visit) {
  auto& [policy, step, last, position] = value;
  visit("policy", policy);
  visit("step", step);
  visit("last", last);
  visit("position", position);
}

template <class T, class Visit>
void visit_announced(T& value, Visit&& visit) {
  auto& [schedule, person] = value;
  visit("schedule", schedule);
  visit("person", person);
}

template <class T, class Visit>
void visit_heartbeat(T& value, Visit&& visit) {
  auto& [name, at] = value;
  visit("name", name);
  visit("at_ns", at);
}

}  // namespace

Json json_of(const oncall::Heartbeat& value) {
  FieldWriter writer;
  visit_heartbeat(value, writer);
  return std::move(writer).json();
}

bool read(const Json& json, oncall::Heartbeat& value) {
  FieldReader reader(json);
  visit_heartbeat(value, reader);
  return reader.fault.empty();
}

Json json_of(const oncall::TemporaryShifts::Part& value) {
  FieldWriter writer;
  visit_part(value, writer);
  return std::move(writer).json();
}

bool read(const Json& json, oncall::TemporaryShifts::Part& value) {
  FieldReader reader(json);
  visit_part(value, reader);
  return reader.fault.empty();
}

Json json_of(const std::vector<oncall::TemporaryShifts::Part>& value) { return array_of(value); }
bool read(const Json& json, std::vector<oncall::TemporaryShifts::Part>& value) { return read_array(json, value); }

std::string text_of(const oncall::Override& value) {
  FieldWriter writer;
  writer(kKind, std::string(kOverride));
  visit_override(value, writer);
  return std::move(writer).text();
}

std::string text_of(const oncall::TemporaryShifts& value) {
  FieldWriter writer;
  writer(kKind, std::string(kTemporary));
  visit_temporary(value, writer);
  return std::move(writer).text();
}

Result<> read_change(std::string_view body, oncall::Changes& changes) {
  FieldReader reader(body);
  std::string kind;
  reader(kKind, kind);
  if (kind == kOverride) {
    oncall::Override value;
    visit_override(value, reader);
    changes.overrides.push_back(SONDE_TRY(outcome(reader, std::move(value))));
    return Ok{};
  }
  if (kind != kTemporary && reader.fault.empty()) reader.fault = "its kind is not known";
  oncall::TemporaryShifts value;
  visit_temporary(value, reader);
  changes.temporary.push_back(SONDE_TRY(outcome(reader, std::move(value))));
  return Ok{};
}

Json json_of(const oncall::RotationPlace& value) {
  FieldWriter writer;
  visit_place(value, writer);
  return std::move(writer).json();
}

Json json_of(const oncall::RobinTurn& value) {
  FieldWriter writer;
  visit_turn(value, writer);
  return std::move(writer).json();
}

Json json_of(const oncall::Announced& value) {
  FieldWriter writer;
  visit_announced(value, writer);
  return std::move(writer).json();
}

bool read(const Json& json, oncall::RotationPlace& value) {
  FieldReader reader(json);
  visit_place(value, reader);
  return reader.fault.empty();
}

bool read(const Json& json, oncall::RobinTurn& value) {
  FieldReader reader(json);
  visit_turn(value, reader);
  return reader.fault.empty();
}

bool read(const Json& json, oncall::Announced& value) {
  FieldReader reader(json);
  visit_announced(value, reader);
  return reader.fault.empty();
}

std::string text_of(const std::vector<oncall::RotationPlace>& values) {
  return array_of(values).dump(-1, ' ', false, Json::error_handler_t::replace);
}
std::string text_of(const std::vector<oncall::RobinTurn>& values) {
  return array_of(values).dump(-1, ' ', false, Json::error_handler_t::replace);
}
std::string text_of(const std::vector<oncall::Announced>& values) {
  return array_of(values).dump(-1, ' ', false, Json::error_handler_t::replace);
}
bool read_rows(std::string_view body, std::vector<oncall::RotationPlace>& values) {
  return read_array(Json::parse(body, nullptr, false), values);
}
bool read_rows(std::string_view body, std::vector<oncall::RobinTurn>& values) {
  return read_array(Json::parse(body, nullptr, false), values);
}
bool read_rows(std::string_view body, std::vector<oncall::Announced>& values) {
  return read_array(Json::parse(body, nullptr, false), values);
}

std::string text_of(const std::vector<oncall::Heartbeat>& values) {
  return array_of(values).dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool read_rows(std::string_view body, std::vector<oncall::Heartbeat>& values) {
  return read_array(Json::parse(body, nullptr, false), values);
}

}  // namespace sonde::history
