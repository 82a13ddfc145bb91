#include "app/pipeline.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace sonde::app {
namespace {

constexpr std::chrono::seconds kLookForSilence{1};

constexpr std::array<std::pair<measure::Fate, const char*>, 3> kMeasureLosses{{
    {measure::Fate::kRouteCollapsed, "route_limit"},
    {measure::Fate::kSeriesCollapsed, "series_limit"},
    {measure::Fate::kDropped, "series_dropped"},
}};

}  // namespace

Pipeline::Pipeline(const config::Config& config, protocol::RouteTemplates routes,
                   const inventory::ProcessSource& processes)
    : inventory_(config.inventory, processes),
      routes_(std::move(routes)),
      measurements_(config.measure,
                    {.route = [this](std::string_view path, std::string& into) { find_route(routes_, path, into); },
                     .method = &protocol::name_of,
                     .error = &protocol::name_of}) {}

void Pipeline::on_record(std::span<const std::byte> record) {
  ++facts_.records;
  batch_bytes_ += record.size();
  if (const auto rejected = decode::decode_record(record, event_)) {
    ++rejects_[static_cast<std::size_t>(*rejected)];
    return;
  }
  std::visit([this](const auto& event) { take(event); }, event_);
}

void Pipeline::end_round(KernelTime now) {
  facts_.record_bytes += batch_bytes_;
  facts_.largest_batch_bytes = std::max(facts_.largest_batch_bytes, batch_bytes_);
  batch_bytes_ = 0;
  const auto sink = [this](const auto& exchange, const auto& context) { observe(exchange, context); };
  connections_.end_round(sink);
  if (now < next_look_) return;
  next_look_ = now + kLookForSilence;
  connections_.end_silent(now, sink);
}

void Pipeline::take(const decode::ConnectionOpened& opened) {
  const bool is_client = opened.side == decode::Side::kClient;
  const inventory::Service& service =
      inventory_.service_for({.pid = opened.pid,
                              .cgroup_id = opened.cgroup_id,
                              .process_name = opened.process_name,
                              .local_port = is_client ? std::uint16_t{0} : opened.local.port},
                             opened.at);
  connections_.open(opened, static_cast<std::uint32_t>(service.id));
}

void Pipeline::take(const decode::TrafficSeen& traffic) {
  connections_.handle(traffic, [this](const auto& exchange, const auto& context) { observe(exchange, context); });
}

void Pipeline::take(const decode::ConnectionEnded& ended) {
  connections_.handle(ended, [this](const auto& exchange, const auto& context) { observe(exchange, context); });
}

void Pipeline::observe(const protocol::Exchange& exchange, const protocol::ConnectionContext& context) {
  ++facts_.exchanges;
  const bool is_server = exchange.role == protocol::Role::kServer;
  measurements_.observe(exchange, {.service_name = inventory_.service(inventory::ServiceId{context.service}).name,
                                   .service = context.service,
                                   .server_port = is_server ? context.local.port : context.remote.port});
}

PipelineFacts Pipeline::take_facts() {
  PipelineFacts facts = facts_;
  facts.understood_bytes = connections_.coverage().understood_bytes;
  facts.total_bytes = connections_.coverage().total_bytes;
  facts.connections = connections_.size();
  facts.waiting_connections = connections_.waiting_connections();
  facts.services = inventory_.service_count();
  facts.histogram_series = measurements_.histogram_count();
  facts_.largest_batch_bytes = 0;
  return facts;
}

std::vector<StageLoss> Pipeline::losses() const {
  std::vector<StageLoss> all;
  for (std::size_t i = 0; i < rejects_.size(); ++i) {
    all.push_back({"decode", std::string(decode::name_of(static_cast<decode::Reject>(i))), rejects_[i]});
  }
  const protocol::ProtocolLosses& protocol_losses = connections_.losses();
  for (std::size_t i = 0; i < protocol_losses.size(); ++i) {
    all.push_back(
        {"protocol", std::string(protocol::name_of(static_cast<protocol::ProtocolLoss>(i))), protocol_losses[i]});
  }
  all.push_back({"inventory", "service_limit", inventory_.overflow_count()});
  for (const auto& [fate, reason] : kMeasureLosses) {
    all.push_back({"measure", reason, measurements_.fates()[static_cast<std::size_t>(fate)]});
  }
  return all;
}

}  // namespace sonde::app
