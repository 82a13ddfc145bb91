// kill -9 at each named point, and what the receiver hears in all.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crash/crash_place.h"

namespace sonde::test {
namespace {

std::vector<std::string> kinds(const std::vector<Heard>& heard) {
  std::vector<std::string> found;
  for (const Heard& each : heard) found.push_back(each.kind + (each.marked ? "?" : ""));
  return found;
}

using Kinds = std::vector<std::string>;

TEST(CrashPoint, K02_after_the_commit_it_is_sent_once) {
  const CrashPlace place;
  place.die("once", "after the commit");
  EXPECT_TRUE(place.heard().empty());
  place.finish("drain");
  for (const char* channel : {"hub", "chat"}) EXPECT_EQ(kinds(place.heard(channel)), Kinds{"firing"}) << channel;
}

TEST(CrashPoint, K03_after_the_lease_and_before_the_first_byte_it_is_sent_once) {
  const CrashPlace place;
  place.die("once", "after the lease");
  const auto before = place.heard().size();
  EXPECT_LE(before, 1u) << "the other channel may have been quicker";
  place.finish("drain");
  for (const char* channel : {"hub", "chat"}) {
    const auto heard = place.heard(channel);
    EXPECT_LE(heard.size(), 2u) << channel;
    EXPECT_GE(heard.size(), 1u) << channel;
  }
  EXPECT_LE(place.heard().size(), 2 + before) << "what did not leave comes once, marked or not";
}

TEST(CrashPoint, K04_while_the_answer_is_awaited_it_comes_again_under_the_same_key_or_marked) {
  const ScriptedReply never{200, "", "", Behaviour::kNeverReplies};
  const CrashPlace place({never, never});
  {
    Carrier carrier = place.start({"once"});
    ASSERT_TRUE(place.server().wait_for(2));
    carrier.kill();
  }
  place.finish("drain");
  const auto hub = place.heard("hub");
  ASSERT_EQ(hub.size(), 2u);
  EXPECT_EQ(hub[0].key, hub[1].key);
  EXPECT_FALSE(hub[0].key.empty());
  EXPECT_EQ(kinds(place.heard("chat")), (Kinds{"firing", "firing?"}));
}

TEST(CrashPoint, K05_after_the_answer_and_before_it_is_kept_it_comes_again_under_the_same_key_or_marked) {
  for (const char* point : {"after the answer", "before sent is kept"}) {
    const CrashPlace place;
    place.die("once", point);
    place.finish("drain");
    const auto hub = place.heard("hub");
    const auto chat = place.heard("chat");
    EXPECT_GE(hub.size() + chat.size(), 3u) << point << ": one of them was answered before";
    for (const Heard& each : hub) EXPECT_EQ(each.key, hub[0].key) << point;
    ASSERT_FALSE(chat.empty());
    for (std::size_t i = 1; i < chat.size(); ++i) EXPECT_TRUE(chat[i].marked) << point;
  }
}

TEST(CrashPoint, K06_after_sent_is_kept_nothing_more_comes_from_that_channel) {
  const CrashPlace place;
  place.die("once", "after sent is kept");
  place.finish("drain");
  const std::size_t hub = place.heard("hub").size();
  const std::size_t chat = place.heard("chat").size();
  EXPECT_EQ(std::min(hub, chat), 1u) << "the one that was kept";
  place.finish("drain");
  EXPECT_EQ(place.heard().size(), hub + chat);
}

TEST(CrashPoint, K07_after_the_commit_of_resolved_it_is_told_once) {
  const CrashPlace place;
  place.finish("once");
  place.die("resolve", "after the commit");
  EXPECT_EQ(place.heard().size(), 2u);
  place.finish("drain");
  place.finish("drain");
  for (const char* channel : {"hub", "chat"}) {
    EXPECT_EQ(kinds(place.heard(channel)), (Kinds{"firing", "resolved"})) << channel;
  }
}

}  // namespace
}  // namespace sonde::test
