#include "app/log.h"

#include <fmt/chrono.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/utf8.h"

namespace sonde::app {
namespace {

std::atomic<bool> write_json{false};

spdlog::level::level_enum to_spdlog(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::kDebug:
      return spdlog::level::debug;
    case config::LogLevel::kInfo:
      return spdlog::level::info;
    case config::LogLevel::kWarn:
      return spdlog::level::warn;
    case config::LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view name_of(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::kDebug:
      return "debug";
    case config::LogLevel::kInfo:
      return "info";
    case config::LogLevel::kWarn:
      return "warning";
    case config::LogLevel::kError:
      return "error";
  }
  return "";
}

std::string timestamp_now() {
  const auto now = std::chrono::system_clock::now();
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)), millis);
}

}  // namespace

void start_log(const config::LogOptions& options) {
  write_json = options.format == config::LogFormat::kJson;
  auto logger = spdlog::stderr_color_mt("sonde");
  logger->set_pattern(write_json ? "%v" : "%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v");
  logger->set_level(to_spdlog(options.level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

void log_line(config::LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  const auto severity = to_spdlog(level);
  if (!spdlog::should_log(severity)) return;
  spdlog::log(severity, "{}",
              write_json ? to_json_line(timestamp_now(), level, message, fields) : to_text_line(message, fields));
}

std::string to_json_line(std::string_view timestamp, config::LogLevel level, std::string_view message,
                         std::initializer_list<LogField> fields) {
  nlohmann::ordered_json line;
  line["ts"] = timestamp;
  line["level"] = name_of(level);
  line["msg"] = sanitise_utf8(message);
  for (const LogField& field : fields) line[std::string(field.name)] = sanitise_utf8(field.value);
  return line.dump();
}

std::string to_text_line(std::string_view message, std::initializer_list<LogField> fields) {
  std::string line = sanitise_utf8(message);
  for (const LogField& field : fields) {
    const std::string value = sanitise_utf8(field.value);
    const bool quoted = value.empty() || value.find_first_of(" \"=") != std::string::npos;
    line += fmt::format(" {}={}", field.name, quoted ? nlohmann::json(value).dump() : value);
  }
  return line;
}

}  // namespace sonde::app
