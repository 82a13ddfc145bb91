#include "host/watched_services.h"

#include <algorithm>
#include <utility>

namespace sonde::host {
namespace {

const std::string kOther = "other";
constexpr std::size_t kMostServices = 1'000;

/// A service to which nothing happened for so long makes room for another.
constexpr std::chrono::nanoseconds kIdle = std::chrono::minutes{10};

std::string_view outcome_of(const ProcessEnd& end) {
  if (end.by_signal) return "signal";
  return end.number == 0 ? "success" : "error";
}

Tag cause_of(const ProcessEnd& end) {
  if (end.by_signal) return {"signal", signal_name(end.number)};
  return {"exit_code", std::to_string(end.number)};
}

}  // namespace

WatchedServices::WatchedServices(const HostOptions& options)
    : options_{std::max<std::uint32_t>(options.crash_loop_exits, 1), options.crash_loop_within},
      other_(std::make_unique<WatchedService>(options_)) {}

WatchedService& WatchedServices::of(const std::string& name, WallTime at) {
  if (name == kOther) return *other_;
  auto known = services_.find(name);
  if (known == services_.end()) {
    if (services_.size() >= kMostServices && !make_room(at)) return *other_;
    known = services_.emplace(name, std::make_unique<WatchedService>(options_)).first;
  }
  known->second->touched_at = at;
  return *known->second;
}

bool WatchedServices::make_room(WallTime at) {
  const auto idlest = std::min_element(services_.begin(), services_.end(), [](const auto& left, const auto& right) {
    return left.second->touched_at < right.second->touched_at;
  });
  if (at - idlest->second->touched_at < std::max(kIdle, options_.within)) return false;
  services_.erase(idlest);
  return true;
}

void WatchedServices::for_each(const std::function<void(const std::string&, WatchedService&)>& visit) {
  for (const auto& [name, service] : services_) visit(name, *service);
  visit(kOther, *other_);
}

void WatchedServices::write(ReadingWriter& out, WallTime now) {
  out.counter("sonde_process_starts_total", "Programs that processes of the service began to run.");
  for_each([&](const std::string& name, const WatchedService& service) {
    out.add(static_cast<double>(service.starts), {{"service_name", name}});
  });
  write_exits(out);
  write_counts(out);
  out.gauge("sonde_crash_looping", "1 while the service ends abnormally again and again.");
  for_each([&](const std::string& name, WatchedService& service) {
    if (service.crash_loops > 0) out.add(service.crash_loop.lasts(now) ? 1 : 0, {{"service_name", name}});
  });
}

void WatchedServices::write_exits(ReadingWriter& out) {
  out.counter("sonde_process_exits_total", "Processes of the service that ended, by how they did.");
  for_each([&](const std::string& name, const WatchedService& service) {
    for (const auto& [end, count] : service.exits) {
      out.add(static_cast<double>(count),
              {{"service_name", name}, {"outcome", std::string(outcome_of(end))}, cause_of(end)});
    }
  });
}

void WatchedServices::write_counts(ReadingWriter& out) {
  out.counter("sonde_crash_loops_total", "Times the service began to end abnormally again and again.");
  for_each([&](const std::string& name, const WatchedService& service) {
    if (service.crash_loops > 0) out.add(static_cast<double>(service.crash_loops), {{"service_name", name}});
  });
  // From 0 on: a counter that begins with 1 shows no increase.
  out.counter("sonde_oom_kills_total", "Processes of the service that the out-of-memory killer chose.");
  for_each([&](const std::string& name, const WatchedService& service) {
    out.add(static_cast<double>(service.oom_kills), {{"service_name", name}});
  });
  out.counter("sonde_listeners_gone_total", "Ports the service listened on that nobody listens on any more.");
  for_each([&](const std::string& name, const WatchedService& service) {
    for (const auto& [port, count] : service.listeners_gone) {
      out.add(static_cast<double>(count), {{"service_name", name}, {"server_port", port}});
    }
  });
  out.counter("sonde_binary_changes_total", "Times the service was seen to run another binary than before.");
  for_each([&](const std::string& name, const WatchedService& service) {
    if (service.binary) out.add(static_cast<double>(service.binary_changes), {{"service_name", name}});
  });
}

}  // namespace sonde::host
