#pragma once

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <variant>

namespace sonde {

/// What kind of failure this is, for branching; the text is for people.
enum class Code {
  kIo,
  kBadConfig,
  kBadInput,
  kNotFound,
  kUnsupported,
  kPermission,
  kLimit,
  kConflict,  ///< the state it is in does not allow it
  kStale,     ///< somebody has changed it since the caller looked
};

/// A failure: what was tried, what went wrong, how to mend it.
struct Error {
  Code code = Code::kIo;
  std::string what;
  int sys_errno = 0;

  /// Puts the noun the caller knows in front of the text.
  Error with(std::string context) && {
    what = std::move(context) + ": " + what;
    return std::move(*this);
  }

  /// units: `number` is a positive errno.
  static Error from_errno(int number, const std::string& doing) {
    const bool denied = number == EPERM || number == EACCES;
    return Error{denied ? Code::kPermission : Code::kIo, doing + ": " + std::strerror(number), number};
  }
};

/// A value or the reason there is none (the shape of C++23's std::expected).
template <class T, class E>
class [[nodiscard]] Expected {
 public:
  Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Expected(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  [[nodiscard]] const E& error() const& { return *std::get_if<1>(&state_); }
  [[nodiscard]] E&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, E> state_;
};

struct Ok {};

template <class T = Ok>
using Result = Expected<T, Error>;

}  // namespace sonde

/// Takes the value out of a Result, or returns its error from the enclosing function (which must return a Result).
#define SONDE_TRY(expr)                                          \
  __extension__({                                                \
    auto sonde_result_ = (expr);                                 \
    if (!sonde_result_) return std::move(sonde_result_).error(); \
    *std::move(sonde_result_);                                   \
  })
