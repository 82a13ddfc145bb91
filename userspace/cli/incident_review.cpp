#include "cli/incident_review.h"

#include "base/uuid.h"
#include "cli/terminal.h"

namespace sonde::cli {

std::string state_of_fix(const AnswerJson& review) {
  const std::string state = text_in(review, "state");
  if (state == "watching") return "watched until " + time_in(review, "watch_until");
  if (state == "verified") return "verified: nothing fired again until " + time_in(review, "watch_until");
  if (state == "came_back") return "no: it came back as " + number_in(review, "came_back_as");
  return "";
}

std::string tell_review(const AnswerJson& incident) {
  const AnswerJson& review = incident.at("review");
  std::string text = "incident " + number_in(incident, "id") + " is reviewed: " + text_in(review, "verdict");
  if (const std::string fix = state_of_fix(review); !fix.empty()) text += "; fixed: " + fix;
  return text + "\n";
}

std::string review_body(const IncidentReviewCommand& command) {
  AnswerJson body = AnswerJson::object();
  body["author"] = command.author;
  if (command.cause) body["cause"] = *command.cause;
  if (command.action) body["action"] = *command.action;
  if (command.verdict) body["verdict"] = *command.verdict;
  if (command.follow_up) body["follow_up"] = *command.follow_up;
  if (command.fixed) body["fixed"] = true;
  return body.dump(-1, ' ', false, AnswerJson::error_handler_t::replace);
}

Result<> run_incident_review(const IncidentReviewCommand& command, const AnswerStreams& streams) {
  const HttpQuestion question{
      .method = "POST",
      .path_and_query = "/api/sonde/v1/incidents/" + std::to_string(command.incident) + "/review",
      .json = review_body(command),
      .idempotency_key = random_uuid()};
  const std::string answer = SONDE_TRY(ask_alerting(command.address, question));
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, SONDE_TRY(indented(answer)));
  return write_all(streams.output_fd, SONDE_TRY(put_into_words(answer, tell_review)));
}

}  // namespace sonde::cli
