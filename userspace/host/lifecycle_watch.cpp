#include "host/lifecycle_watch.h"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "host/event_wording.h"
#include "host/process_end.h"

namespace sonde::host {
namespace {

constexpr std::size_t kMostPorts = 100;  // of one service
constexpr const char* kFurtherPorts = "other";

/// A process that runs one program after another so quickly (a unit's executor, a shell's exec) starts once.
constexpr std::chrono::seconds kOneStart{10};

/// Spans that are not worth a word.
constexpr std::chrono::seconds kAtOnce{10};

bool is_same_file(const MainBinary& binary, const decode::ProcessFacts& process) {
  return binary.inode != 0 && binary.inode == process.executable_inode && binary.device == process.executable_device;
}

/// Whether the process runs something else than its service: a shell script's grep, a container's health check.
bool is_command(const WatchedService& service, const decode::ProcessFacts& process) {
  return service.binary && !is_same_file(*service.binary, process) &&
         service.binary->process_name != process.process_name;
}

/// A build id that is there on both sides decides; a rebuilt package may bring the same binary in another file.
bool is_changed(const MainBinary& binary, const std::string& build_id, const decode::ProcessFacts& process) {
  if (!binary.build_id.empty() && !build_id.empty()) return binary.build_id != build_id;
  return binary.inode != 0 && process.executable_inode != 0 && !is_same_file(binary, process);
}

std::string change_text(const std::string& before, const std::string& after) {
  if (before.empty() && after.empty()) return " runs another binary than before (no build ids)";
  return " runs another binary than before: build id " + short_build_id(after) + ", it was " + short_build_id(before);
}

std::string name_of_actor(const decode::ProcessFacts& process, const ProcessPlace& place) {
  return place.service.empty() ? sanitise_utf8(process.process_name) : place.service;
}

Event event_of(EventKind kind, const Actor& actor, const std::string& what, WallTime at) {
  return Event{
      .id = 0, .at = at, .kind = kind, .service = actor.service, .pid = actor.pid, .what = to_text(actor) + what};
}

const char* more_of(Topic topic) {
  switch (topic) {
    case Topic::kStarts:
      return " processes";
    case Topic::kOrderlyEnds:
      return " more ended";
    case Topic::kAbnormalEnds:
      return " more ended abnormally";
    case Topic::kFailedCommands:
      return " more commands failed";
    case Topic::kOomKills:
      return " more were chosen";
    case Topic::kListenersGone:
      return " more ports went";
    case Topic::kCount:
      break;
  }
  return "";
}

/// "nginx started (pid 812, 12 processes in 40 s)", "nginx (pid 812) exited with code 1; 30 more ended abnormally"
std::string reworded(const Story& story, Topic topic, std::uint64_t more, WallTime at) {
  const auto took = story.damper.elapsed(at);
  const std::string span = took > kAtOnce ? " in " + span_text(took) : "";
  if (topic != Topic::kStarts) return story.sentence + "; " + std::to_string(more) + more_of(topic) + span;
  const std::string opened = story.sentence.substr(0, story.sentence.size() - 1);
  return opened + ", " + std::to_string(more + 1) + more_of(topic) + span + ")";
}

}  // namespace

LifecycleWatch::LifecycleWatch(const HostOptions& options, EventLog& log) : log_(log), services_(options) {}

WatchedService& LifecycleWatch::service_of(const ProcessPlace& place, WallTime at) {
  return place.is_service ? services_.of(place.service, at) : services_.other();
}

void LifecycleWatch::tell(Story& story, Topic topic, Event event) {
  const WallTime at = event.at;
  const std::uint64_t more = story.damper.take(at);
  if (more > 0) {
    log_.reword(story.event_id, reworded(story, topic, more, at));
    return;
  }
  story.sentence = event.what;
  story.event_id = log_.add(std::move(event));
}

void LifecycleWatch::started(const decode::ProcessFacts& process, const ProcessPlace& place, WallTime at) {
  lifetime(process);
  WatchedService& service = service_of(place, at);
  ++service.starts;
  if (is_other(service) || is_command(service, process)) return;
  const bool is_told = service.started_last == process.identity && at - service.started_last_at < kOneStart;
  service.started_last = process.identity;
  service.started_last_at = at;
  if (is_told) return;
  tell(service.story(Topic::kStarts), Topic::kStarts,
       Event{.id = 0,
             .at = at,
             .kind = EventKind::kServiceStarted,
             .service = place.service,
             .pid = process.identity.pid,
             .what = place.service + " started (pid " + std::to_string(process.identity.pid) + ")"});
}

void LifecycleWatch::exited(const decode::ProcessExited& exit, const ProcessPlace& place, WallTime at) {
  const decode::ProcessFacts& process = exit.process;
  const ProcessEnd end = read_end(exit.wait_status);
  const bool was_chosen = oom_victims_.take(process.identity) && end.by_signal && end.number == SIGKILL;
  WatchedService& service = service_of(place, at);
  ++service.exits[ProcessEnd{end.by_signal, end.number, false}];

  const bool has_record = !is_other(service);
  const bool command = has_record && is_command(service, process);
  const bool odd = !is_orderly(end);
  const bool abnormal = was_chosen || is_crash(end) || (place.is_service && odd && !command);
  // Of what is no service only abnormal ends are told; of a service's commands also those that failed.
  if (!abnormal && (!has_record || (command && !odd))) return;

  const Topic topic = abnormal ? Topic::kAbnormalEnds : command ? Topic::kFailedCommands : Topic::kOrderlyEnds;
  const Actor actor{.service = name_of_actor(process, place),
                    .pid = process.identity.pid,
                    .process_name = command ? process.process_name : ""};
  std::string what = " " + end_text(end);
  if (const auto lived = lifetime(process)) what += " after " + span_text(*lived);
  if (was_chosen) what += ": the OOM killer chose it";
  tell(service.story(topic), topic,
       event_of(end.by_signal ? EventKind::kProcessKilled : EventKind::kProcessExited, actor, what, at));
  if (abnormal && has_record) count_abnormal(service, place.service, process.identity.pid, at);
}

void LifecycleWatch::count_abnormal(WatchedService& service, const std::string& name, std::int32_t pid, WallTime at) {
  if (!service.crash_loop.add(at)) return;
  ++service.crash_loops;
  log_.add(Event{.id = 0,
                 .at = at,
                 .kind = EventKind::kCrashLoop,
                 .service = name,
                 .pid = pid,
                 .what = name + " is in a crash loop: " + std::to_string(service.crash_loop.count()) +
                         " abnormal ends within " + span_text(service.crash_loop.span())});
}

void LifecycleWatch::oom_killed(const decode::ProcessFacts& process, const ProcessPlace& place,
                                const std::string& cgroup_path, WallTime at) {
  oom_victims_.add(process.identity);
  WatchedService& service = service_of(place, at);
  ++service.oom_kills;
  const bool command = !is_other(service) && is_command(service, process);
  const Actor actor{.service = name_of_actor(process, place),
                    .pid = process.identity.pid,
                    .process_name = command ? process.process_name : ""};
  std::string what = " was chosen by the OOM killer, holding " + size_text(process.resident_bytes) + " of memory";
  if (!cgroup_path.empty()) what += " in cgroup " + sanitise_utf8(cgroup_path);
  tell(service.story(Topic::kOomKills), Topic::kOomKills, event_of(EventKind::kOomKill, actor, what, at));
}

void LifecycleWatch::listener_gone(const std::string& service, std::uint16_t port, std::int32_t pid, WallTime at) {
  WatchedService& record = services_.of(service, at);
  std::string label = std::to_string(port);
  const std::string what = " no longer listens on port " + label;
  if (record.listeners_gone.size() >= kMostPorts && !record.listeners_gone.contains(label)) label = kFurtherPorts;
  ++record.listeners_gone[label];
  tell(record.story(Topic::kListenersGone), Topic::kListenersGone,
       event_of(EventKind::kListenerGone, Actor{.service = service, .pid = pid}, what, at));
}

void LifecycleWatch::runs_binary(const std::string& service, const std::string& build_id,
                                 const decode::ProcessFacts& process, WallTime at) {
  WatchedService& record = services_.of(service, at);
  const bool is_known = !build_id.empty() || process.executable_inode != 0;
  if (is_other(record) || !is_known) return;
  const bool changed = record.binary && is_changed(*record.binary, build_id, process);
  if (changed) {
    ++record.binary_changes;
    log_.add(event_of(EventKind::kBinaryChanged, Actor{.service = service, .pid = process.identity.pid},
                      change_text(record.binary->build_id, build_id), at));
  }
  // A file that could not be read this time is still the file it was.
  const bool is_unread = build_id.empty() && record.binary && is_same_file(*record.binary, process);
  record.binary = MainBinary{.build_id = is_unread ? record.binary->build_id : build_id,
                             .inode = process.executable_inode,
                             .device = process.executable_device,
                             .process_name = process.process_name};
}

void LifecycleWatch::mounted(const std::string& device, const std::string& mount_point, bool read_only, WallTime at) {
  if (!mounts_.take(device, mount_point, read_only, at)) return;
  log_.add(Event{.id = 0,
                 .at = at,
                 .kind = EventKind::kFilesystemReadOnly,
                 .service = "",
                 .pid = 0,
                 .what = sanitise_utf8(mount_point) + " (" + sanitise_utf8(device) + ") became read-only"});
}

void LifecycleWatch::write(ReadingWriter& out, WallTime now) {
  services_.write(out, now);
  mounts_.write(out);
}

std::optional<std::chrono::nanoseconds> LifecycleWatch::lifetime(const decode::ProcessFacts& process) {
  if (process.identity.started_ns == 0) return std::nullopt;
  // The start is told by the clock that runs on while the host sleeps, the end by the one that stands still. A process
  // that seems to end before it started shows how far they are apart; those that live for a moment show it best.
  const auto started = std::chrono::nanoseconds{static_cast<std::int64_t>(process.identity.started_ns)};
  const auto lived = process.at.time_since_epoch() - started;
  asleep_ = std::max(asleep_, -lived);
  return lived + asleep_;
}

}  // namespace sonde::host
