#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "notify/payload.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using nlohmann::json;

std::string field_of(const json& attachment, const std::string& name) {
  for (const json& field : attachment.at("blocks").at(1).at("fields")) {
    const std::string text = field.at("text");
    if (text.starts_with("*" + name + "*\n")) return text.substr(name.size() + 3);
  }
  return "(none)";
}

TEST(Slack, shows_what_fires_at_a_glance_and_the_details_below) {
  const json message = json::parse(slack_payload(firing()));
  EXPECT_EQ(message.at("text"), "FIRING critical: HighErrorRate on checkout");
  const json& attachment = message.at("attachments").at(0);
  EXPECT_EQ(attachment.at("color"), "#e01e5a");
  EXPECT_EQ(attachment.at("blocks").at(0).at("text").at("text"), "34.1 % of requests to checkout fail");
  EXPECT_EQ(field_of(attachment, "Service"), "checkout");
  EXPECT_EQ(field_of(attachment, "Host"), "web-1");
  EXPECT_EQ(field_of(attachment, "Since"),
            "<!date^1800000000^{date_short_pretty} {time_secs}|2027-01-15T08:00:00.000Z>");
  EXPECT_EQ(field_of(attachment, "Lasted"), "(none)");
}

TEST(Slack, shows_what_resolved_in_green_and_how_long_it_lasted) {
  const json message = json::parse(slack_payload(resolved()));
  EXPECT_EQ(message.at("text"), "RESOLVED critical: HighErrorRate on checkout");
  EXPECT_EQ(message.at("attachments").at(0).at("color"), "#2eb67d");
  EXPECT_EQ(field_of(message.at("attachments").at(0), "Lasted"), "12m5s");
}

TEST(Slack, colours_a_warning) {
  Notification notification = firing();
  notification.severity = rules::Severity::kWarning;
  notification.rule = "HighResponseTime";
  const json message = json::parse(slack_payload(notification));
  EXPECT_EQ(message.at("text"), "FIRING warning: HighResponseTime on checkout");
  EXPECT_EQ(message.at("attachments").at(0).at("color"), "#ecb22e");
}

TEST(Slack, lets_no_inserted_text_become_a_mention_or_a_link) {
  Notification notification = firing();
  notification.service = "<!channel>";
  notification.host = "<http://evil|a&b>";
  notification.summary = "1 < 2 & \"3\" > \n\x01\xFF";
  const std::string body = slack_payload(notification);
  EXPECT_EQ(body.find("<!channel>"), std::string::npos);
  EXPECT_EQ(body.find("<http"), std::string::npos);
  const json message = json::parse(body);
  EXPECT_EQ(message.at("text"), "FIRING critical: HighErrorRate on &lt;!channel&gt;");
  EXPECT_EQ(field_of(message.at("attachments").at(0), "Host"), "&lt;http://evil|a&amp;b&gt;");
}

TEST(Slack, stays_within_the_limits_of_block_kit) {
  Notification notification = firing();
  notification.rule = notification.service = notification.host = notification.summary = std::string(100'000, '&');
  const json message = json::parse(slack_payload(notification));
  EXPECT_LE(message.at("text").get<std::string>().size(), 3000u);
  const json& blocks = message.at("attachments").at(0).at("blocks");
  EXPECT_LE(blocks.at(0).at("text").at("text").get<std::string>().size(), 3000u);
  EXPECT_LE(blocks.at(1).at("fields").size(), 10u);
  for (const json& field : blocks.at(1).at("fields")) EXPECT_LE(field.at("text").get<std::string>().size(), 2000u);
}

TEST(Slack, shows_what_happened_below_the_details) {
  EXPECT_EQ(json::parse(slack_payload(firing())).at("attachments").at(0).at("blocks").size(), 2u);
  Notification notification = firing();
  notification.evidence = {"18:42:14 nginx (pid 812) was killed by SIGSEGV", "18:42:01 <!channel> & co"};
  const json blocks = json::parse(slack_payload(notification)).at("attachments").at(0).at("blocks");
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks.at(2).at("type"), "section");
  EXPECT_EQ(blocks.at(2).at("text").at("type"), "mrkdwn");
  EXPECT_EQ(blocks.at(2).at("text").at("text"),
            "*What happened* (UTC)\n18:42:14 nginx (pid 812) was killed by SIGSEGV\n"
            "18:42:01 &lt;!channel&gt; &amp; co");
}

TEST(Slack, leaves_the_oldest_events_out_where_it_has_no_room) {
  Notification notification = firing();
  notification.evidence.assign(5, std::string(1'000, '&'));
  notification.evidence.front() = "newest";
  const json blocks = json::parse(slack_payload(notification)).at("attachments").at(0).at("blocks");
  const std::string text = blocks.at(2).at("text").at("text");
  EXPECT_LE(text.size(), 3000u);
  EXPECT_GE(text.size(), 1500u);
  EXPECT_NE(text.find("\nnewest\n"), std::string::npos);
}

TEST(Slack, shows_the_evidence_the_runbook_and_why_it_is_told_now) {
  Notification notification = firing();
  notification.labels.push_back({"http_route", "/pay"});
  notification.assignee = "anna & bob";
  notification.incident = 12;
  notification.description = "Worst: <b>/pay</b>";
  notification.runbook_url = "docs/runbooks/HighErrorRate.md";
  notification.reason = "severity raised";
  const json attachment = json::parse(slack_payload(notification)).at("attachments").at(0);
  EXPECT_EQ(field_of(attachment, "Labels"), "http_route=/pay");
  EXPECT_EQ(field_of(attachment, "Runbook"), "docs/runbooks/HighErrorRate.md");
  EXPECT_EQ(field_of(attachment, "Why now"), "severity raised");
  EXPECT_EQ(field_of(attachment, "Taken on by"), "anna &amp; bob");
  EXPECT_EQ(field_of(attachment, "Incident"), "#12") << "nowhere to read on about it";
  EXPECT_EQ(attachment.at("blocks").at(2).at("text").at("text"), "Worst: &lt;b&gt;/pay&lt;/b&gt;");
}

TEST(Slack, makes_links_of_runbook_and_acknowledgement_that_can_be_tapped) {
  const json attachment = json::parse(slack_payload(with_evidence())).at("attachments").at(0);
  EXPECT_EQ(field_of(attachment, "Runbook"), "<https://wiki.example/HighErrorRate?a=1&amp;b=2|what to do>");
  EXPECT_EQ(field_of(attachment, "Acknowledge"), "<https://sonde.example/incidents/12|I take care of it>");
  EXPECT_EQ(field_of(attachment, "Incident"), "<https://sonde.example/incidents/12|#12>");
  Notification notification = with_evidence();
  notification.runbook_url = "https://wiki.example/a|<!channel>";
  EXPECT_EQ(field_of(json::parse(slack_payload(notification)).at("attachments").at(0), "Runbook"),
            "https://wiki.example/a|&lt;!channel&gt;");
}

/// How much all blocks hold, each of which is within its own limits.
std::size_t characters_of(const json& message) {
  std::size_t characters = 0;
  const json& blocks = message.at("attachments").at(0).at("blocks");
  EXPECT_LE(blocks.size(), 50u);
  for (const json& block : blocks) {
    if (block.contains("text")) {
      EXPECT_LE(block.at("text").at("text").get<std::string>().size(), 3'000u);
      characters += block.at("text").at("text").get<std::string>().size();
    }
    EXPECT_LE(block.value("fields", json::array()).size(), 10u);
    for (const json& field : block.value("fields", json::array())) {
      EXPECT_LE(field.at("text").get<std::string>().size(), 2'000u);
      characters += field.at("text").get<std::string>().size();
    }
  }
  return characters + message.at("text").get<std::string>().size();
}

TEST(Slack, stays_below_what_all_blocks_together_may_hold_whatever_the_texts_are) {
  Notification notification = group_of(1'000);
  for (std::string* text :
       {&notification.rule, &notification.service, &notification.host, &notification.summary, &notification.description,
        &notification.reason, &notification.labels.back().value, &notification.assignee}) {
    *text = std::string(100'000, '&');
  }
  for (AlertLine& alert : notification.alerts) alert.annotations = {{"summary", std::string(1'000, '&')}};
  notification.alerts.front().annotations = {{"trend", std::string(9'000, '<')},
                                             {"threshold", std::string(9'000, '>')}};
  notification.runbook_url = "https://wiki.example/" + std::string(230, '&');
  notification.acknowledge_url = notification.incident_url = notification.runbook_url;
  notification.evidence.assign(5, std::string(100'000, '<'));
  EXPECT_LE(characters_of(json::parse(slack_payload(notification))), 13'000u);
}

TEST(Slack, G06_tells_a_thousand_alerts_in_one_message_and_how_many_it_leaves_out) {
  const json message = json::parse(slack_payload(group_of(1'000)));
  EXPECT_EQ(message.at("text"), "FIRING critical: HighErrorRate on checkout, and 998 more");
  EXPECT_LE(characters_of(message), 13'000u);
  const std::string text = message.at("attachments").at(0).at("blocks").at(2).at("text").at("text");
  EXPECT_TRUE(
      text.starts_with("*Alerts*: 999 firing, 1 over\n\xE2\x80\xA2 critical: HighErrorRate on checkout "
                       "(http_route=/pay): 34.1 % of requests to checkout fail\n\xE2\x80\xA2 warning: Alert1"))
      << text;
  const auto shown = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) - 1;
  EXPECT_GE(shown, 10u);
  EXPECT_TRUE(
      text.ends_with("\n+" + std::to_string(1'000 - shown) + " more: <https://sonde.example/incidents/12|all of them>"))
      << text;
}

TEST(Slack, lists_every_alert_of_a_few_and_which_of_them_are_over) {
  const json blocks = json::parse(slack_payload(group_of(3))).at("attachments").at(0).at("blocks");
  const std::string text = blocks.at(2).at("text").at("text");
  EXPECT_NE(text.find("*Alerts*: 2 firing, 1 over\n"), std::string::npos) << text;
  EXPECT_NE(text.find("over, warning: Alert2 on checkout"), std::string::npos) << text;
  EXPECT_EQ(text.find("more"), std::string::npos) << text;
}

TEST(Slack, says_who_has_taken_it_on_and_what_goes_on) {
  Notification notification = firing();
  notification.kind = MessageKind::kAcknowledged;
  notification.actor = "anna <b>";
  const json message = json::parse(slack_payload(notification));
  EXPECT_EQ(message.at("text"), "ACKNOWLEDGED critical: HighErrorRate on checkout (by anna &lt;b&gt;)");
  EXPECT_EQ(message.at("attachments").at(0).at("color"), "#868686");
  notification.kind = MessageKind::kRepeat;
  EXPECT_EQ(json::parse(slack_payload(notification)).at("text"), "STILL FIRING critical: HighErrorRate on checkout");
}

TEST(Slack, says_whose_place_it_takes) {
  EXPECT_EQ(json::parse(slack_payload(firing(), {.instead_of = "on-call"})).at("text"),
            "FIRING critical: HighErrorRate on checkout (in place of on-call)");
}

TEST(Slack, is_marked_as_a_test_and_as_a_repeat) {
  Notification notification = firing();
  notification.test = true;
  EXPECT_EQ(json::parse(slack_payload(notification)).at("text"), "TEST FIRING critical: HighErrorRate on checkout");
  EXPECT_EQ(json::parse(slack_payload(firing(), {.may_be_repeat = true})).at("text"),
            "FIRING critical: HighErrorRate on checkout (may be a repeat)");
}

TEST(SlackBot, posts_with_an_id_by_which_the_message_can_be_found_again) {
  const json message =
      json::parse(slack_bot_payload(firing(), {.channel = "#ops", .thread = {}, .message = {}, .id = "1a2b"}));
  EXPECT_EQ(message.at("channel"), "#ops");
  EXPECT_EQ(message.at("text"), "FIRING critical: HighErrorRate on checkout");
  EXPECT_EQ(message.at("metadata").at("event_payload").at("id"), "1a2b");
  EXPECT_FALSE(message.contains("thread_ts") || message.contains("ts"));
}

TEST(SlackBot, answers_in_a_thread_and_updates_what_is_there) {
  const json reply =
      json::parse(slack_bot_payload(resolved(), {.channel = "C1", .thread = "1.2", .message = {}, .id = "x"}));
  EXPECT_EQ(reply.at("thread_ts"), "1.2");
  EXPECT_FALSE(reply.contains("ts") || reply.contains("attachments") || reply.contains("reply_broadcast"));
  const json update =
      json::parse(slack_bot_payload(resolved(), {.channel = "C1", .thread = {}, .message = "1.2", .id = "x"}));
  EXPECT_EQ(update.at("ts"), "1.2");
  EXPECT_EQ(update.at("channel"), "C1");
  EXPECT_EQ(update.at("attachments").at(0).at("color"), "#2eb67d");
  EXPECT_FALSE(update.contains("thread_ts") || update.contains("metadata"));
}

TEST(SlackBot, says_in_the_thread_what_is_new_and_in_the_channel_what_calls_for_people) {
  Notification notification = group_of(3);
  const auto reply = [&] {
    return json::parse(slack_bot_payload(notification, {.channel = "C1", .thread = "1.2", .message = {}, .id = "x"}));
  };
  notification.reason = "reopened";
  const json reopened = reply();
  EXPECT_TRUE(reopened.at("reply_broadcast"));
  const json& blocks = reopened.at("attachments").at(0).at("blocks");
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks.at(0).at("text").at("text"), "reopened");
  EXPECT_TRUE(blocks.at(1).at("text").at("text").get<std::string>().starts_with("*Alerts*: 2 firing, 1 over"));
  notification.kind = MessageKind::kNoticed;
  notification.reason = "it is the new release";
  const json note = reply();
  EXPECT_FALSE(note.contains("reply_broadcast"));
  EXPECT_EQ(note.at("attachments").at(0).at("blocks").size(), 1u);
}

}  // namespace
}  // namespace sonde::notify
