#include "cli/prometheus_answer.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/utf8.h"

namespace sonde::cli {
namespace {

// The ordered kind, so that what is handed through keeps its order.
using Json = nlohmann::ordered_json;

Error senseless(const std::string& what) {
  return Error{Code::kBadInput, "the answer makes no sense: " + what + "; is the daemon another version of Sonde?"};
}

Result<Json> parse_json(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& failure) {
    return senseless("it is not JSON (" + sanitise_utf8(failure.what()) + ")");
  }
}

const Json* find(const Json& object, const char* field) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(field);
  return found == object.end() ? nullptr : &*found;
}

std::string text_or_empty(const Json& object, const char* field) {
  const Json* value = find(object, field);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string{};
}

std::vector<std::string> texts_of(const Json& object, const char* field) {
  std::vector<std::string> texts;
  const Json* list = find(object, field);
  if (list == nullptr || !list->is_array()) return texts;
  for (const Json& item : *list) {
    if (item.is_string()) texts.push_back(sanitise_utf8(item.get_ref<const std::string&>()));
  }
  return texts;
}

Result<SeriesLabels> labels_of(const Json& object, const std::string& place) {
  if (!object.is_object()) return senseless(place + " is no object");
  SeriesLabels labels;
  for (const auto& [name, value] : object.items()) {
    if (!value.is_string()) return senseless(place + "." + sanitise_utf8(name) + " is not a text");
    labels.emplace(name, value.template get<std::string>());
  }
  return labels;
}

/// As Go writes numbers: also `NaN`, `+Inf` and `-Inf`.
double number_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failed == std::errc{} && end == text.data() + text.size();
  return whole ? value : std::numeric_limits<double>::quiet_NaN();
}

/// [1435781451.781, "1"]
Result<Sample> sample_of(const Json& pair, const std::string& place) {
  constexpr double kLatest = 9.2e9;  // what WallTime can hold
  const bool is_pair = pair.is_array() && pair.size() == 2 && pair[0].is_number() && pair[1].is_string();
  if (!is_pair) return senseless(place + " is no pair of a time and a text");
  const double at_seconds = pair[0].get<double>();
  if (!(std::abs(at_seconds) <= kLatest)) return senseless(place + " lies too far from today");
  const std::string text = pair[1].get<std::string>();
  return Sample{WallTime{std::chrono::milliseconds{std::llround(at_seconds * 1e3)}}, number_of(text), text};
}

Result<ResultSeries> series_of(const Json& element, ResultKind kind, const std::string& place) {
  if (find(element, "histogram") != nullptr || find(element, "histograms") != nullptr) {
    return Error{Code::kBadInput, place + " is a native histogram, which only --output json shows"};
  }
  const Json* metric = find(element, "metric");
  const Json* samples = find(element, kind == ResultKind::kVector ? "value" : "values");
  if (metric == nullptr || samples == nullptr) return senseless(place + " lacks its metric or its values");
  ResultSeries series;
  series.labels = SONDE_TRY(labels_of(*metric, place + ".metric"));
  if (kind == ResultKind::kVector) {
    series.samples.push_back(SONDE_TRY(sample_of(*samples, place + ".value")));
    return series;
  }
  if (!samples->is_array()) return senseless(place + ".values is no list");
  for (std::size_t index = 0; index < samples->size(); ++index) {
    const std::string value_place = place + ".values[" + std::to_string(index) + "]";
    series.samples.push_back(SONDE_TRY(sample_of((*samples)[index], value_place)));
  }
  return series;
}

Result<ResultKind> kind_of(const std::string& word) {
  if (word == "vector") return ResultKind::kVector;
  if (word == "matrix") return ResultKind::kMatrix;
  if (word == "scalar") return ResultKind::kScalar;
  if (word == "string") return ResultKind::kString;
  return senseless("its resultType '" + sanitise_utf8(word) + "' is unknown");
}

}  // namespace

bool is_prometheus_answer(std::string_view json) {
  const auto answer = parse_json(json);
  if (!answer) return false;
  const std::string status = text_or_empty(*answer, "status");
  return status == "success" || status == "error";
}

Result<PrometheusAnswer> parse_prometheus_answer(std::string_view json) {
  const Json answer = SONDE_TRY(parse_json(json));
  const std::string status = text_or_empty(answer, "status");
  if (status == "error") {
    const std::string why = sanitise_utf8(text_or_empty(answer, "error"));
    return Error{Code::kBadInput, why.empty() ? "the daemon refuses without saying why" : why};
  }
  const Json* data = find(answer, "data");
  if (status != "success" || data == nullptr) return senseless("it has no status or no data");
  return PrometheusAnswer{data->dump(), texts_of(answer, "warnings"), texts_of(answer, "infos")};
}

Result<QueryResult> parse_query_result(std::string_view data) {
  const Json json = SONDE_TRY(parse_json(data));
  QueryResult result;
  result.kind = SONDE_TRY(kind_of(text_or_empty(json, "resultType")));
  const Json* list = find(json, "result");
  if (list == nullptr || !list->is_array()) return senseless("its result is no list");
  if (result.kind == ResultKind::kScalar || result.kind == ResultKind::kString) {
    result.series.push_back(ResultSeries{{}, {SONDE_TRY(sample_of(*list, "result"))}});
    return result;
  }
  for (std::size_t index = 0; index < list->size(); ++index) {
    const std::string place = "result[" + std::to_string(index) + "]";
    result.series.push_back(SONDE_TRY(series_of((*list)[index], result.kind, place)));
  }
  return result;
}

Result<std::vector<SeriesLabels>> parse_series(std::string_view data) {
  const Json list = SONDE_TRY(parse_json(data));
  if (!list.is_array()) return senseless("its data is no list");
  std::vector<SeriesLabels> series;
  for (std::size_t index = 0; index < list.size(); ++index) {
    series.push_back(SONDE_TRY(labels_of(list[index], "data[" + std::to_string(index) + "]")));
  }
  return series;
}

}  // namespace sonde::cli
