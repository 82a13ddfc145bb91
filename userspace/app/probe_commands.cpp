#include <signal.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/command_output.h"
#include "app/commands.h"
#include "app/load_parts.h"
#include "app/version.h"
#include "base/clock.h"
#include "base/nearest_word.h"
#include "cli/human.h"
#include "cli/probes.h"
#include "config/load.h"
#include "measure/probe_families.h"
#include "probe/prober.h"
#include "serve/probe_answers.h"

namespace sonde::app {
namespace {

/// The probe that a URL means, read as the configuration reads it.
Result<probe::ProbeTarget> target_of_url(const std::string& url) {
  const std::size_t colon = url.find("://");
  const std::string scheme = url.substr(0, colon);
  const bool is_http = scheme == "http" || scheme == "https";
  const std::string address = is_http ? url : url.substr(colon + 3);
  if (address.find_first_of("'\n\r") != std::string::npos) return Error{Code::kBadInput, "the URL has odd characters"};
  const std::string kind = is_http ? "http" : scheme;
  for (const char* known : {"http", "tcp", "icmp", "postgresql", "mysql", "redis"}) {
    if (kind != known) continue;
    auto config = config::load("probes: {it: {" + kind + ": '" + address + "'}}", "the URL", load_parts());
    if (!config) return Error{Code::kBadInput, config.error().front().what};
    return std::move(config->probes.front());
  }
  return Error{Code::kBadInput, "'" + scheme + "' is not one of http, https, tcp, icmp, postgresql, mysql, redis"};
}

Result<probe::ProbeTarget> target_of_name(const cli::ProbeRunCommand& command) {
  config::Config config = SONDE_TRY(load_config(command.config));
  std::vector<std::string> names;
  for (probe::ProbeTarget& target : config.probes) {
    if (target.name == command.target) return std::move(target);
    names.push_back(target.name);
  }
  const std::string nearest(nearest_word(command.target, names));
  return Error{Code::kNotFound, *command.config + " has no probe '" + command.target + "'" +
                                    (nearest.empty() ? "" : "; did you mean '" + nearest + "'?")};
}

Result<probe::ProbeResult> probe_once(probe::ProbeTarget target) {
  signal(SIGPIPE, SIG_IGN);  // of a server that hangs up; not every library asks for none
  const SystemClock clock;
  const auto prober = SONDE_TRY(probe::Prober::create({std::move(target)}, user_agent(), clock));
  std::stop_source stop;
  std::optional<probe::ProbeResult> result;
  prober->run(stop.get_token(), [&](bool has_news) {
    if (!has_news) return;
    result = prober->states().front().last;
    stop.request_stop();
  });
  return *std::move(result);
}

std::string certificate_line(const probe::ProbeResult& result) {
  if (!result.earliest_expiry) return "";
  const auto left = std::chrono::floor<std::chrono::days>(*result.earliest_expiry - SystemClock().now());
  return "certificate  " + std::to_string(left.count()) + " days left\n";
}

std::string text_of(const probe::ProbeTarget& target, const probe::ProbeResult& result) {
  std::string text = std::string(name_of(target.kind)) + " " + measure::shown_address(target) + "\n";
  for (const probe::ProbePhase& phase : result.phases) {
    std::string name(phase.name);
    name.resize(std::max<std::size_t>(name.size() + 1, 13), ' ');
    text += name + cli::human_duration(std::chrono::duration<double>(phase.took).count()) + "\n";
  }
  text += "all          " + cli::human_duration(std::chrono::duration<double>(result.duration).count()) + "\n";
  if (result.status != 0) text += "status       " + std::to_string(result.status) + "\n";
  text += certificate_line(result);
  if (result.attempts > 1) text += "attempts     " + std::to_string(result.attempts) + "\n";
  if (!result.output.empty()) text += "output:\n" + result.output + (result.output.ends_with('\n') ? "" : "\n");
  return text + (result.success ? "UP" : "DOWN: " + result.reason);
}

}  // namespace

int run(const cli::ProbeListCommand& command) {
  const auto shown = cli::run_probe_list(command);
  return shown ? 0 : fail(shown.error().what);
}

int run(const cli::ProbeRunCommand& command) {
  const auto target = command.config ? target_of_name(command) : target_of_url(command.target);
  if (!target) return fail(target.error().what);
  const auto result = probe_once(*target);
  if (!result) return fail(result.error().what);
  print(command.output == cli::OutputFormat::kJson ? serve::probe_result_json(*result) : text_of(*target, *result));
  return result->success ? 0 : 1;
}

}  // namespace sonde::app
