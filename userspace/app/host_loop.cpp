#include "app/host_loop.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "app/log.h"
#include "host/kernel_tables.h"
#include "measure/readings.h"

namespace sonde::app {
namespace {

/// How long what ended may wait until it is counted; what begins wakes the thread.
constexpr std::chrono::seconds kDrainInterval{1};

/// units: ns of CLOCK_BOOTTIME, as the starts of processes are given.
std::uint64_t boot_now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

std::uint64_t rise(std::uint64_t now, std::uint64_t before) { return now > before ? now - before : 0; }

}  // namespace

HostLoop::HostLoop(const HostParts& parts, Wake wake)
    : parts_(parts),
      wake_(std::move(wake)),
      finder_(parts.config.inventory, parts.processes),
      watch_(parts.config.host, parts.events),
      resources_(parts.config.host, boot_now_ns()),
      cgroups_(files_),
      book_(parts.config.tcp),
      tcp_({.book = book_,
            .finder = finder_,
            .watch = watch_,
            .processes = parts.sensors.process.get(),
            .targets = parts.config.capture.targets,
            .clock = parts.clock}),
      cgroup_texts_(parts.processes),
      processes_({.resources = resources_,
                  .watch = watch_,
                  .finder = finder_,
                  .cgroups = cgroup_texts_,
                  .clock = parts.clock}) {}

void HostLoop::run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "host");
  const std::stop_callback wake_to_stop(stop, [this] { wake_.up(); });
  const std::array<int, 2> wakers{parts_.sensors.process ? parts_.sensors.process->wake_descriptor() : -1,
                                  parts_.sensors.tcp ? parts_.sensors.tcp->wake_descriptor() : -1};
  KernelTime next_pass = parts_.clock.kernel_now();
  while (!stop.stop_requested()) {
    if (parts_.clock.kernel_now() < next_pass) {
      drain();
    } else {
      pass();
      next_pass = std::max(next_pass + parts_.config.host.interval, parts_.clock.kernel_now());
    }
    const std::chrono::nanoseconds until_pass = next_pass - parts_.clock.kernel_now();
    wake_.sleep(wakers, std::min<std::chrono::nanoseconds>(kDrainInterval, until_pass));
  }
}

void HostLoop::drain() {
  // Sockets first: the end of a process makes the finder forget what it listened on.
  if (parts_.sensors.tcp) {
    const auto drained = parts_.sensors.tcp->drain(tcp_);
    tell("tcp sensor", drained ? Result<>(Ok{}) : Result<>(drained.error()));
  }
  if (parts_.sensors.process) {
    const auto drained = parts_.sensors.process->drain(processes_);
    tell("process sensor", drained ? Result<>(Ok{}) : Result<>(drained.error()));
  }
}

void HostLoop::pass() {
  const auto began = std::chrono::steady_clock::now();
  drain();
  sweep_sockets();
  sweep_processes();
  take_datagrams();
  read_host();
  publish();
  note_facts(std::chrono::steady_clock::now() - began);
}

void HostLoop::sweep_sockets() {
  if (!parts_.sensors.tcp) return;
  const auto netstat = files_.read_proc("net/netstat");
  const host::ListenTotals totals = netstat ? host::listen_totals(*netstat) : host::ListenTotals{};
  tcp_.begin_sweep();
  const auto swept = parts_.sensors.tcp->sweep(tcp_);
  tcp_.end_sweep(
      {.overflows = rise(totals.overflows, listens_.overflows), .drops = rise(totals.drops, listens_.drops)});
  listens_ = {.overflows = totals.overflows, .drops = totals.drops};
  tell("sweep over the sockets", swept ? Result<>(Ok{}) : Result<>(swept.error()));
}

void HostLoop::sweep_processes() {
  if (!parts_.sensors.process) return;
  processes_.begin_sweep();
  const auto swept = parts_.sensors.process->sweep(processes_);
  processes_.end_sweep();
  tell("sweep over the processes", swept ? Result<>(Ok{}) : Result<>(swept.error()));
  binaries_.look(processes_.swept(), watch_, parts_.clock.now());
  resources_.write(readings_, boot_now_ns());
  cgroups_.write(cgroup_texts_.of(processes_.swept(), parts_.clock.kernel_now()), readings_);
}

void HostLoop::take_datagrams() {
  const auto ended = processes_.take_ended();
  if (!parts_.sensors.traffic) return;
  const auto counts = parts_.sensors.traffic->datagrams();
  tell("counts of datagrams", counts ? Result<>(Ok{}) : Result<>(counts.error()));
  if (!counts) return;
  for (const capture::DatagramTraffic& now : *counts) {
    capture::DatagramTraffic& before = datagrams_[{now.pid, now.kind}];
    measure::DatagramDelta delta{.kind = name_of(now.kind), .bytes = {}, .messages = {}, .errors = {}};
    for (std::size_t i = 0; i < 2; ++i) {
      delta.bytes[i] = rise(now.bytes[i], before.bytes[i]);
      delta.messages[i] = rise(now.messages[i], before.messages[i]);
      delta.errors[i] = rise(now.errors[i], before.errors[i]);
    }
    before = now;
    const auto gone = ended.find(now.pid);
    book_.take(delta, gone != ended.end() ? gone->second : finder_.of(now.pid, parts_.clock.kernel_now()).name);
    if (gone == ended.end() && (::kill(now.pid, 0) == 0 || errno != ESRCH)) continue;
    parts_.sensors.traffic->forget_datagrams(now.pid);
    datagrams_.erase({now.pid, now.kind});
  }
}

void HostLoop::read_host() {
  const host::CollectContext context{.files = files_,
                                     .options = parts_.config.host,
                                     .filesystems = filesystems_,
                                     .now = parts_.clock.now(),
                                     .memory = &memory_};
  for (const host::CollectorFailure& failure : host::run_collectors(context, readings_)) {
    tell(failure.collector, Result<>(failure.error));
  }
  follow_filesystems();
  watch_.write(readings_, parts_.clock.now());
}

void HostLoop::follow_filesystems() {
  const WallTime now = parts_.clock.now();
  for (const host::FilesystemFacts& facts : filesystems_.latest()) {
    watch_.mounted(facts.mount.device, facts.mount.mount_point, facts.read_only, now);
    if (facts.answered && !facts.read_only) trend_.add(facts.mount.mount_point, facts.available_bytes, now);
  }
  trend_.forget_before(now - std::chrono::hours{1});
  host::write_filesystem_trend(trend_, filesystems_.latest(), readings_);
}

void HostLoop::publish() {
  book_.write(builder_);
  if (parts_.sensors.block) {
    const auto latencies = parts_.sensors.block->read();
    tell("latencies of disks", latencies ? Result<>(Ok{}) : Result<>(latencies.error()));
    if (latencies) measure::append_disk_latencies(*latencies, host::disk_names(files_), builder_);
  }
  measure::append_readings(readings_.take(), builder_);
  parts_.families.publish(builder_.take());
}

void HostLoop::tell(std::string_view what, const Result<>& outcome) {
  const auto told = told_.find(what);
  if (outcome) {
    if (told == told_.end()) return;
    log_info("works again", {{"what", std::string(what)}});
    told_.erase(told);
    return;
  }
  const std::string& why = outcome.error().what;
  if (told != told_.end() && told->second == why) return;
  log_warning("not measured, continuing without it", {{"what", std::string(what)}, {"why", why}});
  told_.insert_or_assign(std::string(what), why);
}

void HostLoop::note_facts(std::chrono::nanoseconds took) {
  const std::lock_guard lock(mutex_);
  ++facts_.passes;
  facts_.last_pass = took;
  facts_.tcp_records = tcp_.record_count();
  facts_.process_records = processes_.record_count();
  facts_.collapsed_destinations = book_.collapsed_count();
  facts_.service_overflow = finder_.overflow_count();
  facts_.rejects = tcp_.rejects();
  for (std::size_t i = 0; i < facts_.rejects.size(); ++i) facts_.rejects[i] += processes_.rejects()[i];
}

HostFacts HostLoop::facts() const {
  const std::lock_guard lock(mutex_);
  return facts_;
}

}  // namespace sonde::app
