#include "probe/dns_names.h"

#include <gtest/gtest.h>

namespace sonde::probe {
namespace {

TEST(DnsNames, knows_types_as_zone_files_write_them) {
  for (const char* name : {"A", "AAAA", "MX", "https", "TYPE65280", "type1"}) EXPECT_TRUE(knows_dns_type(name)) << name;
  for (const char* name : {"", "AA", "TYPE", "TYPE0", "TYPE65536", "TYPE1x", "TYPE-1", "AXFR", "A "}) {
    EXPECT_FALSE(knows_dns_type(name)) << name;
  }
}

TEST(DnsNames, knows_the_codes_of_answers) {
  for (const char* name : {"NOERROR", "NXDOMAIN", "servfail"}) EXPECT_TRUE(knows_dns_rcode(name)) << name;
  for (const char* name : {"", "NX", "3", "BADVERS"}) EXPECT_FALSE(knows_dns_rcode(name)) << name;
}

TEST(DnsNames, every_name_of_a_type_leads_back_to_it) {
  for (unsigned number = 1; number <= 0xFFFF; ++number) {
    const auto type = static_cast<std::uint16_t>(number);
    ASSERT_EQ(dns_type_number(dns_type_name(type)), type);
  }
}

TEST(DnsNames, codes_have_their_names) {
  EXPECT_EQ(dns_rcode_number("NXDOMAIN"), 3U);
  EXPECT_EQ(dns_rcode_name(3), "NXDOMAIN");
  EXPECT_EQ(dns_rcode_name(12), "RCODE12");
  EXPECT_EQ(dns_type_number("MX"), 15);
}

}  // namespace
}  // namespace sonde::probe
