#pragma once

#include <span>
#include <string>

#include "config/schema.h"

namespace sonde::config {

/// The keys of the file's sections, by what they are about. root_keys() joins them.

/// Who may use the API: access_keys.cpp.
std::span<const Key> user_keys();

/// The same for an item of the list: before and after its keys are read.
void start_user(Draft& draft, const std::string& name);
void finish_user(Draft& draft, const Spot& spot);

/// What is measured, and of what: measuring_keys.cpp.
std::span<const Key> targets_keys();
std::span<const Key> capture_keys();
std::span<const Key> http_keys();
std::span<const Key> tcp_keys();
std::span<const Key> measure_keys();
std::span<const Key> resources_keys();
std::span<const Key> events_keys();

/// What is kept of the past, and how it may be asked for: store_keys.cpp.
std::span<const Key> store_keys();
std::span<const Key> query_keys();

/// The same for an item of the list of metrics that are sampled more often: before and after its keys are read.
void start_sample(Draft& draft, const std::string& name);
void finish_sample(Draft& draft, const Spot& spot);

/// What services are called: service_keys.cpp.
std::span<const Key> service_keys();

/// The same for an item of the list: to be called before and after its keys are read.
void start_service(Draft& draft);
void finish_service(Draft& draft, const Spot& spot);

/// Which requests are good: sli_keys.cpp.
std::span<const Key> sli_keys();

/// The same for an entry: before and after its keys are read.
void start_sli(Draft& draft, const std::string& name);
void finish_sli(Draft& draft, const Spot& spot);

/// What is asked whether it is there: probe_keys.cpp.
std::span<const Key> probe_keys();

/// The same for an entry: before and after its keys are read.
void start_probe(Draft& draft, const std::string& name);
void finish_probe(Draft& draft, const Spot& spot);

/// What is judged and whom it is told: alerting_keys.cpp.
std::span<const Key> rules_keys();
std::span<const Key> alerts_keys();
std::span<const Key> incidents_keys();
std::span<const Key> notify_keys();

/// Who calls whom to show that it works: heartbeat_keys.cpp.
std::span<const Key> heartbeat_keys();

/// Who is on call, and who is called in which order: oncall_keys.cpp.
std::span<const Key> oncall_keys();

/// What `oncall` and receivers call by name is there, once all of the file is read, and a file of Alertmanager, too, if
/// it names one.
void check_oncall(const Config& config, const OncallUses& uses, FaultLog& log);

/// Whom routes name, and which: routing_keys.cpp.
std::span<const Key> routing_keys();

/// What the keys of `notify` must have in common: after they are read.
void finish_notify(Draft& draft, const Spot& spot);

/// Which programs are run for alerts: remediation_keys.cpp.
std::span<const Key> remediation_keys();

/// What hubs share: hub_keys.cpp.
std::span<const Key> hub_keys();

/// What its keys must have in common: after they are read.
void finish_hub(Draft& draft, const Spot& spot);

/// Where messages go, a list for each kind of channel: channel_keys.cpp.
std::span<const Key> channel_keys();

}  // namespace sonde::config
