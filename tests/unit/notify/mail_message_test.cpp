#include "notify/mail_message.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "notify/mime.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;

Email channel() {
  Email email{.host = "mail.test"};
  email.from = {"Sonde", "sonde@shop.example"};
  email.to = {{"", "ops@shop.example"}, {"J\xC3\xBCrgen \"J\" M", "j@shop.example"}};
  return email;
}

std::string message_of(const Notification& notification, const Remarks& remarks = {}) {
  Outgoing outgoing = first_attempt(notification);
  outgoing.may_be_repeat = remarks.may_be_repeat;
  outgoing.instead_of = remarks.instead_of;
  return mail_message(channel(), outgoing);
}

/// The value of a header, on one line.
std::string header(const std::string& message, const std::string& name) {
  const std::size_t start = message.find("\r\n" + name + ": ");
  if (start == std::string::npos) return "(none)";
  std::size_t end = message.find("\r\n", start + 2);
  while (message.substr(end + 2, 1) == " ") end = message.find("\r\n", end + 2);
  const std::size_t value = start + 4 + name.size();
  std::string text = message.substr(value, end - value);
  for (std::size_t at = text.find("\r\n"); at != std::string::npos; at = text.find("\r\n")) text.erase(at, 2);
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    EXPECT_NE(end, std::string::npos) << "a line without CRLF";
    if (end == std::string::npos) break;
    lines.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return lines;
}

/// What is in the HTML part, without the breaks of lines that are too long.
std::string html_of(const std::string& message) {
  std::string text = message.substr(message.find("text/html"));
  for (std::size_t at = text.find("=\r\n"); at != std::string::npos; at = text.find("=\r\n")) text.erase(at, 3);
  return text;
}

TEST(MailMessage, has_the_headers_of_one_incident) {
  const std::string fire = "\r\n" + message_of(firing());
  const std::string resolve = "\r\n" + message_of(resolved());
  EXPECT_EQ(header(fire, "Date"), "Fri, 15 Jan 2027 08:01:00 +0000");
  EXPECT_EQ(header(fire, "From"), "\"Sonde\" <sonde@shop.example>");
  EXPECT_EQ(header(fire, "To"), "ops@shop.example, =?UTF-8?Q?J=C3=BCrgen_=22J=22_M?= <j@shop.example>");
  EXPECT_EQ(header(fire, "Subject"), "[FIRING:1] critical: HighErrorRate on checkout");
  EXPECT_EQ(header(fire, "Message-ID"), "<0123456789abcdef0123456789abcdef@web-1>");
  EXPECT_EQ(header(fire, "Importance"), "high");
  EXPECT_EQ(header(fire, "Auto-Submitted"), "auto-generated");
  EXPECT_EQ(header(resolve, "Importance"), "(none)");
  EXPECT_EQ(header(resolve, "References"), header(fire, "References"));
  EXPECT_EQ(header(resolve, "In-Reply-To"), header(resolve, "References"));
  EXPECT_TRUE(header(fire, "References").ends_with("@web-1>"));
}

TEST(MailMessage, M04_is_the_same_in_every_attempt_but_for_the_mark_of_a_repeat) {
  EXPECT_EQ(message_of(firing()), message_of(firing()));
  const std::string again = "\r\n" + message_of(firing(), {.may_be_repeat = true});
  EXPECT_EQ(header(again, "Message-ID"), header("\r\n" + message_of(firing()), "Message-ID"));
  EXPECT_EQ(header(again, "Subject"), "[FIRING:1] critical: HighErrorRate on checkout (may be a repeat)");
}

TEST(MailMessage, says_all_of_it_in_text_and_in_html) {
  const std::string message = message_of(with_evidence());
  const std::size_t html = message.find("text/html");
  ASSERT_NE(html, std::string::npos);
  const std::string text = message.substr(message.find("text/plain"), html);
  for (const char* wanted :
       {"FIRING critical: HighErrorRate on checkout\r\n", "34.1 % of requests to checkout fail\r\n",
        "Service      checkout\r\n", "Labels       http_route=3D/pay\r\n", "Since        2027-01-15 08:00:00 UTC\r\n",
        "What happened (UTC)\r\n", "  07:59:58 checkout (pid 812) was killed by SIGSEGV\r\n"}) {
    EXPECT_NE(text.find(wanted), std::string::npos) << wanted << text;
  }
  EXPECT_NE(html_of(message).find("<a href=3D\"https://wiki.example/HighErrorRate?a=3D1&amp;b=3D2\">"),
            std::string::npos)
      << html_of(message);
}

TEST(MailMessage, G06_tells_of_a_thousand_alerts_and_lists_the_worst) {
  const std::string message = "\r\n" + message_of(group_of(1'000));
  EXPECT_EQ(header(message, "Subject"), "[FIRING:999] critical: HighErrorRate on checkout, and 998 more");
  const std::string text = message.substr(message.find("text/plain"), message.find("text/html"));
  EXPECT_NE(text.find("Alerts: 999 firing, 1 over\r\n  critical: HighErrorRate on checkout"), std::string::npos)
      << text;
  EXPECT_NE(text.find("  +950 more: https://sonde.example/incidents/12\r\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Incident     #12  https://sonde.example/incidents/12\r\n"), std::string::npos) << text;
  EXPECT_LT(message.size(), 50'000u);
}

struct SubjectRow {
  const char* name;
  MessageKind kind;
  const char* subject;
};

class MailSubject : public testing::TestWithParam<SubjectRow> {};

TEST_P(MailSubject, says_how_it_stands) {
  Notification notification = group_of(3);
  if (GetParam().kind == MessageKind::kResolved) notification.firing = false;
  notification.kind = GetParam().kind;
  notification.actor = "anna";
  EXPECT_EQ(header("\r\n" + message_of(notification), "Subject"), GetParam().subject);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, MailSubject,
    testing::Values(
        SubjectRow{"firing", MessageKind::kFiring, "[FIRING:2] critical: HighErrorRate on checkout, and 1 more"},
        SubjectRow{"update", MessageKind::kUpdate, "[FIRING:2] critical: HighErrorRate on checkout, and 1 more"},
        SubjectRow{"repeat", MessageKind::kRepeat, "[FIRING:2] critical: HighErrorRate on checkout, and 1 more"},
        SubjectRow{"resolved", MessageKind::kResolved, "[RESOLVED] critical: HighErrorRate on checkout, and 2 more"},
        SubjectRow{"acknowledged", MessageKind::kAcknowledged,
                   "[ACKNOWLEDGED:2] critical: HighErrorRate on checkout, and 1 more (by anna)"},
        SubjectRow{"noticed", MessageKind::kNoticed,
                   "[NOTED:2] critical: HighErrorRate on checkout, and 1 more (by anna)"}),
    [](const auto& row) { return row.param.name; });

TEST(MailMessage, says_whose_place_it_takes) {
  EXPECT_EQ(header("\r\n" + message_of(firing(), {.instead_of = "ops"}), "Subject"),
            "[FIRING:1] critical: HighErrorRate on checkout (in place of ops)");
}

TEST(MailMessage, P17_lets_nothing_split_a_header_or_become_html) {
  Notification notification = with_evidence();
  notification.rule = "a\r\nBcc: everybody@example.com\r\n\r\n";
  notification.host = "web\r\n1\">";
  notification.description = "<script>alert(1)</script>";
  notification.runbook_url = "https://wiki.example/\"onclick=\"x";
  const std::string message = "\r\n" + message_of(notification);
  EXPECT_EQ(header(message, "Bcc"), "(none)");
  EXPECT_EQ(html_of(message).find("<script"), std::string::npos);
  EXPECT_EQ(html_of(message).find("\"onclick"), std::string::npos);
  EXPECT_NE(html_of(message).find("&lt;script&gt;"), std::string::npos);
  EXPECT_EQ(header(message, "Message-ID"), "<0123456789abcdef0123456789abcdef@web1>");
}

TEST(MailMessage, has_lines_that_every_server_takes) {
  Notification notification = with_evidence();
  notification.rule = std::string(300, 'r') + "\xC3\xA9";
  notification.description = std::string(5'000, 'd');
  for (const std::string& line : lines_of(message_of(notification))) EXPECT_LE(line.size(), 78u) << line;
}

TEST(QuotedPrintable, is_what_rfc_2045_says) {
  EXPECT_EQ(quoted_printable("plain\ntext"), "plain\r\ntext");
  EXPECT_EQ(quoted_printable("a=b \nc\t"), "a=3Db=20\r\nc=09");
  EXPECT_EQ(quoted_printable("\xC3\xA9\r"), "=C3=A9=0D");
  const std::string seventy_five(75, 'x');
  EXPECT_EQ(quoted_printable(seventy_five + "yz"), seventy_five + "=\r\nyz");
}

TEST(HeaderLine, encodes_what_is_not_ascii_in_words_that_fit_a_line_and_split_no_code_point) {
  EXPECT_EQ(header_line("Subject", "plain words"), "Subject: plain words\r\n");
  EXPECT_EQ(header_line("Subject", "=?UTF-8?Q?x?="), "Subject: =?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?=\r\n");
  std::string text;
  for (int i = 0; i < 40; ++i) text += "\xE2\x82\xAC";
  for (std::string line : lines_of(header_line("Subject", text))) {
    if (line.starts_with("Subject:")) line = line.substr(8);
    EXPECT_LE(line.size(), 76u);
    EXPECT_TRUE(line.starts_with(" =?UTF-8?Q?=E2=82=AC") && line.ends_with("=E2=82=AC?=")) << line;
  }
}

TEST(MailDate, speaks_english_whatever_the_day) {
  EXPECT_EQ(mail_date(WallTime{0s}), "Thu, 01 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(mail_date(WallTime{951'782'400s}), "Tue, 29 Feb 2000 00:00:00 +0000");
}

}  // namespace
}  // namespace sonde::notify
