#include "app/heartbeat_pages.h"

#include <nlohmann/json.hpp>
#include <string>

#include "app/page_parameters.h"
#include "base/quantity.h"
#include "serve/timestamp.h"

namespace sonde::app {
namespace {

constexpr const char* kPath = "/api/sonde/v1/heartbeats";

serve::HttpResponse list(const HeartbeatDesk& desk, WallTime now) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const HeartbeatStatus& status : desk.status(now)) {
    rows.push_back({{"name", status.expected.name},
                    {"every", format_duration(status.expected.every)},
                    {"grace", format_duration(status.expected.grace)},
                    {"heard_at", nullptr},
                    {"overdue", status.is_overdue}});
    if (status.was_heard) rows.back()["heard_at"] = serve::rfc3339_ms(status.heard_at);
  }
  return serve::json_response(200, nlohmann::ordered_json{{"heartbeats", std::move(rows)}}.dump() + "\n");
}

}  // namespace

void add_heartbeat_pages(serve::Router& router, HeartbeatDesk& desk, const Clock& clock) {
  router.add(kPath, serve::Methods::kGet,
             [&desk, &clock](const serve::HttpRequest&) { return list(desk, clock.now()); });
  router.add_pattern(std::string(kPath) + "/*", serve::Methods::kPost,
                     [&desk, &clock](const serve::HttpRequest&, const std::string& name) {
                       const Result<> heard = desk.hear(name, clock.now());
                       return heard ? serve::json_response(200, "{}\n") : problem_of(heard.error());
                     });
}

}  // namespace sonde::app
