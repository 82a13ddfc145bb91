#include "serve/prometheus_answers.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "base/go_number.h"
#include "serve/json_text.h"

namespace sonde::serve {
namespace {

constexpr std::size_t kMostNotes = 10;
constexpr std::string_view kBegin = R"({"status":"success","data":)";

/// Writes the commas between the parts of a list.
class Commas {
 public:
  explicit Commas(std::string& out) : out_(out) {}
  void next() {
    if (!first_) out_ += ',';
    first_ = false;
  }

 private:
  std::string& out_;
  bool first_ = true;
};

void append_strings(std::string& out, std::span<const std::string> strings) {
  out += '[';
  Commas commas(out);
  for (const std::string& text : strings) {
    commas.next();
    append_json_string(out, text);
  }
  out += ']';
}

void append_notes(std::string& out, std::string_view name, std::string_view kind, std::span<const std::string> notes) {
  if (notes.empty()) return;
  std::vector<std::string> shown(notes.begin(),
                                 notes.begin() + static_cast<std::ptrdiff_t>(std::min(notes.size(), kMostNotes)));
  if (notes.size() > kMostNotes) {
    shown.push_back(std::to_string(notes.size() - kMostNotes) + " more " + std::string(kind) + " annotations omitted");
  }
  out += ",\"";
  out += name;
  out += "\":";
  append_strings(out, shown);
}

std::string finish(std::string answer, std::span<const std::string> warnings, std::span<const std::string> infos) {
  append_notes(answer, "warnings", "warning", warnings);
  append_notes(answer, "infos", "info", infos);
  answer += '}';
  return answer;
}

void append_labels(std::string& out, const store::Labels& labels) {
  out += '{';
  Commas commas(out);
  for (const measure::Label& label : labels) {
    commas.next();
    append_json_string(out, label.name);
    out += ':';
    append_json_string(out, label.value);
  }
  out += '}';
}

void append_sample(std::string& out, const store::Sample& sample) {
  out += '[';
  append_json_time(out, sample.at_ms);
  out += ',';
  append_json_value(out, sample.value);
  out += ']';
}

void append_vector(std::string& out, std::span<const promql::ResultSeries> series) {
  out += '[';
  Commas commas(out);
  for (const promql::ResultSeries& each : series) {
    commas.next();
    out += R"({"metric":)";
    append_labels(out, *each.labels);
    out += R"(,"value":)";
    append_sample(out, each.samples.front());
    out += '}';
  }
  out += ']';
}

void append_matrix(std::string& out, std::span<const promql::ResultSeries> series) {
  out += '[';
  Commas commas(out);
  for (const promql::ResultSeries& each : series) {
    commas.next();
    out += R"({"metric":)";
    append_labels(out, *each.labels);
    out += R"(,"values":[)";
    Commas between(out);
    for (const store::Sample& sample : each.samples) {
      between.next();
      append_sample(out, sample);
    }
    out += "]}";
  }
  out += ']';
}

/// A scalar or a string: `[TIME,"TEXT"]`. Unlike a vector's values, a scalar's never have an exponent.
void append_single(std::string& out, std::int64_t at_ms, std::string_view text) {
  out += '[';
  append_json_time(out, at_ms);
  out += ',';
  append_json_string(out, text);
  out += ']';
}

void append_value(std::string& out, const promql::QueryValue& value) {
  switch (value.type) {
    case promql::ValueType::kNone:
      out += "null";
      return;
    case promql::ValueType::kScalar: {
      const store::Sample& sample = value.series.front().samples.front();
      return append_single(out, sample.at_ms, format_number(sample.value));
    }
    case promql::ValueType::kVector:
      return append_vector(out, value.series);
    case promql::ValueType::kMatrix:
      return append_matrix(out, value.series);
    case promql::ValueType::kString:
      return append_single(out, value.series.front().samples.front().at_ms, value.text);
  }
}

/// As /api/v1/metadata spells it; `unknown` is what Prometheus makes of untyped.
std::string_view metadata_name(measure::MetricType type) {
  switch (type) {
    case measure::MetricType::kCounter:
      return "counter";
    case measure::MetricType::kGauge:
      return "gauge";
    case measure::MetricType::kHistogram:
      return "histogram";
    case measure::MetricType::kUntyped:
      return "unknown";
  }
  std::abort();
}

void append_metadata(std::string& out, std::span<const store::MetricMetadata> entries) {
  out += '[';
  Commas commas(out);
  for (const store::MetricMetadata& entry : entries) {
    commas.next();
    out += R"({"type":")";
    out += metadata_name(entry.type);
    out += R"(","help":)";
    append_json_string(out, entry.help);
    out += R"(,"unit":""})";
  }
  out += ']';
}

}  // namespace

std::string_view name_of(ApiErrorType type) {
  switch (type) {
    case ApiErrorType::kBadData:
      return "bad_data";
    case ApiErrorType::kExecution:
      return "execution";
    case ApiErrorType::kTimeout:
      return "timeout";
    case ApiErrorType::kCanceled:
      return "canceled";
    case ApiErrorType::kInternal:
      return "internal";
    case ApiErrorType::kNotFound:
      return "not_found";
  }
  std::abort();
}

unsigned status_of(ApiErrorType type) {
  switch (type) {
    case ApiErrorType::kBadData:
      return 400;
    case ApiErrorType::kExecution:
      return 422;
    case ApiErrorType::kTimeout:
      return 503;
    case ApiErrorType::kCanceled:
      return 499;
    case ApiErrorType::kInternal:
      return 500;
    case ApiErrorType::kNotFound:
      return 404;
  }
  std::abort();
}

std::string error_json(ApiErrorType type, std::string_view what) {
  std::string answer = R"({"status":"error","errorType":")";
  answer += name_of(type);
  answer += R"(","error":)";
  append_json_string(answer, what);
  answer += '}';
  return answer;
}

std::string data_json(std::string_view data, std::span<const std::string> warnings,
                      std::span<const std::string> infos) {
  return finish(std::string(kBegin).append(data), warnings, infos);
}

std::string query_json(const promql::QueryResult& result) {
  std::string answer(kBegin);
  answer += R"({"resultType":")";
  answer += name_of(result.value.type);
  answer += R"(","result":)";
  append_value(answer, result.value);
  answer += '}';
  return finish(std::move(answer), result.warnings, result.infos);
}

std::string strings_json(std::span<const std::string> strings, std::span<const std::string> warnings) {
  std::string answer(kBegin);
  append_strings(answer, strings);
  return finish(std::move(answer), warnings, {});
}

std::string series_json(std::span<const std::shared_ptr<const store::Labels>> series,
                        std::span<const std::string> warnings) {
  std::string answer(kBegin);
  answer += '[';
  Commas commas(answer);
  for (const std::shared_ptr<const store::Labels>& labels : series) {
    commas.next();
    append_labels(answer, *labels);
  }
  answer += ']';
  return finish(std::move(answer), warnings, {});
}

std::string metadata_json(const std::map<std::string, std::vector<store::MetricMetadata>>& metrics) {
  std::string answer(kBegin);
  answer += '{';
  Commas commas(answer);
  for (const auto& [name, entries] : metrics) {
    commas.next();
    append_json_string(answer, name);
    answer += ':';
    append_metadata(answer, entries);
  }
  answer += '}';
  return finish(std::move(answer), {}, {});
}

}  // namespace sonde::serve
