#pragma once

#include <span>
#include <string>

#include "app/backtest.h"

namespace sonde::app {

std::string backtest_as_text(std::span<const BacktestedRule> rules, const BacktestPeriod& period);
std::string backtest_as_json(std::span<const BacktestedRule> rules, const BacktestPeriod& period);

}  // namespace sonde::app
