#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "measure/types.h"

namespace sonde::measure {

/// Whose exchange it is.
struct ServiceContext {
  std::string_view service_name;
  std::uint32_t service = 0;      ///< always means the same service_name; two numbers may share one
  std::uint16_t server_port = 0;  ///< of the answering side; 0 leaves the label out
};

/// Lets an unordered_map of strings be searched by string_view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};
using NumbersByText = std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>>;

/// The number of kOverflowRoute, and of "this exchange has no route"; routes of their own come after.
inline constexpr std::uint32_t kOverflowRouteNumber = 0;
inline constexpr std::uint32_t kNoRouteNumber = 1;
inline constexpr std::uint32_t kFirstRouteNumber = 2;

/// A name and the routes seen under it.
struct NamedService {
  std::uint32_t number = 0;  ///< one for each name, unlike ServiceContext::service
  std::string name;
  NumbersByText routes;
};

struct RouteChoice {
  std::uint32_t number = kNoRouteNumber;
  bool collapsed = false;  ///< one route too many: it became kOverflowRoute
};

/// Numbers services by name and their routes by text, so that equal labels can never become two series.
/// threads: one at a time.
class ServiceBook {
 public:
  explicit ServiceBook(std::size_t max_routes_per_service) : max_routes_(max_routes_per_service) {}

  /// owner: the book; valid as long as it is.
  NamedService& find(const ServiceContext& context);

  /// Replaces `route` by what is exported: sanitised, or kOverflowRoute.
  RouteChoice choose_route(NamedService& service, std::string& route) const;

 private:
  std::size_t max_routes_;
  std::deque<NamedService> services_;
  NumbersByText numbers_;  // position in services_ by name
  std::unordered_map<std::uint32_t, NamedService*> by_context_;
};

}  // namespace sonde::measure
