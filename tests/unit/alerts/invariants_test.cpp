#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "unit/alerts/story.h"

namespace sonde::alerts::test {
namespace {

using rules::NoDataPolicy;
using rules::Severity;

/// A host at random: its rules, what its series do, and what is done to the daemon.
class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}

  int up_to(int most) { return std::uniform_int_distribution(0, most)(random_); }
  bool one_in(int many) { return up_to(many - 1) == 0; }

  ToldRule any_rule(const std::string& alert, const std::string& metric) {
    ToldRule told = rule(alert).on(metric).hold(5s * up_to(8)).keep(one_in(2) ? 0s : 10s * up_to(6));
    told.in_a_row(1U + static_cast<unsigned>(up_to(2)), 1U + static_cast<unsigned>(up_to(2)));
    told.no_data(static_cast<NoDataPolicy>(up_to(3)), 10s * up_to(5)).keep_grows(one_in(2) ? 1 : 1.5);
    if (one_in(2)) told.clear_at(80);
    if (one_in(2)) told.flapping(2U + static_cast<unsigned>(up_to(3)), 100s + 10s * up_to(20), 50s + 10s * up_to(20));
    if (one_in(3)) told.limit(1U + static_cast<unsigned>(up_to(1)));
    return told;
  }

  std::vector<ToldRule> any_rules() {
    ToldRule target = any_rule("Target", "v").inhibited_by("Source");
    ToldRule source = any_rule("Source", "s");
    if (one_in(2)) source.inhibited_by("Target");
    return {any_rule("Hot", "v").severity(Severity::kWarning),
            any_rule("Hot", "v").above(97).severity(Severity::kCritical), source, target};
  }

  void any_samples(Story& story, int tick) {
    const std::string time = clock_text(Story::kInterval * tick);
    for (const char* series : {"v{c=1}", "v{c=2}", "v{c=3}", "s{c=1}"}) {
      if (!one_in(3)) continue;
      const int what = up_to(9);
      if (what == 0) {
        story.unsure(time, "too little", series);
      } else if (what == 1) {
        story.missing(time, series);
      } else if (what == 2) {
        story.error(time, series);
      } else {
        story.value(time, what < 5 ? 50 : what < 7 ? 95 : what == 7 ? 85 : 99, series);
      }
    }
  }

 private:
  std::mt19937 random_;
};

struct Key {
  std::string uid;
  std::string labels;
  auto operator<=>(const Key&) const = default;
};

std::string text_of(const store::Labels& labels) {
  std::string text;
  for (const measure::Label& label : labels) text += label.name + '=' + label.value + ';';
  return text;
}

/// Which states a change leads from and to.
bool leads(Change change, InstanceState from, InstanceState& to) {
  using enum InstanceState;
  switch (change) {
    case Change::kPending:
      return std::exchange(to, kPending) == kInactive;
    case Change::kPendingEnded:
      return std::exchange(to, kInactive) == kPending;
    case Change::kFired:
      to = kFiring;
      return from == kInactive || from == kPending;
    case Change::kRecovering:
      return std::exchange(to, kRecovering) == kFiring;
    case Change::kRefired:
      return std::exchange(to, kFiring) == kRecovering;
    case Change::kCleared:
      to = kInactive;
      return from == kFiring || from == kRecovering;
    case Change::kUnanswered:
      return from != kInactive;
    case Change::kHeld:
    case Change::kFlapping:
    case Change::kFlappingEnded:
      return true;
    default:  // of an incident
      return false;
  }
}

/// M: replaying the timeline gives the states there are.
void expect_replay(const Story& story, AlertEngine& engine) {
  std::map<Key, InstanceState> replayed;
  for (const TimelineEntry& entry : story.entries()) {
    if (value_of(entry.labels, kSeverityLabel).empty()) continue;  // of a problem
    InstanceState& state = replayed[{entry.uid, text_of(entry.labels)}];
    ASSERT_TRUE(leads(entry.change, state, state)) << name_of(entry.change);
  }
  std::map<Key, InstanceState> stored;
  for (const Instance& instance : engine.instances()) {
    if (instance.state != InstanceState::kInactive) stored[{instance.uid, text_of(instance.labels)}] = instance.state;
  }
  std::erase_if(replayed, [](const auto& item) { return item.second == InstanceState::kInactive; });
  ASSERT_EQ(replayed, stored);
}

/// R: that it is over is told of what was told, once.
void expect_told_in_pairs(const Story& story, AlertEngine& engine) {
  std::map<std::string, bool> told;
  for (const Notice& notice : story.notices()) {
    bool& is_told = told[text_of(notice.problem.labels)];
    if (notice.kind == NoticeKind::kFiring) {
      ASSERT_FALSE(is_told);
    }
    if (notice.kind == NoticeKind::kResolved || notice.kind == NoticeKind::kSeverityUp) {
      ASSERT_TRUE(is_told);
    }
    is_told = notice.kind != NoticeKind::kResolved;
  }
  for (const Problem& problem : engine.problems()) {
    ASSERT_EQ(std::exchange(told[text_of(problem.labels)], false), problem.told);
    ASSERT_TRUE(problem.firing || problem.flapping || !problem.told) << "over, and not told";
  }
  for (const auto& [labels, is_told] : told) ASSERT_FALSE(is_told) << labels << " is gone, and was not resolved";
}

/// What fires and nothing holds has been told.
void expect_nothing_withheld(AlertEngine& engine) {
  bool has_pending = false;
  for (const Instance& instance : engine.instances()) has_pending |= instance.state == InstanceState::kPending;
  for (const Problem& problem : engine.problems()) {
    const bool may_wait = has_pending || !problem.held_by.empty() || problem.released_at != nanoseconds{0};
    if (problem.firing && !may_wait) {
      ASSERT_TRUE(problem.told);
    }
  }
}

TEST(AlertsInvariants, hold_whatever_happens) {
  std::size_t heard = 0;
  for (unsigned seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Chance chance(seed);
    Story story(chance.any_rules());
    for (int tick = 0; tick < 150; ++tick) {
      const nanoseconds now = Story::kInterval * tick;
      chance.any_samples(story, tick);
      const bool is_up = story.next() <= now;
      if (is_up && chance.one_in(20)) {
        story.restart(clock_text(now + 10s * chance.up_to(5)));
      } else if (is_up && chance.one_in(60)) {
        story.suspend_until(clock_text(now + 10s * chance.up_to(90)));
      } else if (is_up && chance.one_in(40)) {
        story.to(clock_text(now)).reload(clock_text(now + 5s), chance.any_rules());
      }
      story.to(clock_text(now));
      ASSERT_NO_FATAL_FAILURE(expect_replay(story, story.engine()));
      ASSERT_NO_FATAL_FAILURE(expect_told_in_pairs(story, story.engine()));
      ASSERT_NO_FATAL_FAILURE(expect_nothing_withheld(story.engine()));
    }
    heard += story.notices().size();
  }
  EXPECT_GT(heard, 1500U);
}

TEST(AlertsInvariants, a_restart_without_down_time_changes_nothing) {
  for (unsigned seed = 1000; seed < 1080; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Chance chance(seed);
    Chance twin(seed);
    Chance restarts(seed + 1);
    Story undisturbed(chance.any_rules());
    Story disturbed(twin.any_rules());
    for (int tick = 0; tick < 150; ++tick) {
      const std::string time = clock_text(Story::kInterval * tick);
      chance.any_samples(undisturbed, tick);
      twin.any_samples(disturbed, tick);
      undisturbed.to(time);
      if (restarts.one_in(5)) disturbed.restart(time);
      disturbed.to(time);
      ASSERT_EQ(undisturbed.engine().snapshot(), disturbed.engine().snapshot()) << time;
    }
    EXPECT_EQ(undisturbed.sent(), disturbed.sent());
    EXPECT_EQ(undisturbed.timeline(), disturbed.timeline());
  }
}

TEST(AlertsInvariants, a_restored_engine_has_what_was_kept) {
  for (unsigned seed = 2000; seed < 2050; ++seed) {
    Chance chance(seed);
    Story story(chance.any_rules());
    for (int tick = 0; tick < 50; ++tick) chance.any_samples(story, tick);
    story.to("+08:00");
    const Snapshot kept = story.engine().snapshot();
    AlertEngine other{BookOptions{}};
    other.restore(kept);
    EXPECT_EQ(other.snapshot(), kept);
  }
}

}  // namespace
}  // namespace sonde::alerts::test
