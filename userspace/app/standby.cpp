#include "app/standby.h"

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "app/alertmanager_alerts.h"
#include "app/forwarder.h"
#include "history/inbox_table.h"
#include "history/postgres_connection.h"
#include "serve/access.h"

namespace sonde::app {
namespace {

using serve::HttpRequest;
using serve::HttpResponse;

constexpr std::string_view kAlertsPath = "/api/v2/alerts";
constexpr unsigned kUnavailable = 503;
constexpr std::chrono::seconds kUrlIsFresh{1};
/// Longer than any page takes that does not wait for events.
constexpr std::chrono::milliseconds kPatience{35'000};

HttpResponse not_now(const std::string& why) {
  HttpResponse response = serve::problem_response(kUnavailable, why);
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::string counter(std::string_view name, std::string_view help, std::uint64_t yes, std::uint64_t no) {
  const std::string family(name);
  return "# HELP " + family + " " + std::string(help) + "\n# TYPE " + family + " counter\n" + family +
         "{outcome=\"success\"} " + std::to_string(yes) + "\n" + family + "{outcome=\"failure\"} " +
         std::to_string(no) + "\n";
}

}  // namespace

Standby::Standby(const config::Config& config, std::string own_url, const Clock& clock)
    : config_(config),
      own_url_(std::move(own_url)),
      clock_(clock),
      store_(history::join_postgres({config.hub.store, config.hub.password})) {}

serve::Handler Standby::pages() {
  return serve::AccessGate(config_.server.users, clock_,
                           [this](const HttpRequest& request) { return answer(request); });
}

HttpResponse Standby::answer(const HttpRequest& request) {
  if (request.path == "/metrics") return metrics();
  if (request.path == "/-/healthy") return serve::text_response(200, "Sonde stands by.\n");
  if (request.path == kAlertsPath && request.method == "POST") return keep_alerts(request);
  return pass_on(request);
}

/// Kept as it came: what is wrong with some of it is told by whoever takes it from there, too.
HttpResponse Standby::keep_alerts(const HttpRequest& request) {
  const WallTime now = clock_.now();
  HttpResponse response =
      take_alerts(request, now, [&](const std::vector<alerts::ExternalAlert>& /*sound*/) -> Result<> {
        Result<> kept = post(request.body, now);
        ++(kept ? posted_ : not_posted_);
        if (kept) return kept;
        return Error{Code::kLimit, "alerts cannot be kept for the hub that decides: " + kept.error().what};
      });
  if (response.status == kUnavailable) response.headers.emplace_back("Retry-After", "1");
  return response;
}

Result<> Standby::post(const std::string& body, WallTime now) {
  const std::lock_guard lock(mutex_);
  return history::post_alerts(store_, body, now);
}

Result<std::string> Standby::leading_url() {
  const std::lock_guard lock(mutex_);
  if (!url_.empty() && clock_.kernel_now() - seen_at_ < kUrlIsFresh) return url_;
  auto url = store_.ask_text("SELECT url FROM lead");
  if (!url) return std::move(url).error();
  url_ = *std::move(url);
  seen_at_ = clock_.kernel_now();
  return url_;
}

HttpResponse Standby::pass_on(const HttpRequest& request) {
  auto url = leading_url();
  if (!url) return not_now("which hub decides cannot be read: " + url.error().what);
  if (url->empty() || *url == own_url_) return not_now("no hub decides at this moment; one is about to");
  auto answered = forward(*url, request, kPatience, stop_.get_token());
  ++(answered ? passed_on_ : not_passed_on_);
  if (answered) return *std::move(answered);
  return not_now("the hub that decides, at " + *url + ", does not answer: " + answered.error().what +
                 "; if it has gone, another takes over within seconds");
}

HttpResponse Standby::metrics() const {
  HttpResponse response = serve::text_response(
      200,
      "# HELP sonde_hub_leading Whether this hub decides and sends.\n# TYPE sonde_hub_leading gauge\n"
      "sonde_hub_leading 0\n" +
          counter("sonde_hub_posted_total", "Alert posts kept for the hub that decides.", posted_, not_posted_) +
          counter("sonde_hub_forwarded_requests_total", "Requests that the hub that decides was asked to answer.",
                  passed_on_, not_passed_on_));
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

}  // namespace sonde::app
