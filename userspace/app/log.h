#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "config/types.h"

namespace sonde::app {

/// A fact beside a message: `key=value` on a terminal, a member of the object in JSON.
struct LogField {
  std::string_view name;
  std::string value;
};

/// Sets up the one logger, to standard error. Call once, before any thread starts.
void start_log(const config::LogOptions& options);

/// Writes one line.  threads: any.
void log_line(config::LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

inline void log_info(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log_line(config::LogLevel::kInfo, message, fields);
}
inline void log_warning(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log_line(config::LogLevel::kWarn, message, fields);
}
inline void log_error(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log_line(config::LogLevel::kError, message, fields);
}

/// One line of JSON without the newline: ts (RFC 3339, UTC), level, msg, then the fields. Pure.
std::string to_json_line(std::string_view timestamp, config::LogLevel level, std::string_view message,
                         std::initializer_list<LogField> fields);

/// A message with its fields for people: `serving  address=127.0.0.1:10977`. Values with spaces are quoted. Pure.
std::string to_text_line(std::string_view message, std::initializer_list<LogField> fields);

}  // namespace sonde::app
