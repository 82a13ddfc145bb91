#include "cli/overrides.h"

#include <chrono>
#include <string_view>

#include "base/utf8.h"
#include "cli/moment.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace sonde::cli {
namespace {

constexpr std::string_view kOverrides = "/api/sonde/v1/oncall/overrides";
constexpr std::string_view kChanges = "/api/sonde/v1/oncall/changes";

AnswerJson body_of(const OncallOverrideCommand& command) {
  AnswerJson body{{"schedule", command.schedule},
                  {"person", command.person},
                  {"comment", command.comment},
                  {"author", command.author}};
  if (command.replaces) body["replaces"] = *command.replaces;
  if (command.from) body["from"] = utc_text(*command.from);
  if (command.until) {
    body["until"] = utc_text(*command.until);
  } else {
    body["for"] = std::to_string(std::chrono::ceil<std::chrono::seconds>(command.length).count()) + "s";
  }
  return body;
}

Result<> add(const OncallOverrideCommand& command, const AnswerStreams& streams) {
  const HttpQuestion question{.method = "POST",
                              .path_and_query = std::string(kOverrides),
                              .json = body_of(command).dump(-1, ' ', false, AnswerJson::error_handler_t::replace)};
  const std::string answer = SONDE_TRY(ask_alerting(command.address, question));
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, SONDE_TRY(indented(answer)));
  return write_all(streams.output_fd, SONDE_TRY(put_into_words(
                                          answer, [](const AnswerJson& json) { return text_in(json, "id") + "\n"; })));
}

Result<> list(const OncallOverrideCommand& command, const AnswerStreams& streams) {
  const HttpQuestion question{.method = "GET", .path_and_query = std::string(kChanges)};
  const std::string answer = SONDE_TRY(ask_alerting(command.address, question));
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, SONDE_TRY(indented(answer)));
  return write_all(streams.output_fd, SONDE_TRY(put_into_words(answer, [&command](const AnswerJson& json) {
                     return render_overrides(json, command.schedule);
                   })));
}

Result<> remove(const OncallOverrideCommand& command, const AnswerStreams& streams) {
  for (const std::string& id : command.ids) {
    const std::string path = std::string(kChanges) + "/" + percent_encoded(id);
    auto removed = ask_alerting(command.address, {.method = "DELETE", .path_and_query = path});
    if (!removed) return std::move(removed).error().with("override " + sanitise_utf8(id));
    SONDE_TRY(write_all(streams.output_fd, "override " + sanitise_utf8(id) + " is taken back\n"));
  }
  return Ok{};
}

}  // namespace

std::string render_overrides(const AnswerJson& answer, const std::string& schedule) {
  Table table;
  table.columns = {{.title = "ID", .align_right = false},     {.title = "SCHEDULE", .align_right = false},
                   {.title = "PERSON", .align_right = false}, {.title = "REPLACES", .align_right = false},
                   {.title = "FROM", .align_right = false},   {.title = "UNTIL", .align_right = false},
                   {.title = "BY", .align_right = false},     {.title = "COMMENT", .align_right = false}};
  for (const AnswerJson& change : answer.at("overrides")) {
    if (!schedule.empty() && text_in(change, "schedule") != schedule) continue;
    const std::string person = text_in(change, "person");
    const std::string replaces = text_in(change, "replaces");
    table.rows.push_back({{text_in(change, "id")},
                          {text_in(change, "schedule")},
                          {person.empty() ? "nobody" : person},
                          {replaces.empty() ? "whoever" : replaces},
                          {time_in(change, "from")},
                          {time_in(change, "until")},
                          {text_in(change, "author")},
                          {text_in(change, "comment")}});
  }
  if (table.rows.empty()) return "nobody stands in\n";
  return render_table(table, TableStyle{});
}

Result<> run_oncall_override(const OncallOverrideCommand& command, const AnswerStreams& streams) {
  switch (command.action) {
    case OverrideAction::kAdd:
      return add(command, streams);
    case OverrideAction::kList:
      return list(command, streams);
    case OverrideAction::kRemove:
      return remove(command, streams);
  }
  return Ok{};
}

}  // namespace sonde::cli
