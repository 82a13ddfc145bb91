#include "measure/measurements.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace sonde::measure {
namespace {

bool is_same(const Series& left, const Series& right) {
  // Bits, not values: a gauge that stays NaN has not changed.
  return left.identity == right.identity && left.histogram == right.histogram &&
         std::bit_cast<std::uint64_t>(left.value) == std::bit_cast<std::uint64_t>(right.value);
}

bool is_same_family(const Family& left, const Family& right) {
  return left.name == right.name && left.help == right.help && left.type == right.type &&
         std::equal(left.series.begin(), left.series.end(), right.series.begin(), right.series.end(), is_same);
}

}  // namespace

Measurements::Measurements(const MeasureOptions& options, Vocabulary vocabulary)
    : services_(options.max_routes_per_service),
      book_(options.max_series, std::move(vocabulary)),
      slis_(options.slis) {}

void Measurements::observe(const protocol::Exchange& exchange, const ServiceContext& context) {
  const PlacementCache::Key key = PlacementCache::key_of(exchange, context);
  const Placement* known = cache_.find(key);
  const Placement placement = known != nullptr ? *known : place(exchange, context);
  if (known == nullptr) cache_.remember(key, placement);
  ++fates_[static_cast<std::size_t>(placement.fate)];
  if (placement.slis != nullptr) {
    slis_.observe(*placement.slis, exchange.duration);
    changed_ = true;
  }
  if (placement.series == nullptr) return;

  const ExchangeSeries& series = *placement.series;
  series.duration->observe(exchange.duration);
  if (series.first_byte != nullptr) series.first_byte->observe(exchange.time_to_first_byte);
  if (series.queue != nullptr) series.queue->observe(exchange.queue);
  series.bytes->request_bytes += exchange.request_bytes;
  series.bytes->response_bytes += exchange.response_bytes;
  changed_ = true;
}

Placement Measurements::place(const protocol::Exchange& exchange, const ServiceContext& context) {
  route_.clear();
  const SliSet* slis = nullptr;
  if (exchange.role == protocol::Role::kServer) {
    book_.route_of(exchange.path, route_);
    // By its own route, also where there is no room for that as a series.
    slis = slis_.find({.service = context.service_name,
                       .route = route_,
                       .method = book_.method_name(exchange.method),
                       .status = exchange.status,
                       .error = exchange.error});
  }
  Placement placement = place_series(exchange, context);
  placement.slis = slis;
  return placement;
}

Placement Measurements::place_series(const protocol::Exchange& exchange, const ServiceContext& context) {
  NamedService& service = services_.find(context);
  const bool has_route = exchange.role == protocol::Role::kServer;
  const RouteChoice choice = has_route ? services_.choose_route(service, route_) : RouteChoice{};
  ExchangeKey key{service.number,  choice.number,  context.server_port, exchange.status,
                  exchange.method, exchange.error, exchange.role};
  if (const ExchangeSeries* series = book_.place(key, service, route_)) {
    return {series, choice.collapsed ? Fate::kRouteCollapsed : Fate::kExact};
  }
  if (!has_route || key.route == kOverflowRouteNumber) return {};
  key.route = kOverflowRouteNumber;
  const ExchangeSeries* overflow = book_.place(key, service, kOverflowRoute);
  return {overflow, overflow != nullptr ? Fate::kSeriesCollapsed : Fate::kDropped};
}

void Measurements::set_external(std::vector<Family> families) {
  if (std::equal(families.begin(), families.end(), external_.begin(), external_.end(), is_same_family)) return;
  external_ = std::move(families);
  changed_ = true;
}

std::shared_ptr<const Snapshot> Measurements::snapshot(WallTime now) {
  if (!changed_) return latest_;
  auto next = std::make_shared<Snapshot>();
  next->generation = ++generation_;
  next->taken_at = now;
  book_.publish(next->families);
  slis_.publish(next->families);
  next->families.insert(next->families.end(), external_.begin(), external_.end());
  latest_ = std::move(next);
  changed_ = false;
  return latest_;
}

}  // namespace sonde::measure
