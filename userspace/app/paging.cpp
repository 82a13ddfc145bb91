#include "app/paging.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "alerts/label_set.h"
#include "alerts/quieting.h"
#include "app/log.h"
#include "notify/delivery.h"
#include "notify/notification.h"

namespace sonde::app {
namespace {

/// Of what happened to a service, so much is attached to its alerts.
constexpr std::chrono::minutes kEvidenceAge{15};
constexpr std::size_t kMostEvidence = 5;

/// Where nothing is said about routes: an incident is an alert of a service, whatever it is about there, or of an
/// indicator.
alerts::Route everyone() {
  alerts::Route root;
  root.receiver = kEveryone;
  root.group_by = {std::string(alerts::kAlertLabel), std::string(alerts::kServiceLabel), "sli"};
  return root;
}

/// The service that an incident is about; empty if there are several, or none.
std::string service_of(const alerts::Incident& incident) {
  std::string service;
  for (const alerts::IncidentAlert& alert : incident.alerts) {
    const std::string own = notify::service_of(alert.problem.labels);
    if (!service.empty() && own != service) return "";
    service = own;
  }
  return service;
}

}  // namespace

Paging::Paging(const PagingParts& parts)
    : options_(&parts.options),
      events_(parts.events),
      links_(parts.links),
      host_(parts.host),
      incidents_(parts.incidents),
      escalations_({.on_call = [this](const std::string& schedule, WallTime at) { return on_call_(schedule, at); },
                    .is_within = [this](const std::vector<std::string>& intervals,
                                        WallTime at) { return !routing_->schedules.holding(intervals, at).empty(); }}) {
}

Result<> Paging::use(const alerts::RoutingPlan& plan) {
  const bool is_given = !plan.root.receiver.empty();
  auto tree = SONDE_TRY(alerts::RouteTree::compile(is_given ? plan.root : everyone()));
  auto schedules = SONDE_TRY(alerts::ScheduleBook::compile(plan.time_intervals));
  auto maintenance = SONDE_TRY(alerts::MaintenanceBook::compile(plan.maintenance));
  auto inhibit_rules = SONDE_TRY(alerts::InhibitRules::compile(plan.inhibit_rules));
  routing_ =
      std::make_shared<const alerts::CompiledRouting>(alerts::CompiledRouting{std::move(tree), std::move(schedules)});
  maintenance_ = std::move(maintenance);
  inhibit_rules_ = std::move(inhibit_rules);
  incidents_.use(routing_);
  return Ok{};
}

void Paging::restore(std::vector<alerts::Incident> incidents, std::int64_t last_id) {
  incidents_.restore(std::move(incidents), last_id);
  if (routing_) incidents_.use(routing_);
}

alerts::Hush Paging::hush(WallTime now) const {
  return {alerts::quieting_by(silences_, *maintenance_, now), &*inhibit_rules_};
}

std::vector<notify::Delivery> Paging::advance(std::span<const alerts::Notice> notices,
                                              std::span<const alerts::Problem> problems, alerts::Moment now) {
  std::vector<notify::Delivery> deliveries = deliver(incidents_.advance(notices, problems, now));
  call_people(now, deliveries);
  return deliveries;
}

Result<alerts::Incident> Paging::order(std::int64_t id, const alerts::IncidentOrder& order, alerts::Moment now,
                                       std::vector<notify::Delivery>& deliveries) {
  std::vector<alerts::Page> pages;
  alerts::Incident incident = SONDE_TRY(incidents_.order(id, order, now, pages));
  std::vector<notify::Delivery> made = deliver(pages);
  std::ranges::move(made, std::back_inserter(deliveries));
  call_people(now, deliveries);
  const alerts::Incident* const after = incidents_.find(id);
  return after == nullptr ? incident : *after;
}

const notify::Receiver* Paging::receiver_of(const alerts::Incident& incident) const {
  const auto find = [this](const std::string& name) {
    const auto found = std::ranges::find(options_->receivers, name, &notify::Receiver::name);
    return found == options_->receivers.end() ? nullptr : &*found;
  };
  const notify::Receiver* const own = find(incident.group.receiver);
  if (own != nullptr || incident.group.receiver == kEveryone || incident.alerts.empty()) return own;
  // It is not configured any more: whoever its alerts are routed to now.
  const auto matches = routing_->tree.match(alerts::labels_of(incident.alerts.front().problem));
  return matches.empty() ? nullptr : find(matches.front().options.receiver);
}

const notify::Channel* Paging::find_channel(const std::string& name) const {
  const auto found = std::ranges::find(options_->channels, name, &notify::Channel::name);
  return found == options_->channels.end() ? nullptr : &*found;
}

/// Those of the receiver; and, of how it goes on, those that were told before the routes changed, or when people were
/// called. That it still fires is told to the receiver alone; people are called again. Whoever was told hears of the
/// end, and if their channel is gone, that is said where the message dies.
std::vector<std::string> Paging::channels_of(const alerts::Page& page) const {
  std::vector<std::string> channels;
  if (const notify::Receiver* const receiver = receiver_of(page.incident)) {
    channels = receiver->channels;
  } else if (page.incident.group.receiver == kEveryone) {
    for (const notify::Channel& channel : options_->channels) {
      if (!contacts_.contains(channel.name)) channels.push_back(channel.name);
    }
  }
  const bool calls = page.kind == alerts::PageKind::kFiring || page.kind == alerts::PageKind::kRepeat;
  if (calls) return channels;
  const bool is_end = page.kind == alerts::PageKind::kResolved;
  for (const std::string& channel : page.incident.channels) {
    if (!is_end && find_channel(channel) == nullptr) continue;
    if (std::ranges::find(channels, channel) == channels.end()) channels.push_back(channel);
  }
  if (is_end) {
    std::erase_if(channels, [this](const std::string& name) {
      const notify::Channel* const channel = find_channel(name);
      return channel != nullptr && !channel->send_resolved;
    });
  }
  return channels;
}

std::vector<notify::Delivery> Paging::deliver(const std::vector<alerts::Page>& pages) {
  std::vector<notify::Delivery> deliveries;
  for (const alerts::Page& page : pages) deliver(Letter{page, channels_of(page)}, deliveries);
  return deliveries;
}

/// Whoever acknowledges by a link that was sent there.
std::string Paging::actor_of(const std::string& channel) const {
  for (const oncall::Person& person : escalations_.plan().people) {
    if (std::ranges::find(person.contacts, channel, &oncall::ContactRule::channel) != person.contacts.end()) {
      return person.name;
    }
  }
  return notify::link_actor(channel);
}

void Paging::deliver(const Letter& letter, std::vector<notify::Delivery>& deliveries) {
  const alerts::Page& page = letter.page;
  const std::vector<host::Event> evidence = events_.find(
      {.since = page.at.wall - kEvidenceAge, .service = service_of(page.incident), .limit = kMostEvidence});
  const auto shared =
      std::make_shared<const notify::Notification>(notify::make_notification(page, host_, evidence, *options_));
  const bool has_links = links_ && shared->unanswered;
  incidents_.add_channels(page.incident.id, letter.channels);
  for (const std::string& channel : letter.channels) {
    const auto own = !has_links ? shared
                                : std::make_shared<const notify::Notification>(
                                      notify::with_acknowledge_link(*shared, actor_of(channel), links_));
    if (find_channel(channel) == nullptr) {
      log_warning("a message cannot be sent: its channel is not configured any more",
                  {{"channel", channel},
                   {"incident", std::to_string(page.incident.id)},
                   {"message", std::string(alerts::name_of(page.kind))}});
    }
    deliveries.push_back(notify::make_delivery(own, channel, *options_, page.at.wall));
  }
}

Paging::Way Paging::way_of(const store::Labels& labels, WallTime at) const {
  Way way;
  bool is_muted = true;
  for (const alerts::RouteMatch& match : routing_->tree.match(labels)) {
    way.receivers.push_back(match.options.receiver);
    way.groups.push_back({match.options.receiver, match.group_labels});
    const alerts::RouteMuting muting = alerts::muting_of(match.options, routing_->schedules, at);
    is_muted = is_muted && muting.muted;
    std::ranges::copy(muting.by, std::back_inserter(way.muted_by));
  }
  if (!is_muted) way.muted_by.clear();
  return way;
}

}  // namespace sonde::app
