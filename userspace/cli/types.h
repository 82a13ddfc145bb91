#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/types.h"

namespace sonde::cli {

/// Where a running daemon listens.
struct DaemonAddress {
  std::string host = "127.0.0.1";  ///< a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 10977;
};

enum class OutputFormat : std::uint8_t { kTable, kJson };
enum class QueryFormat : std::uint8_t { kTable, kJson, kCsv };

/// One number Sonde knows of a service over a window, in the order it is shown.
enum class Figure : std::uint8_t { kRequests, kRate, kP50, kP95, kP99, kClientErrors, kErrors, kCount };

/// `sonde run`: what is given here wins over the configuration file.
struct RunCommand {
  std::optional<std::string> config;
  std::vector<std::string> only;  ///< as typed: port:443, pid:12, cgroup:/PATH, process:NAME
  std::optional<std::string> listen;
  std::optional<config::LogLevel> log_level;
  std::optional<config::LogFormat> log_format;
};

/// `sonde check FILE`
struct CheckCommand {
  std::string path;
};

/// `sonde doctor`
struct DoctorCommand {
  std::optional<std::string> config;
  OutputFormat output = OutputFormat::kTable;
};

/// `sonde top`
struct TopCommand {
  DaemonAddress address;
  bool once = false;
  std::chrono::nanoseconds window = std::chrono::minutes{1};
  std::chrono::nanoseconds interval = std::chrono::seconds{2};
  Figure sort = Figure::kRate;
  std::size_t count = 50;
  OutputFormat output = OutputFormat::kTable;
  bool no_color = false;  ///< also set by the environment variable NO_COLOR
};

/// `sonde query`
struct QueryCommand {
  DaemonAddress address;
  std::vector<Figure> figures;  ///< never empty
  std::optional<std::string> service;
  std::chrono::nanoseconds window = std::chrono::minutes{5};
  QueryFormat output = QueryFormat::kTable;
};

/// `sonde events`
struct EventsCommand {
  DaemonAddress address;
  std::chrono::nanoseconds since = std::chrono::hours{1};
  std::optional<std::string> service;
  std::size_t limit = 100;
  bool follow = false;
  OutputFormat output = OutputFormat::kTable;
  bool no_color = false;  ///< also set by the environment variable NO_COLOR
};

/// `sonde --version`
struct VersionCommand {};

using Command =
    std::variant<RunCommand, CheckCommand, DoctorCommand, TopCommand, QueryCommand, EventsCommand, VersionCommand>;

}  // namespace sonde::cli
