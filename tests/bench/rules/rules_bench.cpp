// What evaluating many rules costs, in the process that holds the samples: rules.py runs this beside a real Prometheus
// with the same samples and rules. Prints one line of JSON.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert_engine.h"
#include "app/rule_language.h"
#include "app/rule_runner.h"
#include "app/store_source.h"
#include "base/clock.h"
#include "bench/queries/query_data.h"
#include "promql/engine.h"
#include "rules/rule_file.h"
#include "store/database.h"

namespace sonde {
namespace {

using nlohmann::json;

constexpr std::int64_t kIntervalMs = 10'000;
constexpr int kHourTicks = 360;
constexpr std::size_t kRoutes = 20;  // of each service in QueryData

struct Options {
  std::size_t services = 50;
  int repeat = 30;
  std::string dump;
  std::string rules;
};

std::optional<Options> read_options(int count, char** arguments) {
  Options options;
  if (count % 2 == 0) return std::nullopt;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    const char* value = arguments[i + 1];
    if (name == "--services") {
      options.services = std::strtoul(value, nullptr, 10);
    } else if (name == "--repeat") {
      options.repeat = static_cast<int>(std::strtol(value, nullptr, 10));
    } else if (name == "--dump") {
      options.dump = value;
    } else if (name == "--rules") {
      options.rules = value;
    } else {
      return std::nullopt;
    }
  }
  if (options.services == 0 || options.repeat < 1) return std::nullopt;
  return options;
}

/// A rule for each route of each service, over the eight series it has; none fires.
std::string rules_text(std::size_t services, const char* metric) {
  std::string text = "groups:\n  - name: bench\n    interval: 1s\n    rules:\n";
  for (std::size_t service = 0; service < services; ++service) {
    for (std::size_t route = 0; route < kRoutes; ++route) {
      const std::string number = std::to_string(service) + "-" + std::to_string(route);
      text += "      - alert: Busy" + std::to_string(service * kRoutes + route) + "\n        expr: sum(rate(" + metric +
              "{service=\"service-" + std::to_string(service) + "\",route=\"/route/" + std::to_string(route) +
              "\"}[5m])) > 1e9\n        for: 1m\n        labels: {severity: warning, number: \"" + number +
              "\"}\n        annotations: {summary: \"{{ $labels.number }} is busy\"}\n";
    }
  }
  return text;
}

double cpu_ms() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Evaluates the rules of a text as often as asked, a second apart, as the daemon's control thread does.
json measure(const std::string& text, store::Database& database, std::int64_t end_ms, int repeat) {
  const SystemClock clock;
  const app::StoreSource source(database);
  const promql::Engine engine({}, source, clock);
  const app::RuleLanguage language(engine);
  rules::RuleFile file = rules::read_rule_file(text, "bench.yml", language);
  rules::name_rules(file.groups);
  const auto groups = std::make_shared<const std::vector<rules::Group>>(std::move(file.groups));
  alerts::AlertEngine alerts({});
  app::RuleRunner runner(language, database, alerts, std::chrono::seconds{10});
  runner.set_groups(groups);
  alerts.reload(*groups, {});
  std::vector<double> took;
  for (int i = 0; i < repeat; ++i) {
    const WallTime at{std::chrono::milliseconds{end_ms + i * 1'000}};
    const alerts::Moment now{at, at.time_since_epoch()};
    const double begin = cpu_ms();
    alerts.begin(now);
    runner.run({now, std::chrono::hours{1}, std::chrono::hours{1}});
    alerts.finish(now, {});
    took.push_back(cpu_ms() - begin);
  }
  const app::GroupStatus& status = runner.status().front();
  return {{"rules", groups->front().rules.size()},
          {"median_ms", median(took)},
          {"worst_ms", *std::max_element(took.begin(), took.end())},
          {"failures", status.failures},
          {"iterations", status.iterations}};
}

int run(const Options& options) {
  std::vector<std::string> notices;
  const auto database = store::Database::open({}, notices);
  if (!database) return 1;
  const std::int64_t now_ms =
      std::chrono::floor<std::chrono::milliseconds>(SystemClock().now().time_since_epoch()).count();
  const std::int64_t end_ms = now_ms / kIntervalMs * kIntervalMs;
  bench::QueryData data(options.services);
  std::ofstream dump;
  if (!options.dump.empty()) dump.open(options.dump);
  for (int tick = 0; tick < kHourTicks; ++tick) {
    const std::int64_t at_ms = end_ms - (kHourTicks - 1 - tick) * kIntervalMs;
    const measure::Snapshot& snapshot = data.tick();
    (*database)->append(snapshot, WallTime{std::chrono::milliseconds{at_ms}});
    if (dump.is_open()) bench::write_open_metrics(snapshot, at_ms, dump);
  }
  if (dump.is_open()) dump << "# EOF\n" << std::flush;
  const std::string text = rules_text(options.services, "bench_requests_total");
  if (!options.rules.empty()) std::ofstream(options.rules) << text;
  std::cout << json{{"series", (*database)->facts().series},
                    {"busy", measure(text, **database, end_ms, options.repeat)},
                    {"idle",
                     measure(rules_text(options.services, "bench_no_such_metric"), **database, end_ms, options.repeat)}}
            << std::endl;
  return 0;
}

}  // namespace
}  // namespace sonde

/// rules_bench [--services N] [--dump FILE] [--rules FILE] [--repeat N]
int main(int count, char** arguments) {
  const std::optional<sonde::Options> options = sonde::read_options(count, arguments);
  if (!options) {
    std::cerr << "usage: rules_bench [--services N] [--dump FILE] [--rules FILE] [--repeat N]\n";
    return 2;
  }
  return sonde::run(*options);
}
