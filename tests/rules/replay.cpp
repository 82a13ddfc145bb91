#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/alert_engine.h"
#include "app/offline_rules.h"
#include "app/rule_runner.h"
#include "app/rule_sandbox.h"
#include "base/file.h"
#include "base/go_number.h"
#include "promql/engine.h"

namespace {

using namespace sonde;
using nlohmann::json;

constexpr std::string_view kScrapes = "scrapes";

store::Labels labels_from(const json& object) {
  store::Labels labels;
  for (const auto& [name, value] : object.items()) labels.push_back({name, value.get<std::string>()});
  return labels;
}

json object_of(const store::Labels& labels) {
  json object = json::object();
  for (const measure::Label& label : labels) object[label.name] = label.value;
  return object;
}

/// Rules of a file over samples that somebody else has recorded, evaluated when somebody else has.
class Replay {
 public:
  Replay(app::RuleSandbox& sandbox, std::vector<rules::Group> groups) : sandbox_(sandbox) {
    engine_.reload(groups, moment(0));
    runner_.set_groups(std::make_shared<const std::vector<rules::Group>>(std::move(groups)));
  }

  /// One scrape: what is not in it any more has ended.
  void take(const json& scrape) {
    std::vector<store::Output> outputs;
    for (const json& sample : scrape.at("samples")) {
      outputs.push_back({labels_from(sample.at(0)), std::strtod(sample.at(1).get<std::string>().c_str(), nullptr)});
    }
    sandbox_.database().append_outputs(std::string(kScrapes), std::move(outputs), moment(scrape.at("at")).wall);
  }

  /// What is active, and what the rules have recorded.
  json evaluate(std::int64_t at_ms) {
    constexpr std::chrono::hours kLong{24};
    const alerts::Moment now = moment(at_ms);
    engine_.begin(now);
    runner_.run({now, kLong, 2 * kLong});
    engine_.finish(now, {});
    json active = json::array();
    for (const store::Output& output : app::alert_series(engine_.instances())) {
      json labels = object_of(output.labels);
      if (labels.at("__name__") == "ALERTS") active.push_back(std::move(labels));
    }
    return json{{"at", at_ms}, {"alerts", std::move(active)}, {"recorded", recorded(at_ms)}, {"errors", errors()}};
  }

 private:
  static alerts::Moment moment(std::int64_t at_ms) {
    const std::chrono::milliseconds since_epoch{at_ms};
    return {WallTime{since_epoch}, since_epoch};
  }

  [[nodiscard]] json recorded(std::int64_t at_ms) const {
    const auto answer = sandbox_.engine().run(
        {.expression = R"({__name__=~"recorded:.+"})", .start_ms = at_ms, .end_ms = at_ms, .step_ms = 0});
    if (!answer) return answer.error().what;
    json series = json::array();
    for (const auto& each : answer->value.series) {
      series.push_back({object_of(*each.labels), format_number(each.samples.at(0).value)});
    }
    return series;
  }

  [[nodiscard]] json errors() const {
    json all = json::array();
    for (const app::GroupStatus& group : runner_.status()) {
      for (const app::RuleStatus& rule : group.rules) {
        if (!rule.error.empty()) all.push_back(rule.error);
      }
    }
    return all;
  }

  app::RuleSandbox& sandbox_;
  alerts::AlertEngine engine_{alerts::BookOptions{}};
  app::RuleRunner runner_{sandbox_.language(), sandbox_.database(), engine_, std::chrono::seconds{1}};
};

Result<> run(const std::string& path) {
  const json story = json::parse(SONDE_TRY(read_file(path)));
  const auto sandbox = SONDE_TRY(app::RuleSandbox::create());
  app::FileRules read = app::read_rule_files({story.at("rules").get<std::string>()}, sandbox->language());
  for (const rules::RuleFault& fault : read.faults) return Error{Code::kBadInput, fault.what};
  Replay replay(*sandbox, std::move(read.groups));
  const json& scrapes = story.at(kScrapes);
  auto scrape = scrapes.begin();
  for (const json& at : story.at("evaluations")) {
    for (; scrape != scrapes.end() && scrape->at("at") <= at; ++scrape) replay.take(*scrape);
    std::cout << replay.evaluate(at).dump() << "\n";
  }
  return Ok{};
}

}  // namespace

/// rules_replay STORY: one line of JSON for each evaluation. STORY is JSON: the path of a rule file (`rules`), moments
/// in ms (`evaluations`), and `scrapes`, each with its moment (`at`) and `samples`: labels and a number as text.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: rules_replay STORY\n";
    return EXIT_FAILURE;
  }
  try {
    const auto done = run(argv[1]);
    if (done) return EXIT_SUCCESS;
    std::cerr << argv[1] << ": " << done.error().what << "\n";
  } catch (const json::exception& error) {
    std::cerr << argv[1] << ": " << error.what() << "\n";
  }
  return EXIT_FAILURE;
}
