#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "promql/types.h"

namespace sonde::promql {

/// Every function of Prometheus 3.5 that is not experimental, by its name there (promql/parser/functions.go).
enum class Function : std::uint8_t {
  kAbs,
  kAbsent,
  kAbsentOverTime,
  kAcos,
  kAcosh,
  kAsin,
  kAsinh,
  kAtan,
  kAtanh,
  kAvgOverTime,
  kCeil,
  kChanges,
  kClamp,
  kClampMax,
  kClampMin,
  kCos,
  kCosh,
  kCountOverTime,
  kDayOfMonth,
  kDayOfWeek,
  kDayOfYear,
  kDaysInMonth,
  kDeg,
  kDelta,
  kDeriv,
  kExp,
  kFloor,
  kHistogramAvg,
  kHistogramCount,
  kHistogramFraction,
  kHistogramQuantile,
  kHistogramStddev,
  kHistogramStdvar,
  kHistogramSum,
  kHour,
  kIdelta,
  kIncrease,
  kIrate,
  kLabelJoin,
  kLabelReplace,
  kLastOverTime,
  kLn,
  kLog10,
  kLog2,
  kMaxOverTime,
  kMinOverTime,
  kMinute,
  kMonth,
  kPi,
  kPredictLinear,
  kPresentOverTime,
  kQuantileOverTime,
  kRad,
  kRate,
  kResets,
  kRound,
  kScalar,
  kSgn,
  kSin,
  kSinh,
  kSort,
  kSortDesc,
  kSqrt,
  kStddevOverTime,
  kStdvarOverTime,
  kSumOverTime,
  kTan,
  kTanh,
  kTime,
  kTimestamp,
  kVector,
  kYear,
  kCount
};

/// What a function takes and gives.
struct FunctionSpec {
  Function function = Function::kAbs;
  std::string_view name;
  std::span<const ValueType> arguments;
  int variadic = 0;  ///< so many of the last arguments may be missing; -1: the last may be missing or repeated
  ValueType returns = ValueType::kVector;
};

/// The row of a function.
const FunctionSpec& spec_of(Function function);

/// The row with that name, or null.
const FunctionSpec* find_function(std::string_view name);

/// Functions that exist in Prometheus but only behind its feature flag promql-experimental-functions.
bool is_experimental_function(std::string_view name);

}  // namespace sonde::promql
