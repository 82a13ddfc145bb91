#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/prometheus_api.h"
#include "app/store_source.h"
#include "measure/types.h"
#include "promql/engine.h"
#include "serve/router.h"
#include "store/database.h"
#include "support/fake_clock.h"

namespace sonde::app {

/// Prometheus' API over a store in memory, which has seen two services for a minute.
class PrometheusFixture : public testing::Test {
 protected:
  PrometheusFixture() {
    for (int i = 0; i <= 6; ++i) {
      if (i > 0) clock_.advance(std::chrono::seconds{10});
      database_->append(snapshot(i), clock_.now());
    }
    add_prometheus_api(router_, sources());
  }

  PrometheusSources sources() {
    return {.engine = engine_,
            .database = *database_,
            .store_options = options_,
            .alerting = [this] { return std::make_shared<const AlertingView>(view_); },
            .clock = clock_,
            .config = config_,
            .flags = {{"config.file", "sonde.yaml"}},
            .started = clock_.now()};
  }

  serve::HttpResponse respond(const std::string& path, serve::Parameters query = {}, const char* method = "GET") {
    serve::HttpRequest request{method, "/api/v1/" + path, std::move(query)};
    request.host = "box:10977";
    return router_(request);
  }

  /// "STATUS BODY"
  std::string ask(const std::string& path, serve::Parameters query = {}) {
    const serve::HttpResponse response = respond(path, std::move(query));
    return std::to_string(response.status) + " " + (response.body == nullptr ? "" : *response.body);
  }

  static std::string fine(const std::string& data) { return R"(200 {"status":"success","data":)" + data + "}"; }
  static std::string bad_data(const std::string& what) {
    return R"(400 {"status":"error","errorType":"bad_data","error":")" + what + "\"}";
  }

  static config::Config configuration() {
    config::Config config;
    config.shown_text = "server: {}\n";
    return config;
  }

  test::FakeClock clock_{WallTime{std::chrono::seconds{1'800'000'000}}};
  const LiveConfig config_{configuration(), clock_.now()};
  AlertingView view_;

 private:
  static measure::Series series(std::uint64_t id, std::vector<measure::Label> labels, double value) {
    measure::Series made;
    made.identity = std::make_shared<const measure::SeriesIdentity>(measure::SeriesIdentity{id, std::move(labels)});
    made.value = value;
    return made;
  }

  measure::Snapshot snapshot(int step) {
    if (identities_.empty()) {
      identities_ = {series(1, {{"service_name", "api"}, {"http.route", "/a"}}, 0),
                     series(2, {{"service_name", "web"}}, 0), series(3, {}, 0.5)};
    }
    identities_[0].value = 10.0 * step;
    identities_[1].value = 20.0 * step;
    measure::Snapshot made;
    made.generation = static_cast<std::uint64_t>(step) + 1;
    made.taken_at = clock_.now();
    made.families = {{"requests_total", "Requests.", measure::MetricType::kCounter, {identities_[0], identities_[1]}},
                     {"load", "Load.", measure::MetricType::kGauge, {identities_[2]}}};
    return made;
  }

  std::unique_ptr<store::Database> open() {
    std::vector<std::string> notices;
    return *store::Database::open(options_, notices);
  }

  store::StoreOptions options_;
  std::vector<measure::Series> identities_;
  const std::unique_ptr<store::Database> database_ = open();
  const StoreSource source_{*database_};
  const promql::Engine engine_{{}, source_, clock_};
  serve::Router router_;
};

}  // namespace sonde::app
