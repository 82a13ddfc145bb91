#include "cli/silences.h"

#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "cli/moment.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace sonde::cli {
namespace {

constexpr std::string_view kSilences = "/api/v2/silences";
constexpr std::string_view kPreview = "/api/sonde/v1/silences/preview";

AnswerJson matcher_objects(Matchers matchers) {
  AnswerJson list = AnswerJson::array();
  for (const store::Matcher& matcher : matchers) {
    const bool is_regex = matcher.op == store::MatchOperator::kRegex || matcher.op == store::MatchOperator::kNotRegex;
    const bool is_equal = matcher.op == store::MatchOperator::kEqual || matcher.op == store::MatchOperator::kRegex;
    list.push_back({{"name", matcher.name}, {"value", matcher.value}, {"isRegex", is_regex}, {"isEqual", is_equal}});
  }
  return list;
}

std::string compact(const AnswerJson& json) { return json.dump(-1, ' ', false, AnswerJson::error_handler_t::replace); }

/// `alertname="DiskFull", service_name=~"db.*"`
std::string matchers_text(const AnswerJson& matchers) {
  std::string text;
  for (const AnswerJson& matcher : matchers) {
    const bool is_regex = matcher.at("isRegex").get<bool>();
    const bool is_equal = matcher.at("isEqual").get<bool>();
    const char* const word = is_regex ? (is_equal ? "=~" : "!~") : (is_equal ? "=" : "!=");
    text += (text.empty() ? "" : ", ") + text_in(matcher, "name") + word + "\"" + text_in(matcher, "value") + "\"";
  }
  return text;
}

}  // namespace

std::string render_silences(const AnswerJson& silences, bool all, bool colour) {
  Table table;
  table.columns = {{.title = "ID", .align_right = false},     {.title = "STATE", .align_right = false},
                   {.title = "STARTS", .align_right = false}, {.title = "ENDS", .align_right = false},
                   {.title = "BY", .align_right = false},     {.title = "MATCHERS", .align_right = false},
                   {.title = "COMMENT", .align_right = false}};
  for (const AnswerJson& silence : silences) {
    const std::string state = text_in(silence.at("status"), "state");
    if (state == "expired" && !all) continue;
    table.rows.push_back({{text_in(silence, "id")},
                          {state, state == "active" ? Tint::kYellow : Tint::kNone},
                          {time_in(silence, "startsAt")},
                          {time_in(silence, "endsAt")},
                          {text_in(silence, "createdBy")},
                          {matchers_text(silence.at("matchers"))},
                          {text_in(silence, "comment")}});
  }
  if (table.rows.empty()) return "no silences\n";
  return render_table(table, TableStyle{.colour = colour});
}

std::string render_preview(const AnswerJson& answer) {
  const AnswerJson& alerts = answer.at("alerts");
  if (alerts.empty()) return "no alert of the last seven days fits: is every label spelt right?\n";
  Table table;
  table.columns = {{.title = "ALERT", .align_right = false},
                   {.title = "FIRED", .align_right = false},
                   {.title = "CLEARED", .align_right = false},
                   {.title = "LABELS", .align_right = false}};
  for (const AnswerJson& alert : alerts) {
    const std::string cleared = time_in(alert, "cleared_at");
    table.rows.push_back({{text_in(alert, "alert")},
                          {time_in(alert, "fired_at")},
                          {cleared.empty() ? "fires" : cleared},
                          {labels_in(alert, "labels")}});
  }
  const std::size_t count = alerts.size();
  return render_table(table, TableStyle{}) + std::to_string(count) + (count == 1 ? " alert" : " alerts") +
         " of the last seven days would not have been told\n";
}

Result<> run_silence_add(const SilenceAddCommand& command, Matchers matchers, WallTime now,
                         const AnswerStreams& streams) {
  const WallTime start = command.start.value_or(now);
  const AnswerJson body{{"matchers", matcher_objects(matchers)},
                        {"startsAt", utc_text(start)},
                        {"endsAt", utc_text(start + command.length)},
                        {"createdBy", command.author},
                        {"comment", command.comment}};
  const HttpQuestion question{.method = "POST", .path_and_query = std::string(kSilences), .json = compact(body)};
  const std::string answer = SONDE_TRY(ask_alerting(command.address, question));
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, SONDE_TRY(indented(answer)));
  return write_all(
      streams.output_fd,
      SONDE_TRY(put_into_words(answer, [](const AnswerJson& json) { return text_in(json, "silenceID") + "\n"; })));
}

Result<> run_silence_list(const SilenceListCommand& command, const AnswerStreams& streams) {
  std::string path(kSilences);
  for (const std::string& matcher : command.matchers) {
    path += (path == kSilences ? "?filter=" : "&filter=") + percent_encoded(matcher);
  }
  const std::string answer = SONDE_TRY(ask_alerting(command.address, {.method = "GET", .path_and_query = path}));
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, SONDE_TRY(indented(answer)));
  const bool colour = is_coloured(command.no_color, streams.output_fd);
  return write_all(streams.output_fd, SONDE_TRY(put_into_words(answer, [&](const AnswerJson& json) {
                     return render_silences(json, command.all, colour);
                   })));
}

Result<> run_silence_expire(const SilenceExpireCommand& command, const AnswerStreams& streams) {
  for (const std::string& id : command.ids) {
    const std::string path = "/api/v2/silence/" + percent_encoded(id);
    auto ended = ask_alerting(command.address, {.method = "DELETE", .path_and_query = path});
    if (!ended) return std::move(ended).error().with("silence " + sanitise_utf8(id));
    SONDE_TRY(write_all(streams.output_fd, "silence " + sanitise_utf8(id) + " is over\n"));
  }
  return Ok{};
}

Result<> run_silence_preview(const SilencePreviewCommand& command, Matchers matchers, const AnswerStreams& streams) {
  const HttpQuestion question{.method = "POST",
                              .path_and_query = std::string(kPreview),
                              .json = compact(AnswerJson{{"matchers", matcher_objects(matchers)}})};
  const std::string answer = SONDE_TRY(ask_alerting(command.address, question));
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, SONDE_TRY(indented(answer)));
  return write_all(streams.output_fd, SONDE_TRY(put_into_words(answer, render_preview)));
}

}  // namespace sonde::cli
