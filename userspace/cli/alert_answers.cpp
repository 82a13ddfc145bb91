#include "cli/alert_answers.h"

#include <unistd.h>

#include <utility>

#include "base/utf8.h"

namespace sonde::cli {
namespace {

Error makes_no_sense(const nlohmann::json::exception& fault) {
  return Error{Code::kBadInput, "the answer makes no sense: " + sanitise_utf8(fault.what()) +
                                    "; is the daemon another version of Sonde?"};
}

}  // namespace

Result<std::string> ask_alerting(const DaemonAddress& address, const HttpQuestion& question) {
  HttpAnswer answer = SONDE_TRY(http_ask(address, question));
  if (answer.status != 200) return refusal(address, question.path_and_query, answer);
  return std::move(answer.body);
}

Result<std::string> put_into_words(const std::string& answer,
                                   const std::function<std::string(const AnswerJson&)>& say) {
  try {
    return say(AnswerJson::parse(answer));
  } catch (const nlohmann::json::exception& fault) {
    return makes_no_sense(fault);
  }
}

Result<std::string> indented(const std::string& answer) {
  return put_into_words(answer, [](const AnswerJson& json) {
    return json.dump(2, ' ', false, AnswerJson::error_handler_t::replace) + "\n";
  });
}

std::string text_in(const AnswerJson& object, const char* field) {
  const AnswerJson& value = object.at(field);
  return value.is_null() ? "" : sanitise_utf8(value.get<std::string>());
}

std::string time_in(const AnswerJson& object, const char* field) {
  std::string text = text_in(object, field);
  const std::size_t dot = text.find('.');
  if (dot != std::string::npos) text.erase(dot, text.find('Z') - dot);
  return text;
}

std::string number_in(const AnswerJson& object, const char* field) {
  const AnswerJson& value = object.at(field);
  return value.is_null() ? "" : std::to_string(value.get<std::int64_t>());
}

std::string labels_in(const AnswerJson& object, const char* field) {
  std::string text;
  for (const auto& [name, value] : object.at(field).items()) {
    text += (text.empty() ? "" : ", ") + sanitise_utf8(name) + "=\"" + sanitise_utf8(value.get<std::string>()) + "\"";
  }
  return text;
}

std::string names_in(const AnswerJson& object, const char* field) {
  std::string text;
  for (const AnswerJson& name : object.at(field)) {
    text += (text.empty() ? "" : ", ") + sanitise_utf8(name.get<std::string>());
  }
  return text;
}

Tint tint_of_severity(std::string_view severity) {
  if (severity == "critical") return Tint::kRed;
  return severity == "warning" ? Tint::kYellow : Tint::kNone;
}

bool is_coloured(bool no_color, int output_fd) { return !no_color && ::isatty(output_fd) == 1; }

}  // namespace sonde::cli
