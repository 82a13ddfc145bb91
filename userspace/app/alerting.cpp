#include "app/alerting.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "app/log.h"
#include "app/topology.h"

namespace sonde::app {
namespace {

/// A wall clock that differs by more from what the boot clock says has been set.
constexpr std::chrono::milliseconds kStep{500};

/// How often the state of alerts is written though nothing happens.
constexpr std::chrono::seconds kActiveRhythm{10};
constexpr std::chrono::seconds kQuietRhythm{60};

constexpr const char* kAlertsOrigin = "ALERTS";

std::int64_t to_ms(WallTime at) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

std::size_t count_rules(const std::vector<rules::Group>& groups) {
  std::size_t count = 0;
  for (const rules::Group& group : groups) count += group.rules.size();
  return count;
}

void log_faults(const std::vector<rules::RuleFault>& faults) {
  for (const rules::RuleFault& fault : faults) log_error("fault in the rules", {{"fault", render_fault(fault)}});
}

}  // namespace

Alerting::Alerting(const AlertingParts& parts)
    : started_with_(parts.config),
      database_(parts.database),
      queue_(parts.queue),
      boot_clock_(parts.boot_clock),
      sleep_clock_(parts.sleep_clock),
      keeper_(parts.history),
      roster_(parts.config.oncall, parts.history == nullptr ? nullptr : &parts.history->oncall(),
              [] { return SystemClock().now(); }),
      remedies_({.history = parts.history == nullptr ? nullptr : &parts.history->remedies(),
                 .now =
                     [this] {
                       const std::lock_guard work(work_);
                       return here();
                     }}),
      recent_(parts.config.store),
      config_(std::shared_ptr<const config::Config>(), &parts.config),
      language_(parts.engine, stop_.get_token()),
      book_(parts.config.alerts),
      paging_({parts.config.notify, parts.config.incidents, parts.events, parts.links, parts.host}),
      reviews_(parts.config.incidents.verify_after),
      runner_(language_, parts.database, book_, parts.config.store.interval),
      view_(std::make_shared<const AlertingView>()) {}

Result<> Alerting::start(WallTime now) {
  const std::lock_guard work(work_);
  started_boot_ = boot_clock_();
  slept_ = sleep_clock_();
  sampled_at_ = now;
  SONDE_TRY(roster_.start());
  SONDE_TRY(lead_by(*config_));
  paging_.escalations().restore(roster_.turns());
  alerts::Moment begin{now, std::chrono::nanoseconds{0}};
  const std::optional<history::LoadedHistory> loaded = SONDE_TRY(keeper_.load());
  if (loaded) SONDE_TRY(restore(*loaded, begin));
  boot_offset_ = begin.elapsed - started_boot_;
  now_ = begin;
  SONDE_TRY(remedies_.start(config_->remediation, begin));
  use(SONDE_TRY(first_rules()), begin);
  return Ok{};
}

Result<> Alerting::restore(const history::LoadedHistory& loaded, alerts::Moment& begin) {
  if (loaded.clock) {
    const bool same_boot = loaded.clock->boot_id == boot_id();
    const auto down = same_boot ? started_boot_ - loaded.clock->boot : begin.wall - loaded.clock->wall;
    begin.elapsed = loaded.clock->elapsed + std::max(down, std::chrono::nanoseconds{0});
    book_.restore(loaded.snapshot);
    kept_at_ = begin.elapsed;
  }
  paging_.restore(loaded.snapshot.incidents, SONDE_TRY(keeper_.last_incident()));
  reviews_.restore(loaded.reviews);
  const std::vector<alerts::Silence> silences = SONDE_TRY(keeper_.load_silences());
  if (const auto sound = paging_.silences().restore(silences, begin.wall); !sound) {
    log_warning("a silence of an earlier process is left out", {{"why", sound.error().what}});
  }
  if (queue_ != nullptr) queue_->restore(loaded.deliveries, loaded.told);
  return Ok{};
}

/// A host that restarts at night over a typing error of the afternoon would be one that nobody watches.
Result<RuleSet> Alerting::first_rules() {
  RuleSet set = load_rules(config_->rules, language_);
  rules_are_sound_ = set.faults.empty();
  if (rules_are_sound_) return set;
  std::optional<RuleSet> last = last_sound_rules();
  if (!last) return Error{Code::kBadConfig, "the rules have faults:\n" + render_faults(set.faults)};
  log_faults(set.faults);
  log_error("the rules have faults; those that were last read without are used until they are mended");
  return *std::move(last);
}

std::optional<RuleSet> Alerting::last_sound_rules() const {
  auto files = keeper_.files();
  if (!files) return std::nullopt;
  RuleSet set = read_rules(config_->rules, *std::move(files), language_);
  return set.faults.empty() ? std::optional(std::move(set)) : std::nullopt;
}

Result<> Alerting::reload() {
  const std::lock_guard work(work_);
  RuleSet set = load_rules(config_->rules, language_);
  const bool is_sound = set.faults.empty();
  {
    const std::lock_guard lock(mutex_);
    ++reloads_;
    if (!is_sound) ++failed_reloads_;
  }
  rules_are_sound_ = is_sound;
  if (!is_sound) {
    stamp_ = stamp_of(config_->rules);  // told once, not each time somebody looks
    publish(book_.instances());
    log_faults(set.faults);
    return Error{Code::kBadConfig, "the rules have faults and stay as they were:\n" + render_faults(set.faults)};
  }
  use(std::move(set), moment(sampled_at_));
  return Ok{};
}

void Alerting::use(RuleSet set, const alerts::Moment& now) {
  stamp_ = stamp_of(config_->rules);
  groups_ = std::make_shared<const std::vector<rules::Group>>(std::move(set.groups));
  loaded_at_ = now.wall;
  if (rules_are_sound_) keeper_.keep_files(std::move(set.files));
  runner_.set_groups(groups_);
  book_.reload(*groups_, now);
  std::vector<store::SamplingDemand> demands = started_with_.store.demands;
  const auto own = demands_of(*groups_, started_with_.store.interval);
  demands.insert(demands.end(), own.begin(), own.end());
  if (const auto set_demands = database_.set_demands(std::move(demands)); !set_demands) {
    log_error("series are not sampled as often as rules need them", {{"why", set_demands.error().what}});
  }
  log_info("rules are loaded",
           {{"groups", std::to_string(groups_->size())}, {"rules", std::to_string(count_rules(*groups_))}});
  publish(book_.instances());
}

/// `for` is over so many evaluations later, so that time goes by the samples' own, unless somebody has set the clock.
alerts::Moment Alerting::moment(WallTime now) {
  const auto by_boot = boot_clock_() + boot_offset_;
  const auto by_samples = (now - WallTime{}) + (now_.elapsed - (now_.wall - WallTime{}));
  const bool is_first = !std::exchange(has_begun_, true);
  const auto difference = by_samples - by_boot;
  const bool is_set = is_first || difference > kStep || difference < -2 * kStep;
  now_ = {now, is_set ? std::max(by_boot, now_.elapsed) : std::max(by_samples, now_.elapsed)};
  return now_;
}

/// The present, between ticks: on the samples' line of time, for somebody who does not wait for the next ones.
alerts::Moment Alerting::here() const {
  const auto elapsed = std::max(now_.elapsed, boot_clock_() + boot_offset_);
  return {now_.wall + (elapsed - now_.elapsed), elapsed};
}

history::ClockMark Alerting::mark(const alerts::Moment& now) const {
  return {now.elapsed, now.wall, boot_clock_(), boot_id()};
}

std::vector<alerts::Notice> Alerting::tick(const measure::Snapshot& snapshot, WallTime sampled_at) {
  recent_.ingest(snapshot);
  const std::lock_guard work(work_);
  sampled_at_ = sampled_at;
  const alerts::Moment now = moment(sampled_at);
  if (const auto slept = sleep_clock_(); slept - slept_ > std::chrono::seconds{1}) {
    log_info("the host was suspended: nothing is concluded for a while");
    book_.resume(now);
    slept_ = slept;
  }
  const bool is_posted = take_posted();
  book_.begin(now);
  const bool any = runner_.run({now, boot_clock_() - started_boot_, boot_clock_()});
  std::vector<alerts::Instance> instances = book_.instances();
  const bool any_active = std::any_of(instances.begin(), instances.end(), [](const alerts::Instance& instance) {
    return instance.state != alerts::InstanceState::kInactive;
  });
  if (any_active && any) look_at_topology(now);
  std::vector<alerts::Notice> notices = book_.finish(now, dependencies_, paging_.hush(now.wall));
  const std::vector<alerts::Problem> problems = book_.problems();
  if (queue_ != nullptr) {
    for (const notify::Undelivered& undelivered : queue_->take_undelivered()) paging_.fail(undelivered, now);
  }
  std::vector<notify::Delivery> deliveries = paging_.advance(notices, problems, now);
  look_after_people(now, deliveries);
  const bool is_reviewed = reviews_.advance(paging_.incidents(), now);
  const bool is_news = !notices.empty() || !deliveries.empty() || is_reviewed;
  // What keeps an alert quiet may have changed though no rule was due.
  if (any || is_news || is_posted || !problems.empty()) {
    database_.append_outputs(kAlertsOrigin, alert_series(instances), sampled_at);
    // Nothing has happened but that time went on: that is worth a write now and then, and what is active sooner.
    const auto rhythm = any_active ? kActiveRhythm : kQuietRhythm;
    commit(now, std::move(deliveries), is_news || is_posted ? std::chrono::seconds{0} : rhythm);
    publish(std::move(instances));
  }
  prune_silences(now);
  return notices;
}

/// Whoever goes off duty and whoever comes on is told, and somebody is if nobody is called any more.
void Alerting::look_after_people(const alerts::Moment& now, std::vector<notify::Delivery>& deliveries) {
  constexpr std::chrono::seconds kAuditing{10};
  const std::vector<Handover> handovers = roster_.take_handovers(now.wall);
  std::ranges::move(paging_.announce(handovers, now), std::back_inserter(deliveries));
  if (now.elapsed - audited_at_ >= kAuditing) {
    audited_at_ = now.elapsed;
    std::ranges::move(paging_.audit(now), std::back_inserter(deliveries));
  }
  roster_.keep(paging_.escalations().turns());
  if (!remedies_.is_off()) remedies_.advance(paging_.incidents().incidents(), now);
}

/// What has happened is on disk before anybody is told of it.
void Alerting::commit(const alerts::Moment& now, std::vector<notify::Delivery> deliveries,
                      std::chrono::nanoseconds rhythm) {
  std::vector<alerts::TimelineEntry> entries = book_.take_timeline();
  std::ranges::move(paging_.take_timeline(), std::back_inserter(entries));
  std::ranges::move(reviews_.take_timeline(), std::back_inserter(entries));
  std::ranges::move(remedies_.take_timeline(), std::back_inserter(entries));
  const std::vector<alerts::Review> reviews = reviews_.take_changed();
  const bool is_due = !entries.empty() || !deliveries.empty() || now.elapsed - kept_at_ >= rhythm;
  if (is_due && keeper_.keeps()) {
    kept_at_ = now.elapsed;
    alerts::Snapshot snapshot = book_.snapshot();
    snapshot.incidents = paging_.incidents().incidents();
    keeper_.keep(snapshot, entries, mark(now), deliveries, reviews);
  }
  if (queue_ != nullptr && !deliveries.empty()) queue_->enqueue(std::move(deliveries));
}

/// Who is whose client changes slowly, and is asked only while something is wrong.
void Alerting::look_at_topology(const alerts::Moment& now) {
  constexpr std::chrono::seconds kValid{10};
  if (looked_at_ && now.elapsed - *looked_at_ < kValid) return;
  dependencies_ = find_dependencies(language_, to_ms(now.wall));
  looked_at_ = now.elapsed;
}

void Alerting::publish(std::vector<alerts::Instance> instances) {
  auto view = std::make_shared<AlertingView>();
  view->groups = groups_;
  view->status = runner_.status();
  view->instances = std::move(instances);
  view->problems = book_.problems();
  view->standings = book_.rules();
  view->held_back = book_.held_back();
  view->active = active_alerts();
  view->incidents = paging_.incidents().incidents();
  if (auto silences = paging_.silences().query({}, {}, now_.wall)) view->silences = *std::move(silences);
  view->rules_are_sound = rules_are_sound_;
  view->loaded_at = loaded_at_;
  const std::lock_guard lock(mutex_);
  view_ = std::move(view);
}

std::vector<store::ServiceWindow> Alerting::services(std::chrono::nanoseconds window, WallTime now) const {
  return recent_.over(window, now);
}

std::shared_ptr<const AlertingView> Alerting::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

AlertingFacts Alerting::facts() const {
  AlertingFacts facts;
  const auto seen = view();
  facts.rules_are_sound = seen->rules_are_sound;
  for (std::size_t i = 0; i < seen->status.size(); ++i) {
    const GroupStatus& status = seen->status[i];
    const rules::Group& group = (*seen->groups)[i];
    facts.groups.push_back({.name = group.file + ';' + group.name,
                            .rules = group.rules.size(),
                            .evaluations = status.iterations * group.rules.size(),
                            .failures = status.failures,
                            .iterations = status.iterations,
                            .missed = status.missed,
                            .took = status.took,
                            .evaluated_at = status.evaluated_at});
  }
  for (const alerts::Instance& instance : seen->instances) {
    if (instance.state == alerts::InstanceState::kInactive) continue;
    const auto severity = static_cast<std::size_t>(rules::severity_of(instance.labels));
    ++(instance.state == alerts::InstanceState::kPending ? facts.pending : facts.firing)[severity];
  }
  for (const alerts::RuleStanding& standing : seen->standings) {
    facts.gated += standing.gated;
    facts.refused += standing.refused;
    facts.forgotten += standing.forgotten;
  }
  facts.history_is_failing = !keeper_.error().empty();
  facts.lost_history_entries = keeper_.lost_entries();
  facts.lost_posts = lost_posts_;
  facts.remedies = remedies_.counts();
  const std::lock_guard lock(mutex_);
  facts.reloads = reloads_;
  facts.failed_reloads = failed_reloads_;
  return facts;
}

}  // namespace sonde::app
