// The first line of the input is a path below /api/v1/, the rest is a form: what a client may send.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/live_config.h"
#include "app/prometheus_api.h"
#include "app/prometheus_parameters.h"
#include "app/store_source.h"
#include "base/utf8.h"
#include "measure/types.h"
#include "promql/engine.h"
#include "serve/form.h"
#include "serve/router.h"
#include "store/database.h"
#include "support/fake_clock.h"

namespace {

using namespace sonde;

constexpr std::chrono::seconds kStart{1'800'000'000};

void require(bool holds) {
  if (!holds) std::abort();
}

/// The API over a few series, with little to spend on a query.
class Api {
 public:
  Api() {
    measure::Series series;
    series.identity = std::make_shared<const measure::SeriesIdentity>(
        measure::SeriesIdentity{1, {{"service_name", "api"}, {"code", "200"}}});
    for (int i = 0; i < 12; ++i) {
      series.value = 10.0 * i;
      measure::Snapshot snapshot;
      snapshot.generation = static_cast<std::uint64_t>(i) + 1;
      snapshot.families = {{"requests_total", "Requests.", measure::MetricType::kCounter, {series}}};
      database_->append(snapshot, clock_.now());
      clock_.advance(std::chrono::seconds{10});
    }
    app::add_prometheus_api(router_, {.engine = engine_,
                                      .database = *database_,
                                      .store_options = options_,
                                      .alerting = [] { return std::make_shared<const app::AlertingView>(); },
                                      .clock = clock_,
                                      .config = config_});
  }

  [[nodiscard]] serve::HttpResponse ask(const serve::HttpRequest& request) const { return router_(request); }

 private:
  static std::unique_ptr<store::Database> open(const store::StoreOptions& options) {
    std::vector<std::string> notices;
    return *store::Database::open(options, notices);
  }

  const store::StoreOptions options_;
  test::FakeClock clock_{WallTime{kStart}};
  const app::LiveConfig config_{config::Config{}, clock_.now()};
  const std::unique_ptr<store::Database> database_ = open(options_);
  const app::StoreSource source_{*database_};
  const promql::Engine engine_{{.max_samples = 20'000, .max_depth = 50, .max_expression_bytes = 4096}, source_, clock_};
  serve::Router router_;
};

void check_answer(const serve::HttpResponse& response) {
  if (response.status == 405 || response.status == 204) return;
  require(response.body != nullptr && is_valid_utf8(*response.body));
  const auto answer = nlohmann::json::parse(*response.body);
  const bool fine = answer.at("status") == "success";
  require(fine ? response.status == 200 && answer.contains("data")
               : response.status >= 400 && !answer.at("error").get<std::string>().empty());
}

void check_readers(const serve::Parameters& form) {
  for (const auto& [name, value] : form) {
    if (const auto at_ms = app::read_time(value)) require(*at_ms >= app::kMinTimeMs && *at_ms <= app::kMaxTimeMs);
    static_cast<void>(app::read_duration(value));
    static_cast<void>(app::read_integer(value));
    require(is_valid_utf8(app::unescape_label_name(value)) || !is_valid_utf8(value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Api api;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view line = text.substr(0, text.find('\n'));
  const auto path = serve::decode_path(line);
  auto form = serve::parse_form(text.substr(line.size() < text.size() ? line.size() + 1 : line.size()));
  if (!form) return 0;
  check_readers(*form);
  if (!path) return 0;
  check_answer(api.ask({"GET", "/api/v1/" + *path, *std::move(form), "box:10977"}));
  return 0;
}
