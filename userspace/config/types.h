#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/types.h"
#include "capture/types.h"
#include "host/types.h"
#include "inventory/types.h"
#include "measure/types.h"
#include "notify/types.h"
#include "probe/types.h"
#include "promql/types.h"
#include "rules/types.h"
#include "serve/types.h"
#include "store/types.h"

namespace sonde::config {

enum class LogFormat : std::uint8_t { kText, kJson };
enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
};

/// What queries may ask of the daemon.
struct QueryOptions {
  promql::EngineOptions engine{.timeout = std::chrono::seconds{30}, .max_samples = 10'000'000};
  std::size_t max_concurrent = 8;
  bool fine_buckets = true;  ///< quantiles of Sonde's own histograms are taken from their finer buckets
};

/// The value of store.directory that keeps nothing on disk.
inline constexpr std::string_view kNoDirectory = "none";

/// Everything a user can set; the defaults are what runs without a file.
struct Config {
  serve::ServerOptions server;
  capture::CaptureOptions capture;
  inventory::InventoryOptions inventory;
  host::HostOptions host;
  measure::MeasureOptions measure;
  measure::TcpOptions tcp;
  std::vector<probe::ProbeTarget> probes;
  store::StoreOptions store;
  std::optional<std::string> store_directory;  ///< none: $STATE_DIRECTORY, else /var/lib/sonde
  QueryOptions query;
  rules::RuleOptions rules;
  alerts::BookOptions alerts;
  notify::NotifyOptions notify;
  LogOptions log;
  std::string shown_text;  ///< the file without its secrets; empty without a file
};

/// One thing wrong in a configuration.  units: line and column from 1; 0 if it concerns the whole file.
struct ConfigFault {
  std::string file;
  int line = 0;
  int column = 0;
  std::string path;  ///< services[2].match.port
  std::string what;  ///< with how to mend it
};

}  // namespace sonde::config
