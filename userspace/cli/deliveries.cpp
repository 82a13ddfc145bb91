#include "cli/deliveries.h"

#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "base/uuid.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace sonde::cli {
namespace {

constexpr std::string_view kDeliveries = "/api/sonde/v1/deliveries";

Tint tint_of_state(std::string_view state) {
  if (state == "dead") return Tint::kRed;
  return state == "waiting" || state == "unknown" ? Tint::kYellow : Tint::kNone;
}

/// What its receiver said, or why it has not said anything.
std::string answer_of(const AnswerJson& delivery) {
  const std::string answer = text_in(delivery, "answer");
  return answer.empty() ? text_in(delivery, "last_error") : answer;
}

std::string tell_delivery(const AnswerJson& delivery) {
  return "delivery " + text_in(delivery, "id") + " through " + text_in(delivery, "channel") + " is " +
         text_in(delivery, "state") + "\n";
}

}  // namespace

std::string render_deliveries(const AnswerJson& answer, bool colour) {
  const AnswerJson& deliveries = answer.at("deliveries");
  if (deliveries.empty()) return "no messages\n";
  Table table;
  table.columns = {{.title = "ID", .align_right = false},    {.title = "TIME", .align_right = false},
                   {.title = "STATE", .align_right = false}, {.title = "CHANNEL", .align_right = false},
                   {.title = "KIND", .align_right = false},  {.title = "INCIDENT"},
                   {.title = "ALERT", .align_right = false}, {.title = "TRIES"},
                   {.title = "ANSWER", .align_right = false}};
  for (const AnswerJson& delivery : deliveries) {
    const std::string state = text_in(delivery, "state");
    table.rows.push_back({{text_in(delivery, "id")},
                          {time_in(delivery, "created_at")},
                          {state, tint_of_state(state)},
                          {text_in(delivery, "channel")},
                          {text_in(delivery, "kind")},
                          {number_in(delivery, "incident")},
                          {text_in(delivery, "alert")},
                          {number_in(delivery, "attempts")},
                          {answer_of(delivery)}});
  }
  return render_table(table, TableStyle{.colour = colour});
}

Result<> run_deliveries_list(const DeliveriesListCommand& command, const AnswerStreams& streams) {
  std::string path = std::string(kDeliveries) + "?limit=" + std::to_string(command.count);
  if (command.state) path += "&state=" + percent_encoded(*command.state);
  if (command.incident) path += "&incident=" + std::to_string(*command.incident);
  const std::string answer = SONDE_TRY(ask_alerting(command.address, {.method = "GET", .path_and_query = path}));
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, SONDE_TRY(indented(answer)));
  const bool colour = is_coloured(command.no_color, streams.output_fd);
  return write_all(
      streams.output_fd,
      SONDE_TRY(put_into_words(answer, [colour](const AnswerJson& json) { return render_deliveries(json, colour); })));
}

Result<> run_deliveries_retry(const DeliveriesRetryCommand& command, const AnswerStreams& streams) {
  for (const std::string& id : command.ids) {
    const HttpQuestion question{.method = "POST",
                                .path_and_query = std::string(kDeliveries) + "/" + percent_encoded(id) + "/retry",
                                .idempotency_key = random_uuid()};
    auto retried = ask_alerting(command.address, question);
    if (!retried) return std::move(retried).error().with("delivery " + sanitise_utf8(id));
    const std::string told = SONDE_TRY(put_into_words(*retried, tell_delivery));
    SONDE_TRY(write_all(streams.output_fd, told));
  }
  return Ok{};
}

}  // namespace sonde::cli
