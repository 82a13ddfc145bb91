#include "measure/exchange_series.h"

#include <utility>

namespace sonde::measure {
namespace {

using protocol::ExchangeError;
using protocol::Role;

/// OpenTelemetry: a server answers for 5xx, a client also for having been refused.
bool is_error_status(Role role, std::uint16_t status) { return status >= (role == Role::kServer ? 500 : 400); }

Family histogram_family(std::string_view name, std::string_view help, std::deque<HistogramSeries>& histograms) {
  Family family{std::string(name), std::string(help), MetricType::kHistogram, {}};
  family.series.reserve(histograms.size());
  for (HistogramSeries& series : histograms) family.series.push_back(series.publish());
  return family;
}

Family request_bytes_family(const std::deque<ByteSeries>& bytes) {
  Family family{
      "sonde_http_request_bytes_total", "Bytes of HTTP requests, heads and bodies.", MetricType::kCounter, {}};
  family.series.reserve(bytes.size());
  for (const ByteSeries& row : bytes) {
    family.series.push_back(Series{row.request_identity, static_cast<double>(row.request_bytes), nullptr});
  }
  return family;
}

Family response_bytes_family(const std::deque<ByteSeries>& bytes) {
  Family family{"sonde_http_response_bytes_total",
                "Bytes of HTTP responses, heads and bodies, interim responses included.",
                MetricType::kCounter,
                {}};
  family.series.reserve(bytes.size());
  for (const ByteSeries& row : bytes) {
    family.series.push_back(Series{row.response_identity, static_cast<double>(row.response_bytes), nullptr});
  }
  return family;
}

}  // namespace

std::size_t ExchangeKeyHash::operator()(const ExchangeKey& key) const noexcept {
  const std::uint64_t place = (std::uint64_t{key.service} << 32U) | key.route;
  const std::uint64_t kind = (std::uint64_t{key.server_port} << 48U) | (std::uint64_t{key.status} << 32U) |
                             (static_cast<std::uint64_t>(key.method) << 16U) |
                             (static_cast<std::uint64_t>(key.error) << 8U) | static_cast<std::uint64_t>(key.role);
  std::uint64_t hash = (place ^ 0x9E3779B97F4A7C15ULL) * 0xBF58476D1CE4E5B9ULL;
  hash = ((hash ^ (hash >> 29U)) + kind) * 0x94D049BB133111EBULL;
  return static_cast<std::size_t>(hash ^ (hash >> 32U));
}

ExchangeSeriesBook::ExchangeSeriesBook(std::size_t max_series, Vocabulary vocabulary)
    : max_series_(max_series), vocabulary_(std::move(vocabulary)) {}

void ExchangeSeriesBook::route_of(std::string_view path, std::string& route) const {
  route.clear();
  vocabulary_.route(path, route);
}

std::size_t ExchangeSeriesBook::limit_for(std::uint32_t route) const noexcept {
  constexpr std::size_t kSmallestReserve = 8;
  return route == kOverflowRouteNumber ? max_series_ + max_series_ / 8 + kSmallestReserve : max_series_;
}

const ExchangeSeries* ExchangeSeriesBook::place(const ExchangeKey& key, const NamedService& service,
                                                std::string_view route) {
  if (const auto row = exchanges_.find(key); row != exchanges_.end()) return &row->second;
  const bool is_server = key.role == Role::kServer;
  const bool has_first_byte = is_server && key.status != 0;
  ExchangeKey timings_key = key;
  timings_key.status = 0;
  timings_key.error = ExchangeError::kNone;
  const auto known = timings_.find(timings_key);
  Timings timings = known == timings_.end() ? Timings{} : known->second;
  const bool adds_first_byte = has_first_byte && timings.first_byte == nullptr;
  const bool adds_queue = is_server && timings.queue == nullptr;
  const std::size_t added = 1U + (adds_first_byte ? 1U : 0U) + (adds_queue ? 1U : 0U);
  if (histogram_count_ + added > limit_for(key.route)) return nullptr;

  if (adds_first_byte) timings.first_byte = add(first_byte_, labels_of(timings_key, service, route));
  if (adds_queue) timings.queue = add(queue_, labels_of(timings_key, service, route));
  if (is_server) timings_[timings_key] = timings;
  ExchangeSeries made;
  made.duration = add(is_server ? server_duration_ : client_duration_, labels_of(key, service, route));
  made.first_byte = has_first_byte ? timings.first_byte : nullptr;
  made.queue = timings.queue;
  made.bytes = bytes_of(key, service);
  return &exchanges_.emplace(key, made).first->second;
}

HistogramSeries* ExchangeSeriesBook::add(Histograms& family, std::vector<Label> labels) {
  ++histogram_count_;
  return &family.emplace_back(make_identity(std::move(labels)));
}

ByteSeries* ExchangeSeriesBook::bytes_of(const ExchangeKey& key, const NamedService& service) {
  ByteSeries*& known = bytes_by_owner_[(std::uint64_t{service.number} << 1U) | (key.role == Role::kServer ? 0U : 1U)];
  if (known != nullptr) return known;
  const std::vector<Label> labels{{"service_name", service.name},
                                  {"role", key.role == Role::kServer ? "server" : "client"}};
  known = &bytes_.emplace_back(ByteSeries{make_identity(labels), make_identity(labels), 0, 0});
  return known;
}

std::vector<Label> ExchangeSeriesBook::labels_of(const ExchangeKey& key, const NamedService& service,
                                                 std::string_view route) const {
  const std::string status = key.status == 0 ? "" : std::to_string(key.status);
  std::string error_type(vocabulary_.error(key.error));
  if (error_type.empty() && is_error_status(key.role, key.status)) error_type = status;
  return {{"service_name", service.name},
          {"http_request_method", std::string(vocabulary_.method(key.method))},
          {"http_route", std::string(route)},
          {"http_response_status_code", status},
          {"server_port", key.server_port == 0 ? "" : std::to_string(key.server_port)},
          {"error_type", std::move(error_type)}};
}

void ExchangeSeriesBook::publish(std::vector<Family>& into) {
  std::vector<Family> families;
  families.push_back(
      histogram_family(kHttpServerDuration,
                       "Duration of HTTP requests served, from arrival at the socket to the last byte of the answer.",
                       server_duration_));
  families.push_back(histogram_family(
      kHttpClientDuration, "Duration of HTTP requests sent, to the last byte of the answer.", client_duration_));
  families.push_back(histogram_family(kHttpServerFirstByte,
                                      "Time from a request's arrival at the socket to the first byte of its answer.",
                                      first_byte_));
  families.push_back(
      histogram_family(kHttpServerQueue, "Time a request waited in the socket before the service read it.", queue_));
  families.push_back(request_bytes_family(bytes_));
  families.push_back(response_bytes_family(bytes_));
  for (Family& family : families) {
    if (!family.series.empty()) into.push_back(std::move(family));
  }
}

}  // namespace sonde::measure
