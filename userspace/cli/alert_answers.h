#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/http_client.h"
#include "cli/table.h"
#include "cli/types.h"

// What the verbs of alerting have in common: how they ask, and how they read answers.
namespace sonde::cli {

using AnswerJson = nlohmann::ordered_json;

/// Asks, and returns the body of a 200.
/// errors: of http_ask; for what the daemon refuses, its own words: kNotFound, kConflict, kStale, kPermission,
/// kBadInput.
Result<std::string> ask_alerting(const DaemonAddress& address, const HttpQuestion& question);

/// Reads an answer and puts it into words.  errors: kBadInput for an answer that makes no sense.
Result<std::string> put_into_words(const std::string& answer, const std::function<std::string(const AnswerJson&)>& say);

/// The same JSON with indents.  errors: kBadInput if it is none.
Result<std::string> indented(const std::string& answer);

/// A text of an answer, safe to print; empty if it is null.
std::string text_in(const AnswerJson& object, const char* field);

/// A time of an answer without its decimals: `2026-03-01T14:02:10Z`; empty if it is null.
std::string time_in(const AnswerJson& object, const char* field);

/// An id or a number of an answer; empty if it is null.
std::string number_in(const AnswerJson& object, const char* field);

/// `service_name="shop", severity="warning"`
std::string labels_in(const AnswerJson& object, const char* field);

/// `ann, ben`
std::string names_in(const AnswerJson& object, const char* field);

Tint tint_of_severity(std::string_view severity);

/// True if the verb writes to a terminal that may be coloured.
bool is_coloured(bool no_color, int output_fd);

}  // namespace sonde::cli
