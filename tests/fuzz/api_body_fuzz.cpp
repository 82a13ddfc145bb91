// The first byte says where a body is posted, the rest is the body; some readers of headers get it, too.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "serve/alertmanager_bodies.h"
#include "serve/credentials.h"
#include "serve/incident_bodies.h"
#include "serve/timestamp.h"

namespace {

using namespace sonde;

const WallTime kNow{std::chrono::seconds{1'800'000'000}};

void require(bool holds) {
  if (!holds) std::abort();
}

void check_error(const Error& error) { require(!error.what.empty() && is_valid_utf8(error.what)); }

void check_alerts(std::string_view body) {
  const auto batch = serve::parse_alerts(body, kNow, std::chrono::minutes{5});
  if (!batch) return check_error(batch.error());
  for (const alerts::ExternalAlert& alert : batch->alerts) {
    require(!measure::value_of(alert.labels, "alertname").empty() && alert.starts_at <= alert.ends_at);
    for (std::size_t i = 0; i < alert.labels.size(); ++i) {
      require(!alert.labels[i].name.empty() && !alert.labels[i].value.empty());
      require(i == 0 || alert.labels[i - 1].name < alert.labels[i].name);
    }
  }
  for (const std::string& fault : batch->faults) require(!fault.empty() && is_valid_utf8(fault));
}

void check_silence(std::string_view body) {
  const auto silence = serve::parse_silence(body);
  if (!silence) return check_error(silence.error());
  for (const store::Matcher& matcher : silence->matchers) require(!matcher.name.empty());
}

void check_order(alerts::IncidentAction action, std::string_view body) {
  const auto order = serve::parse_order(action, body, {.user = "", .if_match = "", .now = kNow});
  if (!order) return check_error(order.error());
  require(order->action == action && !order->actor.empty() && order->length.count() >= 0);
}

void check_headers(std::string_view text) {
  if (const auto shown = serve::parse_authorization(text)) require(!shown->token || !shown->token->empty());
  if (const auto version = serve::parse_if_match(text); !version) check_error(version.error());
  const auto at = serve::parse_rfc3339(text);
  if (!at) return check_error(at.error());
  const auto again = serve::parse_rfc3339(serve::rfc3339(*at));
  require(again.has_value() && *again == *at);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t words = serve::action_words().size();
  const std::size_t choice = data[0] % (words + 4);
  if (choice < words) {
    check_order(*serve::action_of(serve::action_words()[choice]), body);
  } else if (choice == words) {
    check_alerts(body);
  } else if (choice == words + 1) {
    check_silence(body);
  } else if (choice == words + 2) {
    if (const auto preview = serve::parse_preview(body); !preview) check_error(preview.error());
  } else {
    check_headers(body);
  }
  return 0;
}
