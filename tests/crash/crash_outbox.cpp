// What the tests kill: the history, the queue and the real HTTP senders, and a world in which incidents come and go.
//   crash_outbox HISTORY URL MODE [POINT]
// MODE: `work` goes on until it is killed; `drain` ends once nothing waits; `once` makes one incident and drains;
// `resolve` resolves it and drains; `open` opens the history. At POINT it kills itself.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/outbox_journal.h"
#include "base/clock.h"
#include "history/alert_history.h"
#include "notify/curl_http_client.h"
#include "notify/delivery.h"
#include "notify/delivery_queue.h"
#include "notify/senders.h"
#include "support/fake_transports.h"

namespace sonde {
namespace {

using namespace std::chrono_literals;
using alerts::IncidentStatus;
using notify::DeliveryState;
using notify::MessageKind;

std::string point;  // NOLINT: one for the process, set before any thread

void die_at(const std::string& here) {
  if (here == point) ::kill(::getpid(), SIGKILL);
}

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "crash_outbox: %s\n", why.c_str());
  std::_Exit(2);
}

template <class T>
T must(Result<T> result) {
  if (!result) fail(result.error().what);
  return *std::move(result);
}

/// The history, and the points around its commits.
class DyingJournal final : public notify::DeliveryJournal {
 public:
  explicit DyingJournal(history::AlertHistory& history) : journal_(history) {}

  Result<> keep(std::span<const notify::DeliveryRecord> records) override {
    const auto any = [&](DeliveryState state) {
      return std::any_of(records.begin(), records.end(),
                         [&](const notify::DeliveryRecord& record) { return record.delivery.state == state; });
    };
    if (any(DeliveryState::kSent)) die_at("before sent is kept");
    auto kept = journal_.keep(records);
    if (any(DeliveryState::kLeased)) die_at("after the lease");
    if (any(DeliveryState::kSent)) die_at("after sent is kept");
    return kept;
  }

 private:
  app::OutboxJournal journal_;
};

/// The real sender, without the second between two messages that Slack wants.
class Hurried final : public notify::Sender {
 public:
  explicit Hurried(std::unique_ptr<notify::Sender> real) : real_(std::move(real)) {}

  notify::Attempt send(const notify::Outgoing& outgoing) override {
    notify::Attempt attempt = real_->send(outgoing);
    die_at("after the answer");
    return attempt;
  }
  [[nodiscard]] bool is_idempotent() const override { return real_->is_idempotent(); }

 private:
  std::unique_ptr<notify::Sender> real_;
};

notify::NotifyOptions options_for(const std::string& url) {
  notify::NotifyOptions options;
  options.channels = {{"hub", notify::Webhook{.url = url + "hub"}}, {"chat", notify::SlackWebhook{url + "chat"}}};
  options.max_per_hour = 0;
  options.first_retry = 5ms;
  options.longest_retry = 40ms;
  return options;
}

class World {
 public:
  World(const std::string& path, const std::string& url)
      : history_(open(path)),
        client_(must(notify::CurlHttpClient::create("sonde/crash"))),
        options_(options_for(url)),
        journal_(*history_),
        queue_(options_, senders(), clock_, std::random_device{}(), &journal_) {
    history::LoadedHistory loaded = must(history_->load());
    for (const std::string& notice : loaded.notices) fail(notice);
    incidents_ = std::move(loaded.snapshot.incidents);
    const auto newest = must(history_->incidents(0, false, 1));
    if (!newest.empty()) last_id_ = newest.front().id;
    if (loaded.clock) elapsed_ = loaded.clock->elapsed;
    queue_.restore(std::move(loaded.deliveries), std::move(loaded.told));
    thread_ = std::jthread([this](const std::stop_token& stop) { must(queue_.run(stop)); });
  }

  /// Something happens to some incident.
  void step() {
    while (waiting() > 12) std::this_thread::sleep_for(1ms);
    std::vector<alerts::Incident*> open;
    for (alerts::Incident& incident : incidents_) {
      if (incident.status != IncidentStatus::kResolved) open.push_back(&incident);
    }
    const std::uint64_t dice = random_() % 10;
    if (open.size() < 2 || (dice < 3 && open.size() < 5)) return begin();
    alerts::Incident& incident = *open[random_() % open.size()];
    if (dice < 5) return tell(incident, MessageKind::kUpdate);
    if (dice < 6) return tell(incident, MessageKind::kAcknowledged);
    resolve(incident);
  }

  void begin() {
    alerts::Incident incident;
    incident.id = ++last_id_;
    incident.group = {"all", std::to_string(incident.id)};
    incidents_.push_back(incident);
    tell(incidents_.back(), MessageKind::kFiring);
  }

  void resolve_all() {
    for (alerts::Incident& incident : incidents_) resolve(incident);
  }

  void drain() {
    while (waiting() > 0) std::this_thread::sleep_for(1ms);
    thread_.request_stop();
    thread_.join();
  }

 private:
  static std::unique_ptr<history::AlertHistory> open(const std::string& path) {
    std::vector<std::string> notices;
    auto history = must(history::AlertHistory::open(path, SystemClock{}.now(), notices));
    for (const std::string& notice : notices) fail(notice);
    return history;
  }

  std::vector<std::unique_ptr<notify::Sender>> senders() {
    auto real = notify::make_senders(options_, {*client_, mail_, programs_});
    std::vector<std::unique_ptr<notify::Sender>> hurried;
    for (auto& sender : real) hurried.push_back(std::make_unique<Hurried>(std::move(sender)));
    return hurried;
  }

  std::uint64_t waiting() {
    std::uint64_t count = 0;
    for (const notify::DeliveryCounters& counters : queue_.counters()) count += counters.queued;
    return count;
  }

  void resolve(alerts::Incident& incident) {
    if (incident.status == IncidentStatus::kResolved) return;
    incident.status = IncidentStatus::kResolved;
    incident.resolved_at = {clock_.now(), elapsed_};
    tell(incident, MessageKind::kResolved);
  }

  void tell(alerts::Incident& incident, MessageKind kind) {
    ++incident.pages;
    ++incident.version;
    elapsed_ += 1ms;
    auto message = std::make_shared<const notify::Notification>(message_of(incident, kind));
    std::vector<notify::Delivery> deliveries;
    for (const notify::Channel& channel : options_.channels) {
      deliveries.push_back(notify::make_delivery(message, channel.name, options_, clock_.now()));
    }
    alerts::Snapshot snapshot;
    snapshot.incidents = incidents_;
    must(history_->save(snapshot, {}, {elapsed_, clock_.now(), elapsed_, "boot"}, deliveries));
    die_at("after the commit");
    queue_.enqueue(std::move(deliveries));
    const bool is_long = incidents_.size() > 12;
    if (is_long) std::erase_if(incidents_, [](const auto& each) { return each.status == IncidentStatus::kResolved; });
  }

  /// What is told says what it is, whatever senders make of it: `<i3n2resolved>` without the brackets.
  notify::Notification message_of(const alerts::Incident& incident, MessageKind kind) const {
    notify::Notification message;
    message.kind = kind;
    message.firing = kind != MessageKind::kResolved;
    message.incident = incident.id;
    message.number = incident.pages;
    message.rule = "i" + std::to_string(incident.id) + "n" + std::to_string(incident.pages) +
                   std::string(notify::name_of(kind)) + "e";
    message.host = "web-1";
    message.labels = {{"alertname", message.rule}};
    message.summary = message.rule;
    message.at = clock_.now();
    message.started_at = incident.opened_at.wall;
    message.dedup_key = "web-1/" + std::to_string(incident.id) + "/1";
    notify::AlertLine line{.firing = message.firing, .labels = message.labels, .annotations = {}, .started_at = {}};
    message.alerts = {line};
    return message;
  }

  const SystemClock clock_;
  std::unique_ptr<history::AlertHistory> history_;
  std::unique_ptr<notify::CurlHttpClient> client_;
  notify::FakeMailClient mail_;
  notify::FakeProgramRunner programs_;
  const notify::NotifyOptions options_;
  DyingJournal journal_;
  notify::DeliveryQueue queue_;
  std::vector<alerts::Incident> incidents_;
  std::int64_t last_id_ = 0;
  std::chrono::nanoseconds elapsed_{1s};
  std::mt19937_64 random_{std::random_device{}()};
  std::jthread thread_;
};

int run(std::span<char*> arguments) {
  if (arguments.size() < 4) return 1;
  const std::string mode = arguments[3];
  if (arguments.size() > 4) point = arguments[4];
  if (mode == "open") {
    std::vector<std::string> notices;
    must(history::AlertHistory::open(arguments[1], SystemClock{}.now(), notices));
    return 0;
  }
  World world(arguments[1], arguments[2]);
  while (mode == "work") world.step();
  if (mode == "once") world.begin();
  if (mode == "resolve") world.resolve_all();
  world.drain();
  return 0;
}

}  // namespace
}  // namespace sonde

int main(int count, char** arguments) { return sonde::run({arguments, static_cast<std::size_t>(count)}); }
