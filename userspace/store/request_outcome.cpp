#include "store/request_outcome.h"

#include <algorithm>
#include <charconv>

namespace sonde::store {
namespace {

std::string_view label(std::span<const measure::Label> labels, std::string_view name) {
  for (const measure::Label& each : labels) {
    if (each.name == name) return each.value;
  }
  return {};
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// protocol::name_of of the errors that the other end of the connection causes.
bool is_left_by_peer(std::string_view error) { return error == "connection_reset" || error == "timeout"; }

}  // namespace

RequestOutcome outcome_of(std::span<const measure::Label> labels, bool client) {
  const std::string_view status_text = label(labels, "http_response_status_code");
  const std::string_view error = label(labels, "error_type");
  int status = 0;
  std::from_chars(status_text.data(), status_text.data() + status_text.size(), status);
  // An error type that is no status says that the response was not orderly, even if it began with a 200. But a server
  // whose client goes away in mid-download has done its work.
  const bool left_by_client = !client && is_left_by_peer(error);
  const bool orderly = status != 0 && (error.empty() || is_number(error) || left_by_client);
  if (!orderly || status >= 500) return RequestOutcome::kServerError;
  return status >= 400 ? RequestOutcome::kClientError : RequestOutcome::kFine;
}

std::string service_of(std::span<const measure::Label> labels) {
  const std::string_view service = label(labels, "service_name");
  // OpenTelemetry's name for a service that has none.
  return std::string(service.empty() ? "unknown_service" : service);
}

}  // namespace sonde::store
