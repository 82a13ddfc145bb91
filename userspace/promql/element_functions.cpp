#include "promql/element_functions.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>

namespace sonde::promql {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double absolute(double value) { return std::fabs(value); }
double ceiling(double value) { return std::ceil(value); }
double floor_of(double value) { return std::floor(value); }
double exponential(double value) { return std::exp(value); }
double square_root(double value) { return std::sqrt(value); }
double natural_logarithm(double value) { return std::log(value); }
double binary_logarithm(double value) { return std::log2(value); }
double decimal_logarithm(double value) { return std::log10(value); }
double sine(double value) { return std::sin(value); }
double cosine(double value) { return std::cos(value); }
double tangent(double value) { return std::tan(value); }
double arc_sine(double value) { return std::asin(value); }
double arc_cosine(double value) { return std::acos(value); }
double arc_tangent(double value) { return std::atan(value); }
double hyperbolic_sine(double value) { return std::sinh(value); }
double hyperbolic_cosine(double value) { return std::cosh(value); }
double hyperbolic_tangent(double value) { return std::tanh(value); }
double area_sine(double value) { return std::asinh(value); }
double area_cosine(double value) { return std::acosh(value); }
double area_tangent(double value) { return std::atanh(value); }
double radians(double value) { return value * std::numbers::pi / 180; }
double degrees(double value) { return value * 180 / std::numbers::pi; }

double sign(double value) {
  if (value < 0) return -1;
  return value > 0 ? 1 : value;
}

struct ElementRow {
  Function function;
  ElementFunction apply;
};

constexpr std::array kElementFunctions{
    ElementRow{Function::kAbs, &absolute},
    ElementRow{Function::kAcos, &arc_cosine},
    ElementRow{Function::kAcosh, &area_cosine},
    ElementRow{Function::kAsin, &arc_sine},
    ElementRow{Function::kAsinh, &area_sine},
    ElementRow{Function::kAtan, &arc_tangent},
    ElementRow{Function::kAtanh, &area_tangent},
    ElementRow{Function::kCeil, &ceiling},
    ElementRow{Function::kCos, &cosine},
    ElementRow{Function::kCosh, &hyperbolic_cosine},
    ElementRow{Function::kDeg, &degrees},
    ElementRow{Function::kExp, &exponential},
    ElementRow{Function::kFloor, &floor_of},
    ElementRow{Function::kLn, &natural_logarithm},
    ElementRow{Function::kLog10, &decimal_logarithm},
    ElementRow{Function::kLog2, &binary_logarithm},
    ElementRow{Function::kRad, &radians},
    ElementRow{Function::kSgn, &sign},
    ElementRow{Function::kSin, &sine},
    ElementRow{Function::kSinh, &hyperbolic_sine},
    ElementRow{Function::kSqrt, &square_root},
    ElementRow{Function::kTan, &tangent},
    ElementRow{Function::kTanh, &hyperbolic_tangent},
};

/// A moment in UTC.
struct Moment {
  std::chrono::sys_days day;
  std::chrono::year_month_day date;
  std::chrono::seconds of_day{0};
};

template <class Part>
double part_of(double unix_seconds, Part part) {
  constexpr double kFirst = -62'135'596'800;  // 0001-01-01
  constexpr double kLast = 253'402'300'799;   // 9999-12-31
  if (!(unix_seconds >= kFirst && unix_seconds <= kLast)) return kNan;
  const std::chrono::sys_seconds at{std::chrono::seconds{static_cast<std::int64_t>(unix_seconds)}};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  return static_cast<double>(part(Moment{day, std::chrono::year_month_day{day}, at - day}));
}

double minute(double unix_seconds) {
  return part_of(unix_seconds, [](const Moment& at) { return at.of_day.count() / 60 % 60; });
}

double hour(double unix_seconds) {
  return part_of(unix_seconds, [](const Moment& at) { return at.of_day.count() / 3600; });
}

double day_of_week(double unix_seconds) {
  return part_of(unix_seconds, [](const Moment& at) { return std::chrono::weekday{at.day}.c_encoding(); });
}

double day_of_month(double unix_seconds) {
  return part_of(unix_seconds, [](const Moment& at) { return static_cast<unsigned>(at.date.day()); });
}

double day_of_year(double unix_seconds) {
  return part_of(unix_seconds, [](const Moment& at) {
    const std::chrono::sys_days new_year{at.date.year() / std::chrono::January / 1};
    return (at.day - new_year).count() + 1;
  });
}

double days_in_month(double unix_seconds) {
  return part_of(unix_seconds, [](const Moment& at) {
    const std::chrono::year_month_day_last last{at.date.year() / at.date.month() / std::chrono::last};
    return static_cast<unsigned>(last.day());
  });
}

double month(double unix_seconds) {
  return part_of(unix_seconds, [](const Moment& at) { return static_cast<unsigned>(at.date.month()); });
}

double year(double unix_seconds) {
  return part_of(unix_seconds, [](const Moment& at) { return static_cast<int>(at.date.year()); });
}

struct DateRow {
  Function function;
  DateFunction apply;
};

constexpr std::array kDateFunctions{
    DateRow{Function::kDayOfMonth, &day_of_month},
    DateRow{Function::kDayOfWeek, &day_of_week},
    DateRow{Function::kDayOfYear, &day_of_year},
    DateRow{Function::kDaysInMonth, &days_in_month},
    DateRow{Function::kHour, &hour},
    DateRow{Function::kMinute, &minute},
    DateRow{Function::kMonth, &month},
    DateRow{Function::kYear, &year},
};

double larger(double left, double right) {
  if (left == kInfinity || right == kInfinity) return kInfinity;
  if (std::isnan(left) || std::isnan(right)) return kNan;
  return std::max(left, right);
}

double smaller(double left, double right) {
  if (left == -kInfinity || right == -kInfinity) return -kInfinity;
  if (std::isnan(left) || std::isnan(right)) return kNan;
  return std::min(left, right);
}

}  // namespace

ElementFunction find_element_function(Function function) {
  const auto* const row = std::find_if(kElementFunctions.begin(), kElementFunctions.end(),
                                       [function](const ElementRow& each) { return each.function == function; });
  return row == kElementFunctions.end() ? nullptr : row->apply;
}

DateFunction find_date_function(Function function) {
  const auto* const row = std::find_if(kDateFunctions.begin(), kDateFunctions.end(),
                                       [function](const DateRow& each) { return each.function == function; });
  return row == kDateFunctions.end() ? nullptr : row->apply;
}

double round_to(double value, double multiple) {
  // Multiplying by the inverse rather than dividing: what is no binary fraction rounds as it does in Prometheus.
  const double inverse = 1.0 / multiple;
  return std::floor(value * inverse + 0.5) / inverse;
}

double clamp(double value, double min, double max) { return larger(min, smaller(max, value)); }

}  // namespace sonde::promql
