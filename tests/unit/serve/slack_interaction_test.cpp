#include "serve/slack_interaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "base/utf8.h"

namespace sonde::serve {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json pressed() {
  return {{"type", "block_actions"},
          {"user", {{"id", "U123"}, {"username", "ann"}, {"name", "ann.b"}, {"team_id", "T1"}}},
          {"trigger_id", "1.2.3"},
          {"actions", json::array({{{"type", "button"},
                                    {"action_id", "sonde_acknowledge"},
                                    {"block_id", "x"},
                                    {"value", "12"},
                                    {"action_ts", "1548426417.840180"}}})}};
}

/// Percent-encoded, every byte of it.
std::string form_of(const std::string& text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string form = "payload=";
  for (const char byte : text) {
    form += '%';
    form += kDigits[static_cast<unsigned char>(byte) >> 4U];
    form += kDigits[static_cast<unsigned char>(byte) & 0xFU];
  }
  return form;
}

TEST(SlackInteraction, says_who_wants_what_of_which_incident) {
  const auto read = parse_slack_interaction(form_of(pressed().dump()));
  ASSERT_TRUE(read) << read.error().what;
  ASSERT_TRUE(*read);
  EXPECT_EQ((*read)->user, "ann");
  EXPECT_EQ((*read)->incident, 12);
  EXPECT_EQ((*read)->action, alerts::IncidentAction::kAcknowledge);
  json other = pressed();
  other["actions"][0]["action_id"] = "sonde_resolve";
  EXPECT_EQ((*parse_slack_interaction(form_of(other.dump())))->action, alerts::IncidentAction::kResolve);
}

TEST(SlackInteraction, is_the_same_one_when_it_is_sent_again_and_another_when_pressed_again) {
  const auto id_of = [](const json& payload) { return (*parse_slack_interaction(form_of(payload.dump())))->id; };
  EXPECT_EQ(id_of(pressed()), id_of(pressed()));
  json later = pressed();
  later["actions"][0]["action_ts"] = "1548426418.000000";
  EXPECT_NE(id_of(pressed()), id_of(later));
  json of_another = pressed();
  of_another["user"]["id"] = "U124";
  EXPECT_NE(id_of(pressed()), id_of(of_another));
}

TEST(SlackInteraction, names_people_as_well_as_it_can) {
  json payload = pressed();
  payload["user"].erase("username");
  EXPECT_EQ((*parse_slack_interaction(form_of(payload.dump())))->user, "ann.b");
  payload["user"].erase("name");
  EXPECT_EQ((*parse_slack_interaction(form_of(payload.dump())))->user, "U123");
}

TEST(SlackInteraction, passes_over_what_is_none_of_our_buttons) {
  json other_type = pressed();
  other_type["type"] = "view_submission";
  json other_button = pressed();
  other_button["actions"][0]["action_id"] = "approve";
  json without = pressed();
  without["actions"] = json::array();
  for (const json& payload : {other_type, other_button, without, json::object()}) {
    const auto read = parse_slack_interaction(form_of(payload.dump()));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_FALSE(*read) << payload;
  }
}

TEST(SlackInteraction, refuses_what_makes_no_sense) {
  json nobody = pressed();
  nobody.erase("user");
  json no_number = pressed();
  no_number["actions"][0]["value"] = "12x";
  json no_text = pressed();
  no_text["actions"][0]["value"] = 12;
  json no_time = pressed();
  no_time["actions"][0].erase("action_ts");
  for (const std::string& form : {form_of(nobody.dump()), form_of(no_number.dump()), form_of(no_text.dump()),
                                  form_of(no_time.dump()), form_of("{"), std::string("payload=%zz"),
                                  std::string("payload=%\x9c\x9c"), std::string("other=1"), std::string()}) {
    const auto read = parse_slack_interaction(form);
    ASSERT_FALSE(read) << form;
    EXPECT_EQ(read.error().code, Code::kBadInput);
    EXPECT_TRUE(is_valid_utf8(read.error().what)) << form;
  }
}

}  // namespace
}  // namespace sonde::serve
