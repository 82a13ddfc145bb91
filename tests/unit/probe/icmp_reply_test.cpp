#include "probe/icmp_reply.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sonde::probe {
namespace {

using namespace std::string_literals;

Echo echo_of(int ip_protocol) {
  Echo echo{ip_protocol, 0x1234, 0x0007, {}};
  for (std::size_t i = 0; i < echo.payload.size(); ++i) echo.payload[i] = static_cast<std::byte>('a' + i);
  return echo;
}

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

const std::string kPayload = "abcdefghijklmnop";
const std::string kReply = "\0\0\xAA\xAA\x12\x34\0\7"s + kPayload;
const std::string kReplyV6 = "\x81\0\xAA\xAA\x12\x34\0\7"s + kPayload;

std::string behind_header(const std::string& message, std::size_t options_bytes = 0) {
  return static_cast<char>(0x45U + options_bytes / 4) + std::string(19 + options_bytes, '\1') + message;
}

TEST(EchoRequest, is_what_rfc_792_says) {
  // 0xA279: the other words, added up and turned round by hand.
  EXPECT_EQ(text_of(echo_request(echo_of(4))), "\x08\0\xA2\x79\x12\x34\0\7"s + kPayload);
}

TEST(EchoRequest, is_what_rfc_4443_says_but_for_the_sum) {
  EXPECT_EQ(text_of(echo_request(echo_of(6))), "\x80\0\0\0\x12\x34\0\7"s + kPayload);
}

struct ReplyRow {
  const char* name;
  int ip_protocol;
  bool has_ip_header;
  std::string packet;
  bool is_ours;
};

class EchoReply : public testing::TestWithParam<ReplyRow> {};

TEST_P(EchoReply, is_told_from_others) {
  const ReplyRow& row = GetParam();
  EXPECT_EQ(is_echo_reply(echo_of(row.ip_protocol), bytes_of(row.packet), row.has_ip_header), row.is_ours);
}

std::string changed(std::string text, std::size_t at, char byte) {
  text[at] = byte;
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Packets, EchoReply,
    testing::Values(ReplyRow{"ours", 4, false, kReply, true}, ReplyRow{"ours_v6", 6, false, kReplyV6, true},
                    ReplyRow{"behind_a_header", 4, true, behind_header(kReply), true},
                    ReplyRow{"behind_a_long_header", 4, true, behind_header(kReply, 40), true},
                    ReplyRow{"request", 4, false, changed(kReply, 0, 8), false},
                    ReplyRow{"of_the_other_protocol", 6, false, kReply, false},
                    ReplyRow{"other_code", 4, false, changed(kReply, 1, 1), false},
                    ReplyRow{"other_identifier", 4, false, changed(kReply, 5, 0), false},
                    ReplyRow{"other_sequence", 4, false, changed(kReply, 6, 1), false},
                    ReplyRow{"other_payload", 4, false, changed(kReply, 23, 'x'), false},
                    ReplyRow{"shorter_payload", 4, false, kReply.substr(0, 23), false},
                    ReplyRow{"longer_payload", 4, false, kReply + "q", false},
                    ReplyRow{"no_payload", 4, false, kReply.substr(0, 8), false},
                    ReplyRow{"half_a_header", 4, false, kReply.substr(0, 7), false},
                    ReplyRow{"empty", 4, false, "", false}, ReplyRow{"empty_raw", 4, true, "", false},
                    ReplyRow{"no_header", 4, true, kReply, false},
                    ReplyRow{"header_alone", 4, true, behind_header(""), false},
                    ReplyRow{"header_of_version_6", 4, true, changed(behind_header(kReply), 0, 0x65), false},
                    ReplyRow{"header_too_short", 4, true, changed(behind_header(kReply), 0, 0x44), false},
                    ReplyRow{"header_over_the_end", 4, true, changed(behind_header("\0\0"s), 0, 0x4F), false}),
    [](const auto& row) { return row.param.name; });

TEST(EchoRequestAgain, is_known_by_its_beginning) {
  const Echo echo = echo_of(4);
  const auto request = echo_request(echo);
  const std::span<const std::byte> beginning = std::span(request).first(kEchoHeaderBytes);
  EXPECT_TRUE(is_echo_request(echo, beginning));
  EXPECT_FALSE(is_echo_request(echo, beginning.first(7)));
  EXPECT_FALSE(is_echo_request(echo_of(6), beginning));
  EXPECT_FALSE(is_echo_request(echo, bytes_of(kReply)));
  EXPECT_FALSE(is_echo_request({4, 0x1234, 8, {}}, beginning));
}

struct ErrorRow {
  const char* name;
  int ip_protocol;
  std::uint8_t type;
  std::uint8_t code;
  const char* words;
};

class IcmpError : public testing::TestWithParam<ErrorRow> {};

TEST_P(IcmpError, is_told_in_words) {
  const ErrorRow& row = GetParam();
  EXPECT_EQ(describe_icmp_error(row.ip_protocol, row.type, row.code), row.words);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, IcmpError,
    testing::Values(ErrorRow{"net", 4, 3, 0, "the network cannot be reached"},
                    ErrorRow{"host", 4, 3, 1, "no route to the host"},
                    ErrorRow{"protocol", 4, 3, 2, "the host does not take pings"},
                    ErrorRow{"prohibited", 4, 3, 13, "the host is administratively prohibited"},
                    ErrorRow{"prohibited_net", 4, 3, 9, "the network is administratively prohibited"},
                    ErrorRow{"new_code", 4, 3, 99, "the host cannot be reached (ICMP code 99)"},
                    ErrorRow{"hops", 4, 11, 0, "the hop limit ran out on the way"},
                    ErrorRow{"other", 4, 4, 0, "a router answered with ICMP type 4, code 0"},
                    ErrorRow{"route_v6", 6, 1, 0, "no route to the host"},
                    ErrorRow{"prohibited_v6", 6, 1, 1, "the host is administratively prohibited"},
                    ErrorRow{"address_v6", 6, 1, 3, "no route to the host"},
                    ErrorRow{"new_code_v6", 6, 1, 99, "the host cannot be reached (ICMPv6 code 99)"},
                    ErrorRow{"too_big_v6", 6, 2, 0, "the packet is too big for the way"},
                    ErrorRow{"hops_v6", 6, 3, 0, "the hop limit ran out on the way"},
                    ErrorRow{"parameter_v6", 6, 4, 1, "a router does not understand the packet"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::probe
