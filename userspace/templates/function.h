#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "templates/types.h"
#include "templates/value.h"

namespace sonde::templates {

/// What a parameter takes; what Go would refuse is refused before the call.
enum class ParameterKind : std::uint8_t { kAny, kText, kVector, kSample, kStrings };

/// Why a function has no answer.
struct Complaint {
  std::string what;
};

using Answer = Expected<Value, Complaint>;

/// Steps that are left.
class Budget {
 public:
  explicit Budget(std::size_t steps) : left_(steps) {}

  /// False if there are not so many any more.
  [[nodiscard]] bool spend(std::size_t steps) {
    const bool enough = steps <= left_;
    left_ = enough ? left_ - steps : 0;
    return enough;
  }

 private:
  std::size_t left_;
};

/// What a function may see beyond its arguments.
struct CallContext {
  const TemplateData& data;
  const QueryFunction& query;
  Budget& budget;
};

using Arguments = std::span<const Value>;
using Implementation = Answer (*)(const CallContext& context, Arguments arguments);

/// Whether the renderer runs it itself, since it does not look at all its arguments or calls a template.
enum class Runner : std::uint8_t { kFunction, kAnd, kOr, kTemplate };

/// A function of the template language.
/// shape: `required` parameters; the last kind stands for all further arguments of a variadic one.
struct Function {
  std::string_view name;
  std::array<ParameterKind, 3> parameters{};
  std::size_t required = 0;
  bool variadic = false;
  Implementation run = nullptr;
  Runner runner = Runner::kFunction;
  std::size_t steps = 1;  ///< what a call costs
};

/// Every function there is, by its name.
std::span<const Function> all_functions();

/// Null if there is none of that name.
const Function* find_function(std::string_view name);

/// The function that was probably meant; empty if none is near.
std::string_view nearest_function(std::string_view name);

/// As Go names the type in errors.
std::string_view name_of(ParameterKind kind);

}  // namespace sonde::templates
