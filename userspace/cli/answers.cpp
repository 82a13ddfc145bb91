#include "cli/answers.h"

#include <chrono>
#include <ctime>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/utf8.h"

namespace sonde::cli {
namespace {

using Json = nlohmann::json;

constexpr const char* kMend = "; is the daemon another version of Sonde?";

/// One element of a list in an answer, with its place in it for error messages.
struct Element {
  const Json& value;
  std::string place;  ///< services[2]

  [[nodiscard]] Error bad(const char* field, const char* wanted) const {
    return Error{Code::kBadInput, place + "." + field + " is not " + wanted + kMend};
  }
};

const Json* find(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<std::string> text_of(const Element& element, const char* field) {
  const Json* value = find(element.value, field);
  if (value == nullptr || !value->is_string()) return element.bad(field, "a text");
  return sanitise_utf8(value->get_ref<const std::string&>());
}

Result<std::string> text_or_empty(const Element& element, const char* field) {
  if (find(element.value, field) == nullptr) return std::string{};
  return text_of(element, field);
}

Result<std::optional<double>> maybe_number(const Element& element, const char* field) {
  const Json* value = find(element.value, field);
  if (value == nullptr) return std::optional<double>{};
  if (!value->is_number() || value->get<double>() < 0) return element.bad(field, "a number from 0 on");
  return std::optional<double>{value->get<double>()};
}

Result<double> number_of(const Element& element, const char* field) {
  const std::optional<double> number = SONDE_TRY(maybe_number(element, field));
  if (!number) return element.bad(field, "there");
  return *number;
}

Result<std::uint64_t> count_of(const Element& element, const char* field) {
  const Json* value = find(element.value, field);
  if (value == nullptr || !value->is_number_unsigned()) return element.bad(field, "a whole number from 0 on");
  return value->get<std::uint64_t>();
}

Result<TopRow> read_row(const Element& element) {
  TopRow row;
  row.service = SONDE_TRY(text_of(element, "service"));
  row.role = SONDE_TRY(text_of(element, "role"));
  row.requests = SONDE_TRY(count_of(element, "requests"));
  row.requests_per_second = SONDE_TRY(number_of(element, "requests_per_second"));
  row.covered_seconds = SONDE_TRY(maybe_number(element, "covered_seconds")).value_or(0);
  if (row.requests == 0) return row;
  row.p50_seconds = SONDE_TRY(maybe_number(element, "p50_seconds"));
  row.p95_seconds = SONDE_TRY(maybe_number(element, "p95_seconds"));
  row.p99_seconds = SONDE_TRY(maybe_number(element, "p99_seconds"));
  row.client_error_ratio = SONDE_TRY(maybe_number(element, "client_error_ratio"));
  row.error_ratio = SONDE_TRY(maybe_number(element, "error_ratio"));
  return row;
}

Result<capture::SensorReport> read_sensor(const Element& element) {
  capture::SensorReport report;
  report.sensor = SONDE_TRY(text_of(element, "sensor"));
  report.variant = SONDE_TRY(text_or_empty(element, "variant"));
  report.why = SONDE_TRY(text_or_empty(element, "why"));
  report.remedy = SONDE_TRY(text_or_empty(element, "remedy"));
  const std::string state = SONDE_TRY(text_of(element, "state"));
  if (state != "on" && state != "degraded" && state != "off") return element.bad("state", "on, degraded or off");
  report.state = state == "on"         ? capture::SensorState::kOn
                 : state == "degraded" ? capture::SensorState::kDegraded
                                       : capture::SensorState::kOff;
  return report;
}

Result<capture::Loss> read_loss(const Element& element) {
  capture::Loss loss;
  loss.reason = SONDE_TRY(text_of(element, "reason"));
  loss.count = SONDE_TRY(count_of(element, "count"));
  return loss;
}

Result<WallTime> moment_of(const Element& element, const std::string& text) {
  std::tm utc{};
  const char* const rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::chrono::nanoseconds fraction{0};
  if (rest == nullptr) return element.bad("at", "a time as in RFC 3339");
  std::string_view tail(rest);
  if (tail.starts_with('.')) {
    tail.remove_prefix(1);
    for (std::chrono::nanoseconds unit = std::chrono::milliseconds{100}; !tail.empty() && tail[0] != 'Z'; unit /= 10) {
      if (tail[0] < '0' || tail[0] > '9') break;
      fraction += unit * (tail[0] - '0');
      tail.remove_prefix(1);
    }
  }
  if (tail != "Z") return element.bad("at", "a time as in RFC 3339, in UTC");
  return WallTime{std::chrono::seconds{::timegm(&utc)} + fraction};
}

Result<EventRow> read_event(const Element& element) {
  EventRow row;
  row.id = SONDE_TRY(count_of(element, "id"));
  row.moment = SONDE_TRY(text_of(element, "at"));
  row.at = SONDE_TRY(moment_of(element, row.moment));
  row.event = SONDE_TRY(text_of(element, "event"));
  row.service = SONDE_TRY(text_or_empty(element, "service"));
  row.what = SONDE_TRY(text_of(element, "what"));
  if (find(element.value, "pid") == nullptr) return row;
  const std::uint64_t pid = SONDE_TRY(count_of(element, "pid"));
  if (pid > std::numeric_limits<std::int32_t>::max()) return element.bad("pid", "a process id");
  row.pid = static_cast<std::int32_t>(pid);
  return row;
}

template <class Item>
Result<std::vector<Item>> read_list(const Json& answer, const std::string& name, Result<Item> (*read)(const Element&)) {
  const Json* list = answer.is_object() ? find(answer, name.c_str()) : nullptr;
  if (list == nullptr || !list->is_array()) {
    return Error{Code::kBadInput, "the answer holds no list '" + name + "'" + kMend};
  }
  std::vector<Item> items;
  for (std::size_t index = 0; index < list->size(); ++index) {
    const Element element{(*list)[index], name + "[" + std::to_string(index) + "]"};
    if (!element.value.is_object()) return Error{Code::kBadInput, element.place + " is no object" + kMend};
    items.push_back(SONDE_TRY(read(element)));
  }
  return items;
}

Result<Json> parse_json(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& failure) {
    return Error{Code::kBadInput,
                 "the answer is not JSON" + std::string(kMend) + " (" + sanitise_utf8(failure.what()) + ")"};
  }
}

}  // namespace

Expected<std::vector<TopRow>, Error> parse_services(std::string_view json) {
  const Json answer = SONDE_TRY(parse_json(json));
  return read_list<TopRow>(answer, "services", &read_row);
}

Result<DaemonSensors> parse_sensors(std::string_view json) {
  const Json answer = SONDE_TRY(parse_json(json));
  DaemonSensors sensors;
  sensors.sensors = SONDE_TRY(read_list<capture::SensorReport>(answer, "sensors", &read_sensor));
  sensors.losses = SONDE_TRY(read_list<capture::Loss>(answer, "losses", &read_loss));
  return sensors;
}

Result<std::vector<EventRow>> parse_events(std::string_view json) {
  const Json answer = SONDE_TRY(parse_json(json));
  return read_list<EventRow>(answer, "events", &read_event);
}

}  // namespace sonde::cli
