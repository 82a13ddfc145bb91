#pragma once

#include <cstdint>
#include <string>

#include "alerts/types.h"
#include "capture/types.h"
#include "host/types.h"
#include "inventory/types.h"
#include "measure/types.h"
#include "notify/types.h"
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

/// Everything a user can set; the defaults are what runs without a file.
struct Config {
  serve::ServerOptions server;
  capture::CaptureOptions capture;
  inventory::InventoryOptions inventory;
  host::HostOptions host;
  measure::MeasureOptions measure;
  measure::TcpOptions tcp;
  store::StoreOptions store;
  rules::RulePack rules;
  alerts::AlertOptions alerts;
  notify::NotifyOptions notify;
  LogOptions log;
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
