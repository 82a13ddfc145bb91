#include "app/self_metrics.h"

#include <string_view>

namespace sonde::app {
namespace {

using measure::FamilyBuilder;

void describe_sensors(const SelfFacts& facts, FamilyBuilder& out) {
  out.gauge("sonde_sensor_up", "1 if the sensor works, also if degraded; 0 if it is off.");
  for (const auto& sensor : facts.sensors) {
    const bool up = sensor.state != capture::SensorState::kOff;
    out.add(up ? 1 : 0,
            {{"sensor", sensor.sensor}, {"state", std::string(name_of(sensor.state))}, {"variant", sensor.variant}});
  }
  out.counter("sonde_hook_runs_total", "Runs of each kernel hook, while kernel.bpf_stats_enabled is 1.");
  for (const auto& hook : facts.hooks) out.add(static_cast<double>(hook.runs), {{"hook", hook.hook}});
  out.counter("sonde_hook_run_seconds_total", "Time spent in each kernel hook, while kernel.bpf_stats_enabled is 1.");
  for (const auto& hook : facts.hooks) out.add(static_cast<double>(hook.time_ns) * 1e-9, {{"hook", hook.hook}});
  out.counter("sonde_events_lost_total", "What was not measured, by the stage that lost it and the reason.");
  for (const auto& loss : facts.losses) {
    out.add(static_cast<double>(loss.count), {{"stage", loss.stage}, {"sensor", loss.sensor}, {"reason", loss.reason}});
  }
}

void describe_pipeline(const SelfFacts& facts, FamilyBuilder& out) {
  const PipelineFacts& pipeline = facts.pipeline;
  out.counter("sonde_records_total", "Records read from the kernel.").add(static_cast<double>(pipeline.records));
  out.counter("sonde_record_bytes_total", "Bytes of the records read from the kernel.")
      .add(static_cast<double>(pipeline.record_bytes));
  out.counter("sonde_exchanges_total", "Requests with their outcome, put together from records.")
      .add(static_cast<double>(pipeline.exchanges));
  out.counter("sonde_sweeps_total", "Times the kernel was asked how far connections have come.")
      .add(static_cast<double>(pipeline.sweeps));
  out.gauge("sonde_ring_size_bytes", "Size of the ring buffer between kernel and Sonde.")
      .add(static_cast<double>(facts.ring_bytes));
  out.gauge("sonde_ring_depth_bytes", "Most that was read from the ring buffer at once since the last scrape or tick.")
      .add(static_cast<double>(pipeline.largest_batch_bytes));
  out.counter("sonde_observed_bytes_total", "Bytes the measured connections moved.")
      .add(static_cast<double>(pipeline.total_bytes));
  out.counter("sonde_understood_bytes_total", "Bytes of those that were recognised as messages.")
      .add(static_cast<double>(pipeline.understood_bytes));
  if (pipeline.total_bytes > 0) {
    out.gauge("sonde_coverage_ratio", "Understood bytes over observed bytes.")
        .add(static_cast<double>(pipeline.understood_bytes) / static_cast<double>(pipeline.total_bytes));
  }
  out.gauge("sonde_connections", "Connections whose messages are followed.")
      .add(static_cast<double>(pipeline.connections));
  out.gauge("sonde_connections_waiting", "Connections in the middle of a response whose body is not copied.")
      .add(static_cast<double>(pipeline.waiting_connections));
  out.gauge("sonde_services", "Services seen so far.").add(static_cast<double>(pipeline.services));
  out.gauge("sonde_series", "Histogram series in memory.").add(static_cast<double>(pipeline.histogram_series));
}

void describe_host(const HostFacts& host, FamilyBuilder& out) {
  out.counter("sonde_resource_passes_total", "Passes over all resources of the host.")
      .add(static_cast<double>(host.passes));
  out.gauge("sonde_resource_pass_seconds", "How long the last pass over all resources took.")
      .add(std::chrono::duration<double>(host.last_pass).count());
  out.counter("sonde_tcp_records_total", "Records of sockets read from the kernel.")
      .add(static_cast<double>(host.tcp_records));
  out.counter("sonde_process_records_total", "Records of processes and threads read from the kernel.")
      .add(static_cast<double>(host.process_records));
  out.counter("sonde_events_total", "Events that went into the event log.").add(static_cast<double>(host.events));
}

/// As Prometheus counts its own (rules/group.go), under Sonde's names.
void describe_groups(const std::vector<RuleGroupFacts>& groups, FamilyBuilder& out) {
  const auto each = [&](const auto& value_of) {
    for (const RuleGroupFacts& group : groups) out.add(value_of(group), {{"rule_group", group.name}});
  };
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  out.counter("sonde_rule_evaluations_total", "Evaluations of rules.");
  each([&](const RuleGroupFacts& group) { return number(group.evaluations); });
  out.counter("sonde_rule_evaluation_failures_total", "Evaluations of rules that failed.");
  each([&](const RuleGroupFacts& group) { return number(group.failures); });
  out.counter("sonde_rule_group_iterations_total", "Evaluations of a whole group of rules.");
  each([&](const RuleGroupFacts& group) { return number(group.iterations); });
  out.counter("sonde_rule_group_iterations_missed_total",
              "Evaluations of a group that were left out: it was too slow.");
  each([&](const RuleGroupFacts& group) { return number(group.missed); });
  out.gauge("sonde_rule_group_rules", "Rules of a group.");
  each([&](const RuleGroupFacts& group) { return number(group.rules); });
  out.gauge("sonde_rule_group_last_duration_seconds", "How long the last evaluation of a group took.");
  each([](const RuleGroupFacts& group) { return std::chrono::duration<double>(group.took).count(); });
  out.gauge("sonde_rule_group_last_evaluation_timestamp_seconds", "When a group was last evaluated; 0: never.");
  each([](const RuleGroupFacts& group) {
    return std::chrono::duration<double>(group.evaluated_at.time_since_epoch()).count();
  });
}

/// As Prometheus calls them (cmd/prometheus/main.go), but for the prefix.
void describe_config(const ConfigFacts& config, FamilyBuilder& out) {
  out.gauge("sonde_config_last_reload_successful",
            "0 if the configuration had faults when it was last read, and an older one is in use.")
      .add(config.is_sound ? 1 : 0);
  out.gauge("sonde_config_last_reload_success_timestamp_seconds", "When the configuration in use was read.")
      .add(std::chrono::duration<double>(config.loaded_at.time_since_epoch()).count());
}

void describe_alerting(const AlertingFacts& alerting, FamilyBuilder& out) {
  describe_groups(alerting.groups, out);
  out.counter("sonde_rule_breaches_gated_total", "Breaches that did not become an alert: too little was known.")
      .add(static_cast<double>(alerting.gated));
  out.counter("sonde_alerts_refused_total", "Alerts beyond the limit of their rule.")
      .add(static_cast<double>(alerting.refused));
  out.counter("sonde_rule_instances_forgotten_total", "Quiet instances of rules there was no room to remember.")
      .add(static_cast<double>(alerting.forgotten));
  out.counter("sonde_history_entries_lost_total", "Changes of alerts that the disk did not take for too long.")
      .add(static_cast<double>(alerting.lost_history_entries));
  out.counter("sonde_hub_posts_lost_total", "Posts of alerts that another hub took and that could not be used.")
      .add(static_cast<double>(alerting.lost_posts));
  out.counter("sonde_rule_reloads_total", "Times the rules were read anew, by outcome.")
      .add(static_cast<double>(alerting.reloads - alerting.failed_reloads), {{"outcome", "success"}})
      .add(static_cast<double>(alerting.failed_reloads), {{"outcome", "failed"}});
  out.gauge("sonde_rules_last_load_successful", "0 if the rule files have faults and older ones are in use.")
      .add(alerting.rules_are_sound ? 1 : 0);
  out.gauge("sonde_history_up", "1 if the state of alerts is written to disk.")
      .add(alerting.history_is_failing ? 0 : 1);
  out.gauge("sonde_alerts", "Alerts by state and severity.");
  for (const auto severity : {rules::Severity::kInfo, rules::Severity::kWarning, rules::Severity::kCritical}) {
    const auto index = static_cast<std::size_t>(severity);
    const std::string name(rules::name_of(severity));
    out.add(static_cast<double>(alerting.pending[index]), {{"state", "pending"}, {"severity", name}});
    out.add(static_cast<double>(alerting.firing[index]), {{"state", "firing"}, {"severity", name}});
  }
  out.counter("sonde_notifications_total", "Notifications by channel and outcome.");
  for (const auto& channel : alerting.deliveries) {
    out.add(static_cast<double>(channel.delivered), {{"channel", channel.channel}, {"outcome", "delivered"}});
    out.add(static_cast<double>(channel.failed), {{"channel", channel.channel}, {"outcome", "failed"}});
  }
  out.counter("sonde_notification_retries_total", "Attempts to deliver that will be repeated.");
  for (const auto& channel : alerting.deliveries)
    out.add(static_cast<double>(channel.retries), {{"channel", channel.channel}});
  out.gauge("sonde_notifications_queued", "Notifications that wait to be delivered.");
  for (const auto& channel : alerting.deliveries)
    out.add(static_cast<double>(channel.queued), {{"channel", channel.channel}});
  out.counter("sonde_remedy_runs_total", "Programs run for incidents, by outcome.");
  for (const RemedyCount& each : alerting.remedies) {
    out.add(static_cast<double>(each.count), {{"remedy", each.remedy}, {"outcome", each.outcome}});
  }
}

void describe_store(const store::DatabaseFacts& store, FamilyBuilder& out) {
  constexpr double kMsPerSecond = 1e3;
  const auto number = [](auto count) { return static_cast<double>(count); };
  out.gauge("sonde_store_series", "Series in the store, each bucket of a histogram one.").add(number(store.series));
  out.gauge("sonde_store_bytes", "Memory of the store: samples, chunks, index.").add(number(store.bytes));
  out.counter("sonde_store_samples_total", "Samples put into the store.").add(number(store.appended_samples));
  out.counter("sonde_store_samples_dropped_total", "Samples that the store gave up or did not take, by reason.")
      .add(number(store.dropped_by_age), {{"reason", "age"}})
      .add(number(store.dropped_by_size), {{"reason", "size"}})
      .add(number(store.out_of_order_samples), {{"reason", "out_of_order"}})
      .add(number(store.dropped_outputs), {{"reason", "checkpoint"}});
  out.gauge("sonde_store_oldest_timestamp_seconds", "Time of the oldest sample; 0 if there is none.")
      .add(number(store.oldest_ms) / kMsPerSecond);
  out.counter("sonde_store_checkpoints_total", "Times the store was written to disk, by outcome.")
      .add(number(store.checkpoints), {{"outcome", "written"}})
      .add(number(store.failed_checkpoints), {{"outcome", "failed"}});
  out.gauge("sonde_store_checkpoint_timestamp_seconds", "When the store was last written to disk; 0 if never.")
      .add(number(store.checkpoint_ms) / kMsPerSecond);
  out.gauge("sonde_store_checkpoint_bytes", "Size of the store on disk.").add(number(store.checkpoint_bytes));
  out.counter("sonde_store_damaged_files_total", "Files of the store that could not be read and were set aside.")
      .add(number(store.damaged_files));
}

void describe_process(const SelfUsage& usage, double start_time_seconds, FamilyBuilder& out) {
  out.counter("process_cpu_seconds_total", "User and system CPU time of Sonde itself.")
      .add(usage.user_seconds + usage.system_seconds);
  out.gauge("process_resident_memory_bytes", "Resident memory of Sonde itself.")
      .add(static_cast<double>(usage.resident_bytes));
  out.gauge("process_virtual_memory_bytes", "Address space of Sonde itself.")
      .add(static_cast<double>(usage.virtual_bytes));
  out.gauge("process_virtual_memory_max_bytes", "Most address space that Sonde itself may take.")
      .add(static_cast<double>(usage.max_virtual_bytes));
  out.gauge("process_open_fds", "Open file descriptors of Sonde itself.").add(static_cast<double>(usage.open_fds));
  out.gauge("process_max_fds", "Most file descriptors that Sonde itself may open.")
      .add(static_cast<double>(usage.max_fds));
  out.gauge("process_start_time_seconds", "When Sonde started, in seconds since the epoch.").add(start_time_seconds);
  out.counter("sonde_thread_cpu_seconds_total", "CPU time of each of Sonde's threads.");
  for (const auto& thread : usage.threads)
    out.add(thread.user_seconds + thread.system_seconds, {{"thread", thread.name}});
}

}  // namespace

std::vector<measure::Family> describe_self(const SelfFacts& facts, FamilyBuilder& builder) {
  builder.gauge("sonde_build_info", "Always 1; the version is in the label.").add(1, {{"version", facts.version}});
  describe_sensors(facts, builder);
  describe_pipeline(facts, builder);
  describe_host(facts.host, builder);
  describe_alerting(facts.alerting, builder);
  describe_config(facts.config, builder);
  describe_store(facts.store, builder);
  const std::chrono::duration<double> started = facts.started_at.time_since_epoch();
  describe_process(facts.usage, started.count(), builder);
  return builder.take();
}

}  // namespace sonde::app
