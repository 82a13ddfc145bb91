#include "measure/service_book.h"

#include <utility>

#include "base/utf8.h"

namespace sonde::measure {

NamedService& ServiceBook::find(const ServiceContext& context) {
  NamedService*& known = by_context_[context.service];
  if (known != nullptr) return *known;
  std::string name = sanitise_utf8(context.service_name);
  const auto [row, is_new] = numbers_.try_emplace(name, static_cast<std::uint32_t>(services_.size()));
  if (is_new) services_.push_back(NamedService{row->second, std::move(name), {}});
  known = &services_[row->second];
  return *known;
}

RouteChoice ServiceBook::choose_route(NamedService& service, std::string& route) const {
  if (const auto row = service.routes.find(route); row != service.routes.end()) return {row->second, false};
  route = sanitise_utf8(route);
  if (const auto row = service.routes.find(route); row != service.routes.end()) return {row->second, false};
  if (route == kOverflowRoute) return {kOverflowRouteNumber, false};
  if (service.routes.size() >= max_routes_) {
    route = kOverflowRoute;
    return {kOverflowRouteNumber, true};
  }
  const auto number = static_cast<std::uint32_t>(kFirstRouteNumber + service.routes.size());
  service.routes.emplace(route, number);
  return {number, false};
}

}  // namespace sonde::measure
