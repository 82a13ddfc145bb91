#include "app/hub.h"

#include <signal.h>
#include <unistd.h>

#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "app/log.h"
#include "app/seat.h"
#include "app/shared_families.h"
#include "app/standby.h"
#include "app/switched_pages.h"
#include "app/version.h"
#include "app/wiring.h"
#include "base/clock.h"
#include "history/alert_history.h"
#include "history/postgres_connection.h"
#include "measure/family_builder.h"
#include "notify/curl_handles.h"
#include "serve/http_server.h"

namespace sonde::app {
namespace {

constexpr timespec kBetweenLooks{.tv_sec = 0, .tv_nsec = 500'000'000};

serve::HttpResponse between(const serve::HttpRequest& /*request*/) {
  serve::HttpResponse response = serve::problem_response(503, "this hub is about to stand by, or to decide");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

/// True if a signal to stop has come within the time.
bool stops_within(const sigset_t& signals, const timespec& time) {
  const int received = sigtimedwait(&signals, nullptr, &time);
  return received == SIGTERM || received == SIGINT;
}

/// Tells each new reason once.
class Reasons {
 public:
  void note(const std::string& why) {
    if (why != last_ && !why.empty()) log_warning("the shared store is not there; trying on", {{"why", why}});
    if (why != last_ && why.empty()) log_info("the shared store is there again");
    last_ = why;
  }

 private:
  std::string last_;
};

/// Stands by until this hub decides. Nothing: a signal to stop has come.
std::optional<history::Database> wait_to_lead(const history::LeadOptions& options, const sigset_t& signals) {
  Reasons reasons;
  do {
    auto lead = history::lead_postgres(options);
    reasons.note(lead ? "" : lead.error().what);
    if (lead && *lead) return *std::move(*lead);
  } while (!stops_within(signals, kBetweenLooks));
  return std::nullopt;
}

/// What is said of a hub while it decides; one that stands by says the opposite.
void publish_lead(SharedFamilies& families) {
  measure::FamilyBuilder builder;
  builder.gauge("sonde_hub_leading", "Whether this hub decides and sends.").add(1.0, {});
  families.publish(builder.take());
}

Result<> run_shared(const config::Config& config, const ConfigReader& read) {
  const sigset_t signals = take_signals();
  SONDE_TRY(notify::start_curl());
  SwitchedPages pages(&between);
  const auto server = SONDE_TRY(serve::HttpServer::start(
      config.server, [&pages](const serve::HttpRequest& request) { return pages.answer(request); }));
  const SystemClock clock;
  history::LeadOptions lead{.postgres = {config.hub.store, config.hub.password},
                            .url = config.hub.url.empty() ? "http://" + server->address() : config.hub.url,
                            .on_deposed = [] { ::kill(::getpid(), kDeposedSignal); }};
  log_info("serving", {{"address", server->address()}, {"version", std::string(kVersion)}});
  SharedFamilies families;
  publish_lead(families);
  for (Ending ending = Ending::kDeposed; ending == Ending::kDeposed;) {
    log_info("a hub that stands by", {{"url", lead.url}});
    Standby standby(config, lead.url, clock);
    pages.show(standby.pages());
    std::optional<history::Database> store = wait_to_lead(lead, signals);
    standby.leave();
    if (!store) {
      pages.show(&between);
      break;
    }
    log_info("a hub that decides", {{"store", store->path()}});
    auto history = history::AlertHistory::open(*std::move(store));
    if (!history) {
      log_warning("the shared store cannot be used", {{"why", history.error().what}});
      pages.show(&between);
      if (stops_within(signals, kBetweenLooks)) break;
      continue;
    }
    const Seat seat{.history = **history,
                    .show = [&pages](serve::Handler shown) { pages.show(std::move(shown)); },
                    .families = families};
    // It may have stood by for long.
    const auto fresh = read();
    if (!fresh) log_error("the configuration has faults; that of the start is used", {{"why", fresh.error().what}});
    auto ran = run_daemon(fresh ? *fresh : config, Role::kHub, read, &seat);
    pages.show(&between);
    if (!ran) return std::move(ran).error();
    ending = *ran;
    if (ending == Ending::kDeposed) log_warning("another hub has taken over");
  }
  return Ok{};
}

}  // namespace

Result<> run_hub(const config::Config& config, const ConfigReader& read) {
  if (!config.hub.store.empty()) {
    if (auto sound = history::check_conninfo(config.hub.store); !sound)
      return std::move(sound).error().with("hub.store");
    return run_shared(config, read);
  }
  SONDE_TRY(run_daemon(config, Role::kHub, read));
  return Ok{};
}

}  // namespace sonde::app
