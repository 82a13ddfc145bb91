#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "measure/histogram_series.h"
#include "measure/service_book.h"
#include "measure/types.h"
#include "protocol/types.h"

namespace sonde::measure {

/// How exchanges are put into words. The words of `method` and `error` are protocol's name_of, `route` its
/// collapse_route or configured templates before it.
struct Vocabulary {
  std::function<void(std::string_view path, std::string& into)> route;  ///< `into` comes empty
  std::string_view (*method)(protocol::HttpMethod) = nullptr;
  std::string_view (*error)(protocol::ExchangeError) = nullptr;
};

/// Bytes of one service in one role.
struct ByteSeries {
  std::shared_ptr<const SeriesIdentity> request_identity;
  std::shared_ptr<const SeriesIdentity> response_identity;
  std::uint64_t request_bytes = 0;
  std::uint64_t response_bytes = 0;
};

/// Where the observations of one kind of exchange go.  owner: ExchangeSeriesBook.
struct ExchangeSeries {
  HistogramSeries* duration = nullptr;
  HistogramSeries* first_byte = nullptr;  ///< none for clients, none without a response
  HistogramSeries* queue = nullptr;       ///< none for clients
  ByteSeries* bytes = nullptr;
};

/// What tells one kind of exchange from another: everything its labels are made of.
struct ExchangeKey {
  std::uint32_t service = 0;  ///< NamedService::number
  std::uint32_t route = kNoRouteNumber;
  std::uint16_t server_port = 0;
  std::uint16_t status = 0;
  protocol::HttpMethod method = protocol::HttpMethod::kOther;
  protocol::ExchangeError error = protocol::ExchangeError::kNone;
  protocol::Role role = protocol::Role::kServer;

  bool operator==(const ExchangeKey&) const = default;
};

struct ExchangeKeyHash {
  std::size_t operator()(const ExchangeKey& key) const noexcept;
};

/// All series about exchanges, made on first use and kept from then on.
/// Names and labels follow OpenTelemetry's HTTP metrics (semantic conventions 1.44) in Prometheus form: clients have no
/// http_route, error_type is the error or the status from 500 (servers) or 400 (clients) up. Time to first byte and
/// queue time carry no status and no error_type: they are about the service, not about the outcome, and that keeps
/// their number at one per method and route.  threads: one at a time.
class ExchangeSeriesBook {
 public:
  ExchangeSeriesBook(std::size_t max_series, Vocabulary vocabulary);

  /// The series of `key`, made if need be; nullptr if that would be too many. kOverflowRoute has a reserve of an
  /// eighth above max_series, for otherwise nothing could overflow into it.  owner: the book; valid as long as it is.
  const ExchangeSeries* place(const ExchangeKey& key, const NamedService& service, std::string_view route);

  /// Puts what `path` is exported as into `route`, which is kept from call to call for its memory.
  void route_of(std::string_view path, std::string& route) const;

  /// As exported in http_request_method.
  [[nodiscard]] std::string_view method_name(protocol::HttpMethod method) const { return vocabulary_.method(method); }

  /// Appends every family that has a series.
  void publish(std::vector<Family>& into);

  [[nodiscard]] std::size_t histogram_count() const noexcept { return histogram_count_; }

 private:
  struct Timings {
    HistogramSeries* first_byte = nullptr;
    HistogramSeries* queue = nullptr;
  };
  using Histograms = std::deque<HistogramSeries>;

  [[nodiscard]] std::size_t limit_for(std::uint32_t route) const noexcept;
  HistogramSeries* add(Histograms& family, std::vector<Label> labels);
  ByteSeries* bytes_of(const ExchangeKey& key, const NamedService& service);
  [[nodiscard]] std::vector<Label> labels_of(const ExchangeKey& key, const NamedService& service,
                                             std::string_view route) const;

  std::size_t max_series_;
  Vocabulary vocabulary_;
  std::size_t histogram_count_ = 0;
  Histograms server_duration_;
  Histograms client_duration_;
  Histograms first_byte_;
  Histograms queue_;
  std::deque<ByteSeries> bytes_;
  std::unordered_map<ExchangeKey, ExchangeSeries, ExchangeKeyHash> exchanges_;
  std::unordered_map<ExchangeKey, Timings, ExchangeKeyHash> timings_;  // keys without status and error
  std::unordered_map<std::uint64_t, ByteSeries*> bytes_by_owner_;
};

}  // namespace sonde::measure
