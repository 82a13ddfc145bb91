#include <algorithm>
#include <array>
#include <cstddef>

#include "promql/functions.h"

namespace sonde::promql {
namespace {

constexpr std::array kVectorOnly{ValueType::kVector};
constexpr std::array kMatrixOnly{ValueType::kMatrix};
constexpr std::array kScalarOnly{ValueType::kScalar};
constexpr std::array kVectorScalar{ValueType::kVector, ValueType::kScalar};
constexpr std::array kVectorScalarScalar{ValueType::kVector, ValueType::kScalar, ValueType::kScalar};
constexpr std::array kScalarVector{ValueType::kScalar, ValueType::kVector};
constexpr std::array kScalarScalarVector{ValueType::kScalar, ValueType::kScalar, ValueType::kVector};
constexpr std::array kMatrixScalar{ValueType::kMatrix, ValueType::kScalar};
constexpr std::array kScalarMatrix{ValueType::kScalar, ValueType::kMatrix};
constexpr std::array kVectorStrings3{ValueType::kVector, ValueType::kString, ValueType::kString, ValueType::kString};
constexpr std::array kVectorStrings4{ValueType::kVector, ValueType::kString, ValueType::kString, ValueType::kString,
                                     ValueType::kString};

constexpr std::array kFunctions{
    FunctionSpec{Function::kAbs, "abs", kVectorOnly},
    FunctionSpec{Function::kAbsent, "absent", kVectorOnly},
    FunctionSpec{Function::kAbsentOverTime, "absent_over_time", kMatrixOnly},
    FunctionSpec{Function::kAcos, "acos", kVectorOnly},
    FunctionSpec{Function::kAcosh, "acosh", kVectorOnly},
    FunctionSpec{Function::kAsin, "asin", kVectorOnly},
    FunctionSpec{Function::kAsinh, "asinh", kVectorOnly},
    FunctionSpec{Function::kAtan, "atan", kVectorOnly},
    FunctionSpec{Function::kAtanh, "atanh", kVectorOnly},
    FunctionSpec{Function::kAvgOverTime, "avg_over_time", kMatrixOnly},
    FunctionSpec{Function::kCeil, "ceil", kVectorOnly},
    FunctionSpec{Function::kChanges, "changes", kMatrixOnly},
    FunctionSpec{Function::kClamp, "clamp", kVectorScalarScalar},
    FunctionSpec{Function::kClampMax, "clamp_max", kVectorScalar},
    FunctionSpec{Function::kClampMin, "clamp_min", kVectorScalar},
    FunctionSpec{Function::kCos, "cos", kVectorOnly},
    FunctionSpec{Function::kCosh, "cosh", kVectorOnly},
    FunctionSpec{Function::kCountOverTime, "count_over_time", kMatrixOnly},
    FunctionSpec{Function::kDayOfMonth, "day_of_month", kVectorOnly, 1},
    FunctionSpec{Function::kDayOfWeek, "day_of_week", kVectorOnly, 1},
    FunctionSpec{Function::kDayOfYear, "day_of_year", kVectorOnly, 1},
    FunctionSpec{Function::kDaysInMonth, "days_in_month", kVectorOnly, 1},
    FunctionSpec{Function::kDeg, "deg", kVectorOnly},
    FunctionSpec{Function::kDelta, "delta", kMatrixOnly},
    FunctionSpec{Function::kDeriv, "deriv", kMatrixOnly},
    FunctionSpec{Function::kExp, "exp", kVectorOnly},
    FunctionSpec{Function::kFloor, "floor", kVectorOnly},
    FunctionSpec{Function::kHistogramAvg, "histogram_avg", kVectorOnly},
    FunctionSpec{Function::kHistogramCount, "histogram_count", kVectorOnly},
    FunctionSpec{Function::kHistogramFraction, "histogram_fraction", kScalarScalarVector},
    FunctionSpec{Function::kHistogramQuantile, "histogram_quantile", kScalarVector},
    FunctionSpec{Function::kHistogramStddev, "histogram_stddev", kVectorOnly},
    FunctionSpec{Function::kHistogramStdvar, "histogram_stdvar", kVectorOnly},
    FunctionSpec{Function::kHistogramSum, "histogram_sum", kVectorOnly},
    FunctionSpec{Function::kHour, "hour", kVectorOnly, 1},
    FunctionSpec{Function::kIdelta, "idelta", kMatrixOnly},
    FunctionSpec{Function::kIncrease, "increase", kMatrixOnly},
    FunctionSpec{Function::kIrate, "irate", kMatrixOnly},
    FunctionSpec{Function::kLabelJoin, "label_join", kVectorStrings3, -1},
    FunctionSpec{Function::kLabelReplace, "label_replace", kVectorStrings4},
    FunctionSpec{Function::kLastOverTime, "last_over_time", kMatrixOnly},
    FunctionSpec{Function::kLn, "ln", kVectorOnly},
    FunctionSpec{Function::kLog10, "log10", kVectorOnly},
    FunctionSpec{Function::kLog2, "log2", kVectorOnly},
    FunctionSpec{Function::kMaxOverTime, "max_over_time", kMatrixOnly},
    FunctionSpec{Function::kMinOverTime, "min_over_time", kMatrixOnly},
    FunctionSpec{Function::kMinute, "minute", kVectorOnly, 1},
    FunctionSpec{Function::kMonth, "month", kVectorOnly, 1},
    FunctionSpec{Function::kPi, "pi", {}, 0, ValueType::kScalar},
    FunctionSpec{Function::kPredictLinear, "predict_linear", kMatrixScalar},
    FunctionSpec{Function::kPresentOverTime, "present_over_time", kMatrixOnly},
    FunctionSpec{Function::kQuantileOverTime, "quantile_over_time", kScalarMatrix},
    FunctionSpec{Function::kRad, "rad", kVectorOnly},
    FunctionSpec{Function::kRate, "rate", kMatrixOnly},
    FunctionSpec{Function::kResets, "resets", kMatrixOnly},
    FunctionSpec{Function::kRound, "round", kVectorScalar, 1},
    FunctionSpec{Function::kScalar, "scalar", kVectorOnly, 0, ValueType::kScalar},
    FunctionSpec{Function::kSgn, "sgn", kVectorOnly},
    FunctionSpec{Function::kSin, "sin", kVectorOnly},
    FunctionSpec{Function::kSinh, "sinh", kVectorOnly},
    FunctionSpec{Function::kSort, "sort", kVectorOnly},
    FunctionSpec{Function::kSortDesc, "sort_desc", kVectorOnly},
    FunctionSpec{Function::kSqrt, "sqrt", kVectorOnly},
    FunctionSpec{Function::kStddevOverTime, "stddev_over_time", kMatrixOnly},
    FunctionSpec{Function::kStdvarOverTime, "stdvar_over_time", kMatrixOnly},
    FunctionSpec{Function::kSumOverTime, "sum_over_time", kMatrixOnly},
    FunctionSpec{Function::kTan, "tan", kVectorOnly},
    FunctionSpec{Function::kTanh, "tanh", kVectorOnly},
    FunctionSpec{Function::kTime, "time", {}, 0, ValueType::kScalar},
    FunctionSpec{Function::kTimestamp, "timestamp", kVectorOnly},
    FunctionSpec{Function::kVector, "vector", kScalarOnly},
    FunctionSpec{Function::kYear, "year", kVectorOnly, 1},
};
static_assert(kFunctions.size() == static_cast<std::size_t>(Function::kCount), "every Function needs one row");
static_assert(std::ranges::is_sorted(kFunctions, {}, &FunctionSpec::function), "rows stand in the order of Function");
static_assert(std::ranges::is_sorted(kFunctions, {}, &FunctionSpec::name), "names are looked up by halves");

/// Those of Prometheus 3.5 and, so that an expression written for a later one is told why it fails, of those since.
constexpr std::array<std::string_view, 18> kExperimental{"double_exponential_smoothing",
                                                         "end",
                                                         "first_over_time",
                                                         "histogram_quantiles",
                                                         "info",
                                                         "mad_over_time",
                                                         "max_of",
                                                         "min_of",
                                                         "range",
                                                         "sort_by_label",
                                                         "sort_by_label_desc",
                                                         "start",
                                                         "start_timestamp",
                                                         "step",
                                                         "ts_of_first_over_time",
                                                         "ts_of_last_over_time",
                                                         "ts_of_max_over_time",
                                                         "ts_of_min_over_time"};

}  // namespace

const FunctionSpec& spec_of(Function function) { return kFunctions[static_cast<std::size_t>(function)]; }

const FunctionSpec* find_function(std::string_view name) {
  const auto found = std::ranges::lower_bound(kFunctions, name, {}, &FunctionSpec::name);
  return found != kFunctions.end() && found->name == name ? &*found : nullptr;
}

bool is_experimental_function(std::string_view name) {
  return std::ranges::find(kExperimental, name) != kExperimental.end();
}

}  // namespace sonde::promql
