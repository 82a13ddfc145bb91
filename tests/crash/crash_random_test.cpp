// Hundreds of kill -9 at random moments while incidents come and go and the receiver answers badly; then what it heard.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crash/crash_place.h"

namespace sonde::test {
namespace {

/// SONDE_CRASH_KILLS, for whoever wants to be surer.
int kills() {
  const char* given = std::getenv("SONDE_CRASH_KILLS");
  return given == nullptr ? 200 : std::atoi(given);
}

std::deque<ScriptedReply> trouble(std::mt19937_64& random) {
  constexpr int kReplies = 200'000;
  std::deque<ScriptedReply> script;
  for (int i = 0; i < kReplies; ++i) {
    const std::uint64_t dice = random() % 100;
    ScriptedReply reply;
    if (dice < 8) reply.status = 500;
    if (dice >= 8 && dice < 11) reply.behaviour = Behaviour::kClosesWithoutReply;
    if (dice >= 11 && dice < 13) reply.behaviour = Behaviour::kResets;
    if (dice == 13) reply = {429, "Retry-After: 0\r\n", "slower"};
    script.push_back(reply);
  }
  return script;
}

using Stories = std::map<std::pair<std::string, std::int64_t>, std::vector<Heard>>;  // by channel and incident

Stories stories(const CrashPlace& place) {
  Stories found;
  for (Heard& each : place.heard()) found[{each.channel, each.incident}].push_back(std::move(each));
  return found;
}

/// O: what came later in the incident never came first, whether or not it was accepted.
void expect_order(const std::vector<Heard>& story) {
  for (std::size_t i = 1; i < story.size(); ++i) {
    ASSERT_LE(story[i - 1].number, story[i].number) << story[i].channel << ", incident " << story[i].incident;
  }
}

/// D: one message, one key; and where there is none, whatever comes after one that may have arrived is marked.
void expect_no_twins(const std::vector<Heard>& story) {
  std::map<std::uint64_t, std::set<std::string>> keys;
  std::set<std::uint64_t> arrived;
  for (const Heard& each : story) {
    keys[each.number].insert(each.key);
    ASSERT_EQ(keys[each.number].size(), 1u) << "incident " << each.incident << " under another key";
    const bool is_again = arrived.contains(each.number);
    ASSERT_TRUE(!is_again || each.marked || each.channel == "hub") << "incident " << each.incident << " unmarked";
    if (each.arrived()) arrived.insert(each.number);
  }
}

/// R: resolved only to whom its beginning was, or may have been, told; and then it surely comes.
void expect_ends(const std::vector<Heard>& story, bool is_resolved) {
  bool told = false;
  bool ended = false;
  for (const Heard& each : story) {
    ASSERT_TRUE(told || each.is_page()) << "incident " << each.incident << ": " << each.kind << " before its beginning";
    told |= each.is_page() && each.arrived();
    ended |= each.kind == "resolved" && each.arrived();
  }
  ASSERT_EQ(ended, told && is_resolved) << story.front().channel << ", incident " << story.front().incident;
}

/// Everything the history knows of has been told, or was over before it could be.
void expect_nothing_lost(const history::AlertHistory& history, const Stories& heard) {
  const auto incidents = history.incidents(0, false, 1'000'000);
  ASSERT_TRUE(incidents) << incidents.error().what;
  ASSERT_FALSE(incidents->empty());
  for (const alerts::Incident& incident : *incidents) {
    const bool is_resolved = incident.status == alerts::IncidentStatus::kResolved;
    for (const std::string channel : {"hub", "chat"}) {
      const auto story = heard.find({channel, incident.id});
      if (story == heard.end()) {
        ASSERT_TRUE(is_resolved) << channel << " has heard nothing of incident " << incident.id;
        continue;
      }
      ASSERT_NO_FATAL_FAILURE(expect_ends(story->second, is_resolved));
      bool told = false;
      for (const Heard& each : story->second) told |= each.kind == "firing" && each.arrived();
      ASSERT_TRUE(told || is_resolved) << channel << " was not told of incident " << incident.id;
    }
  }
}

TEST(Crash, K16_at_random_moments_nothing_is_lost_nor_told_twice_under_another_key_nor_out_of_order) {
  std::mt19937_64 random(20'270'116);
  const CrashPlace place(trouble(random));
  for (int i = 0; i < kills(); ++i) {
    Carrier carrier = place.start({"work"});
    ::usleep(static_cast<useconds_t>(random() % 120'000));
    const int status = carrier.kill();
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself with " << status;
  }
  place.finish("drain");
  const auto history = place.place().open();
  ASSERT_NE(history, nullptr);
  ASSERT_TRUE(history->load()->deliveries.empty()) << "nothing waits any more";
  const Stories heard = stories(place);
  for (const auto& [key, story] : heard) {
    ASSERT_NO_FATAL_FAILURE(expect_order(story));
    ASSERT_NO_FATAL_FAILURE(expect_no_twins(story));
  }
  ASSERT_NO_FATAL_FAILURE(expect_nothing_lost(*history, heard));
  std::printf("%d kills, %zu messages heard, %zu incidents\n", kills(), place.heard().size(), heard.size() / 2);
}

}  // namespace
}  // namespace sonde::test
