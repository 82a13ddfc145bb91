#include "measure/tcp_names.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace sonde::measure {
namespace {

struct AddressRow {
  const char* name;
  const char* given;  // as inet_pton reads it
  const char* text;
};

class AddressCase : public testing::TestWithParam<AddressRow> {};

TEST_P(AddressCase, is_written_as_people_write_it) {
  std::array<std::uint8_t, 16> address{};
  ASSERT_EQ(inet_pton(AF_INET6, GetParam().given, address.data()), 1);
  EXPECT_EQ(address_text(address), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc5952, AddressCase,
    testing::Values(AddressRow{"ipv4", "::ffff:192.0.2.17", "192.0.2.17"},
                    AddressRow{"ipv4_any", "::ffff:0.0.0.0", "0.0.0.0"}, AddressRow{"any", "::", "::"},
                    AddressRow{"loopback", "::1", "::1"}, AddressRow{"lower_case", "2001:DB8::A", "2001:db8::a"},
                    AddressRow{"no_leading_zeros", "2001:0db8:0001:0002:0003:0004:0005:0006", "2001:db8:1:2:3:4:5:6"},
                    AddressRow{"single_zero_is_not_left_out", "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
                    AddressRow{"longest_run_is_left_out", "2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
                    AddressRow{"first_of_equal_runs_is_left_out", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
                    AddressRow{"link_local", "fe80::1", "fe80::1"}),
    [](const auto& row) { return row.param.name; });

struct ReasonRow {
  std::uint8_t number;
  const char* text;
};

class ReasonCase : public testing::TestWithParam<ReasonRow> {};

TEST_P(ReasonCase, has_the_kernels_name) { EXPECT_EQ(reset_reason_text(GetParam().number), GetParam().text); }

// Numbers as in the BTF of Linux 6.12 and 6.18.
INSTANTIATE_TEST_SUITE_P(SkRstReason, ReasonCase,
                         testing::Values(ReasonRow{0, ""}, ReasonRow{1, "no_socket"}, ReasonRow{8, "abort_on_data"},
                                         ReasonRow{11, "abort_on_close"}, ReasonRow{12, "abort_on_linger"},
                                         ReasonRow{15, "keepalive_timeout"}, ReasonRow{16, "disconnect_with_data"},
                                         ReasonRow{17, "mptcp_rst_eunspec"}, ReasonRow{24, "error"},
                                         ReasonRow{25, "25"}, ReasonRow{255, "255"}));

}  // namespace
}  // namespace sonde::measure
