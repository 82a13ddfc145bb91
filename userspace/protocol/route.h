#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::protocol {

inline constexpr std::size_t kMaxRouteSegments = 8;
inline constexpr std::size_t kMaxRouteBytes = 120;

/// Turns a path into its route: what identifies one thing (numbers, UUIDs, hashes, tokens, dates, addresses) becomes
/// {id}, so that /users/17 and /users/18 are one series.
/// shape: `into` is overwritten; never empty, at most kMaxRouteBytes; what was cut off the end shows as /...
void collapse_route(std::string_view path, std::string& into);

/// Routes as the user wrote them, such as /users/{id}/orders, where {anything} stands for one segment.
class RouteTemplates {
 public:
  RouteTemplates() = default;

  /// errors: kBadInput, naming the template and how to mend it.
  static Result<RouteTemplates> create(std::span<const std::string> templates);

  /// Writes the first template that fits `path` to `into`; false, and `into` untouched, if none does.
  bool match(std::string_view path, std::string& into) const;

 private:
  struct Template {
    std::string text;
    std::vector<std::string> segments;  // empty: anything
  };

  std::vector<Template> templates_;
};

/// The first template that fits, or else collapse_route().
void find_route(const RouteTemplates& templates, std::string_view path, std::string& into);

}  // namespace sonde::protocol
