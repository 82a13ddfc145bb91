#include "notify/channel_text.h"

#include <gtest/gtest.h>

#include <string>

namespace sonde::notify {
namespace {

TEST(ChannelText, says_where_each_kind_leads_and_no_secret) {
  Email email{.host = "mail.test", .port = 465, .tls = MailTls::kImplicit, .user = "u", .password = "SECRET"};
  email.to = {{"Operations", "ops@x"}, {"", "b@x"}};
  struct Row {
    Destination to;
    const char* kind;
    const char* text;
  };
  for (const Row& row :
       {Row{SlackWebhook{"https://hooks.test/services/SECRET"}, "slack", "incoming webhook at hooks.test"},
        Row{SlackBot{.token = "SECRET", .channel = "#ops"}, "slack", "bot, channel #ops"},
        Row{Webhook{.url = "http://user:SECRET@hub.test:8080/SECRET", .token = "SECRET", .signing_secrets = {"SECRET"}},
            "webhook", "hub.test:8080, with a token, signed"},
        Row{email, "email", "ops@x, b@x by mail.test:465 (implicit TLS)"},
        Row{PagerDuty{.routing_key = "SECRET"}, "pagerduty", "Events API v2 at events.pagerduty.com"},
        Row{Alertmanager{.urls = {"http://am-1:9093", "http://am-2:9093/x"}, .password = "SECRET"}, "alertmanager",
            "am-1:9093, am-2:9093"},
        Row{Program{{"/usr/bin/page", "--token", "SECRET"}}, "command", "/usr/bin/page"}}) {
    const Channel channel{"name", row.to};
    EXPECT_EQ(kind_of(channel), row.kind);
    EXPECT_EQ(describe(channel), row.text);
  }
}

}  // namespace
}  // namespace sonde::notify
