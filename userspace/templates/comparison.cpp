#include <string>

#include "templates/functions.h"
#include "templates/value_format.h"

namespace sonde::templates {
namespace {

enum class Order : std::uint8_t { kLess, kEqual, kGreater, kNone };

bool is_comparable(Kind kind) {
  return kind != Kind::kList && kind != Kind::kStringMap && kind != Kind::kValueMap && kind != Kind::kRoot;
}

bool is_basic(Kind kind) {
  return kind == Kind::kBool || kind == Kind::kInteger || kind == Kind::kFloat || kind == Kind::kText;
}

Complaint incompatible(const Value& left, const Value& right) {
  const bool numbers = (left.kind() == Kind::kInteger && right.kind() == Kind::kFloat) ||
                       (left.kind() == Kind::kFloat && right.kind() == Kind::kInteger);
  return {"incompatible types for comparison: " + std::string(type_name(left)) + " and " +
          std::string(type_name(right)) + (numbers ? "; write the integer with a point, as 1.0" : "")};
}

Complaint uncomparable(const Value& value) {
  BoundedText shown(200);
  format_value(shown, value, Directive{});
  return {"uncomparable type " + std::string(type_name(value)) + ": " + shown.text()};
}

template <class T>
Order order_of(const T& left, const T& right) {
  return left < right ? Order::kLess : left == right ? Order::kEqual : left > right ? Order::kGreater : Order::kNone;
}

bool same_object(const Value& left, const Value& right) {
  if (const auto* sample = left.as<std::shared_ptr<const Sample>>()) {
    return *sample == *right.as<std::shared_ptr<const Sample>>();
  }
  return left.kind() == Kind::kNil;  // a duration and a time are pointers in Go, equal only to themselves
}

Expected<bool, Complaint> equal(const Value& left, const Value& right) {
  if (left.kind() != right.kind()) {
    const bool has_nil = left.kind() == Kind::kNil || right.kind() == Kind::kNil;
    if (has_nil) return false;
    return incompatible(left, right);
  }
  if (const auto* held = left.as<bool>()) return *held == *right.as<bool>();
  if (const auto* held = left.as<std::int64_t>()) return *held == *right.as<std::int64_t>();
  if (const auto* held = left.as<double>()) return *held == *right.as<double>();
  if (left.kind() == Kind::kText) return text_of(left) == text_of(right);
  return same_object(left, right);
}

Expected<Order, Complaint> compare(const Value& left, const Value& right) {
  if (!is_basic(left.kind())) return Complaint{"invalid type for comparison: " + std::string(type_name(left))};
  if (!is_basic(right.kind())) return Complaint{"invalid type for comparison: " + std::string(type_name(right))};
  if (left.kind() != right.kind()) return incompatible(left, right);
  if (const auto* held = left.as<std::int64_t>()) return order_of(*held, *right.as<std::int64_t>());
  if (const auto* held = left.as<double>()) return order_of(*held, *right.as<double>());
  if (left.kind() == Kind::kText) return order_of(text_of(left), text_of(right));
  return Complaint{"invalid type for comparison: " + std::string(type_name(left))};
}

}  // namespace

Answer run_equal(const CallContext&, Arguments arguments) {
  const Value& left = arguments.front();
  if (!is_comparable(left.kind())) return uncomparable(left);
  if (arguments.size() < 2) return Complaint{"missing argument for comparison"};
  for (const Value& right : arguments.subspan(1)) {
    if (!is_comparable(right.kind()) && right.kind() == left.kind()) return uncomparable(right);
    if (SONDE_TRY(equal(left, right))) return Value{true};
  }
  return Value{false};
}

Answer run_not_equal(const CallContext& context, Arguments arguments) {
  return Value{!is_true(SONDE_TRY(run_equal(context, arguments)))};
}

Answer run_less(const CallContext&, Arguments arguments) {
  return Value{SONDE_TRY(compare(arguments[0], arguments[1])) == Order::kLess};
}

Answer run_less_or_equal(const CallContext&, Arguments arguments) {
  const Order order = SONDE_TRY(compare(arguments[0], arguments[1]));
  return Value{order == Order::kLess || order == Order::kEqual};
}

// Go calls what is not less or equal greater, and so NaN too.
Answer run_greater(const CallContext&, Arguments arguments) {
  const Order order = SONDE_TRY(compare(arguments[0], arguments[1]));
  return Value{order == Order::kGreater || order == Order::kNone};
}

Answer run_greater_or_equal(const CallContext&, Arguments arguments) {
  return Value{SONDE_TRY(compare(arguments[0], arguments[1])) != Order::kLess};
}

Answer run_not(const CallContext&, Arguments arguments) { return Value{!is_true(arguments.front())}; }

}  // namespace sonde::templates
