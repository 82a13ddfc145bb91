#include "probe/dns_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/dns_message.h"

namespace sonde::probe {
namespace {

using test::dns_name;
using test::dns_record;
using test::DnsReply;
using test::two_bytes;
using testing::ElementsAre;
using namespace std::string_literals;

constexpr std::uint16_t kId = 0xBEEF;

std::string question() { return *dns_question("shop.example", 1, kId); }

TEST(DnsQuestion, is_what_rfc_1035_says) {
  EXPECT_EQ(question(), "\xBE\xEF\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"s + dns_name("shop.example") + "\0\1\0\1"s);
}

TEST(DnsQuestion, may_be_about_the_root) { EXPECT_EQ(dns_question(".", 2, kId)->substr(12), "\0\0\2\0\1"s); }

TEST(DnsQuestion, is_not_about_what_cannot_be) {
  EXPECT_EQ(dns_question(std::string(64, 'a'), 1, kId).error().what, "there can be no name " + std::string(64, 'a'));
  EXPECT_FALSE(dns_question("shop..example", 1, kId).has_value());
}

struct FitRow {
  const char* name;
  std::string message;
  DnsFit fit;
};

class Fit : public testing::TestWithParam<FitRow> {};

TEST_P(Fit, is_told) { EXPECT_EQ(read_dns_answer(question(), GetParam().message).fit, GetParam().fit); }

std::string changed(std::string message, std::size_t at, const std::string& bytes) {
  return message.replace(at, bytes.size(), bytes);
}

const std::string kGood = test::answer_a().to(question());

INSTANTIATE_TEST_SUITE_P(
    Messages, Fit,
    testing::Values(
        FitRow{"good", kGood, DnsFit::kAnswer},
        FitRow{"case_of_letters_changed", changed(kGood, 13, "SHoP"), DnsFit::kAnswer},
        FitRow{"empty", "", DnsFit::kForeign}, FitRow{"one_byte", "\xBE", DnsFit::kForeign},
        FitRow{"other_id", changed(kGood, 0, "\xBE\xEE"), DnsFit::kForeign},
        FitRow{"other_name", changed(kGood, 13, "shpp"), DnsFit::kForeign},
        FitRow{"other_type", changed(kGood, 12 + 14, "\0\x1C"s), DnsFit::kForeign},
        FitRow{"type_of_another_case", changed(kGood, 12 + 14, "\0\x21"s), DnsFit::kForeign},
        FitRow{"two_questions", changed(kGood, 4, two_bytes(2)), DnsFit::kForeign},
        FitRow{"no_question_and_no_error", changed(kGood, 4, two_bytes(0)), DnsFit::kForeign},
        FitRow{"cut_in_the_question", kGood.substr(0, 20), DnsFit::kForeign},
        FitRow{"refused_without_the_question", "\xBE\xEF\x80\x05\0\0\0\0\0\0\0\0"s, DnsFit::kAnswer},
        FitRow{"cut_in_the_header", kGood.substr(0, 11), DnsFit::kBroken},
        FitRow{"echoed", question(), DnsFit::kBroken},
        FitRow{"other_opcode", changed(kGood, 2, "\xA8"), DnsFit::kBroken},
        FitRow{"cut_in_a_record", kGood.substr(0, kGood.size() - 1), DnsFit::kBroken},
        FitRow{"more_after_the_end", kGood + "x", DnsFit::kBroken},
        FitRow{"more_records_said_than_sent", changed(kGood, 6, two_bytes(2)), DnsFit::kBroken},
        FitRow{
            "name_leads_to_itself",
            DnsReply{0, false, two_bytes(0xC000U + 12 + 18) + two_bytes(1) + "\0\1\0\0\0\0\0\4abcd"s, 1}.to(question()),
            DnsFit::kBroken},
        FitRow{"truncated", DnsReply{0, true}.to(question()), DnsFit::kTruncated},
        FitRow{"truncated_in_a_record", changed(kGood, 2, "\x87").substr(0, kGood.size() - 3), DnsFit::kTruncated}),
    [](const auto& row) { return row.param.name; });

TEST(DnsAnswerCounts, are_by_section) {
  const DnsReply reply{3, false, dns_record(1, "abcd") + dns_record(1, "efgh"), 2, dns_record(2, dns_name("ns")), 1};
  const DnsAnswer answer = read_dns_answer(question(), reply.to(question()));
  EXPECT_EQ(answer.rcode, 3U);
  EXPECT_EQ(answer.records.answer, 2U);
  EXPECT_EQ(answer.records.authority, 1U);
  EXPECT_EQ(answer.records.additional, 0U);
  EXPECT_EQ(answer.answers.size(), 2U);
}

TEST(DnsAnswerBound, is_a_thousand_records) {
  std::string records;
  for (int i = 0; i < 2000; ++i) records += dns_record(1, "abcd");
  const DnsAnswer answer = read_dns_answer(question(), DnsReply{0, false, records, 2000}.to(question()));
  EXPECT_EQ(answer.records.answer, 2000U);
  EXPECT_EQ(answer.answers.size(), kMostDnsRecords);
}

struct TextRow {
  const char* name;
  unsigned type;
  std::string data;
  const char* text;
};

class RecordText : public testing::TestWithParam<TextRow> {};

TEST_P(RecordText, is_a_line_of_a_zone_file) {
  const DnsReply reply{0, false, dns_record(GetParam().type, GetParam().data), 1};
  EXPECT_THAT(read_dns_answer(question(), reply.to(question())).answers,
              ElementsAre("shop.example.\t300\tIN\t"s + GetParam().text));
}

const std::string kMail = dns_name("mail");

INSTANTIATE_TEST_SUITE_P(
    Types, RecordText,
    testing::Values(TextRow{"a", 1, "\x0A\1\2\3", "A\t10.1.2.3"},
                    TextRow{"aaaa", 28, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"s, "AAAA\t2001:db8::1"},
                    TextRow{"cname", 5, dns_name("www.example"), "CNAME\twww.example."},
                    TextRow{"compressed_name", 5, "\3www\xC0\x11", "CNAME\twww.example."},
                    TextRow{"root", 2, "\0"s, "NS\t."}, TextRow{"mx", 15, "\0\x0A"s + kMail, "MX\t10 mail."},
                    TextRow{"srv", 33, "\0\1\0\2\x14\x66"s + kMail, "SRV\t1 2 5222 mail."},
                    TextRow{"soa", 6, kMail + dns_name("me") + "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\xFF\xFF\xFF\xFF"s,
                            "SOA\tmail. me. 1 2 3 4 4294967295"},
                    TextRow{"txt", 16, "\5hello\3\"\\\x01\0"s, "TXT\t\"hello\" \"\\\"\\\\\\001\" \"\""},
                    TextRow{"caa", 257, "\0\5issueca.example"s, "CAA\t0 issue \"ca.example\""},
                    TextRow{"naptr", 35, "\0\1\0\2\1u\3sip\0\0"s, "NAPTR\t1 2 \"u\" \"sip\" \"\" ."},
                    TextRow{"unknown", 65280, "\x0A\xBC", "TYPE65280\t\\# 2 0ABC"},
                    TextRow{"without_data", 1, "", "A\t\\# 0"},
                    TextRow{"long_address", 1, "abcde", "A\t\\# 5 6162636465"},
                    TextRow{"short_mail", 15, "\0\x0A"s, "MX\t\\# 2 000A"},
                    TextRow{"string_over_the_end", 16, "\5hell", "TXT\t\\# 5 0568656C6C"},
                    TextRow{"name_over_the_end", 5, "\7www", "CNAME\t\\# 4 07777777"},
                    TextRow{"more_after_the_name", 5, dns_name("a") + "x", "CNAME\t\\# 4 01610078"},
                    TextRow{"signature_of_a_transaction", 250, "\0\0\0\0\0\0\0\0\0\xFF\xFF"s,
                            "TYPE250\t\\# 11 000000000000000000FFFF"}),
    [](const auto& row) { return row.param.name; });

TEST(RecordClass, is_a_number_if_it_is_not_the_internet) {
  const DnsReply reply{0, false, dns_record(1, "abcd", 3), 1};
  EXPECT_THAT(read_dns_answer(question(), reply.to(question())).answers,
              ElementsAre("shop.example.\t300\tCLASS3\tA\t\\# 4 61626364"));
}

}  // namespace
}  // namespace sonde::probe
