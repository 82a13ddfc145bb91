#include "app/remedy_words.h"

#include <algorithm>

#include "alerts/label_set.h"
#include "alerts/remedy_book.h"
#include "base/child_process.h"
#include "base/quantity.h"
#include "base/utf8.h"
#include "notify/notification.h"
#include "serve/incident_answers.h"

namespace sonde::app {
namespace {

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

/// Labels come from anywhere: what a program gets of them is one line without control characters.
std::vector<std::string> environment_of(const alerts::RemedyOrder& order) {
  const alerts::Problem& problem = order.problem;
  return {environment_variable("PATH", kUsualPath), "SONDE_INCIDENT=" + std::to_string(order.key.incident),
          "SONDE_ALERT=" + sanitise_utf8(alerts::value_of(problem.labels, alerts::kAlertLabel)),
          "SONDE_SERVICE=" + sanitise_utf8(notify::service_of(problem.labels)),
          "SONDE_SEVERITY=" + std::string(rules::name_of(problem.severity))};
}

/// Cut before a code point, with room for the ellipsis.
std::string cut(std::string text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes - std::min(max_bytes, kEllipsis.size());
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text.append(kEllipsis);
}

}  // namespace

std::string readable_output(std::string_view output, std::size_t max_bytes) {
  std::string text;
  while (!output.empty()) {
    const std::size_t end = std::min(output.find_first_of("\n\r\t"), output.size());
    text += sanitise_utf8(output.substr(0, end));
    if (end == output.size()) break;
    if (output[end] != '\r') text += output[end];
    output.remove_prefix(end + 1);
  }
  while (text.ends_with('\n')) text.pop_back();
  return cut(std::move(text), max_bytes);
}

ProgramOrder program_of(const alerts::RemedyOrder& order) {
  return {.arguments = order.rule.arguments,
          .environment = environment_of(order),
          .input = serve::incident_json(order.incident),
          .timeout = order.rule.timeout,
          .grace = kRemedyGrace,
          .max_output_bytes = kKeptOutputBytes,
          .keeps_output = true};
}

alerts::RemedyOutcome outcome_of(const ProgramOutcome& ended) {
  if (ended.was_stopped) return alerts::RemedyOutcome::kInterrupted;
  if (ended.was_ended) return alerts::RemedyOutcome::kTimedOut;
  return ended.exit_code == 0 ? alerts::RemedyOutcome::kSucceeded : alerts::RemedyOutcome::kFailed;
}

std::string words_of(const ProgramOutcome& ended, const alerts::RemedyRule& rule) {
  if (ended.was_stopped) return "was ended, for Sonde itself was stopped; it is not run again";
  if (ended.was_ended) return "took longer than " + format_duration(rule.timeout) + " and was ended";
  if (ended.signal) return "ended by signal " + std::to_string(*ended.signal);
  if (!ended.exit_code) return "ended, and nobody can say how";
  return "exit code " + std::to_string(*ended.exit_code);
}

alerts::TimelineEntry end_line(const alerts::RemedyRun& run, const alerts::Moment& at) {
  std::string what = run.how;
  if (!run.output.empty()) what += "\n" + cut(run.output, kShownOutputBytes);
  return alerts::remedy_line(run.claim.key, alerts::Change::kRemedyEnded, at, what);
}

}  // namespace sonde::app
