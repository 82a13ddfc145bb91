#include "probe/dns_names.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sonde::probe {
namespace {

struct NamedNumber {
  std::string_view name;
  std::uint16_t number;
};

/// IANA's "Resource Record (RR) TYPEs", without those that transfer zones or belong to a message rather than a name.
constexpr std::array kTypes{
    NamedNumber{"A", 1},           NamedNumber{"NS", 2},     NamedNumber{"CNAME", 5},       NamedNumber{"SOA", 6},
    NamedNumber{"PTR", 12},        NamedNumber{"HINFO", 13}, NamedNumber{"MX", 15},         NamedNumber{"TXT", 16},
    NamedNumber{"RP", 17},         NamedNumber{"AFSDB", 18}, NamedNumber{"AAAA", 28},       NamedNumber{"LOC", 29},
    NamedNumber{"SRV", 33},        NamedNumber{"NAPTR", 35}, NamedNumber{"KX", 36},         NamedNumber{"CERT", 37},
    NamedNumber{"DNAME", 39},      NamedNumber{"APL", 42},   NamedNumber{"DS", 43},         NamedNumber{"SSHFP", 44},
    NamedNumber{"IPSECKEY", 45},   NamedNumber{"RRSIG", 46}, NamedNumber{"NSEC", 47},       NamedNumber{"DNSKEY", 48},
    NamedNumber{"DHCID", 49},      NamedNumber{"NSEC3", 50}, NamedNumber{"NSEC3PARAM", 51}, NamedNumber{"TLSA", 52},
    NamedNumber{"SMIMEA", 53},     NamedNumber{"HIP", 55},   NamedNumber{"CDS", 59},        NamedNumber{"CDNSKEY", 60},
    NamedNumber{"OPENPGPKEY", 61}, NamedNumber{"CSYNC", 62}, NamedNumber{"ZONEMD", 63},     NamedNumber{"SVCB", 64},
    NamedNumber{"HTTPS", 65},      NamedNumber{"SPF", 99},   NamedNumber{"EUI48", 108},     NamedNumber{"EUI64", 109},
    NamedNumber{"ANY", 255},       NamedNumber{"URI", 256},  NamedNumber{"CAA", 257},
};

/// IANA's "DNS RCODEs" of four bits: more would need EDNS, which is not asked for.
constexpr std::array kRcodes{
    NamedNumber{"NOERROR", 0}, NamedNumber{"FORMERR", 1}, NamedNumber{"SERVFAIL", 2}, NamedNumber{"NXDOMAIN", 3},
    NamedNumber{"NOTIMP", 4},  NamedNumber{"REFUSED", 5}, NamedNumber{"YXDOMAIN", 6}, NamedNumber{"YXRRSET", 7},
    NamedNumber{"NXRRSET", 8}, NamedNumber{"NOTAUTH", 9}, NamedNumber{"NOTZONE", 10},
};

constexpr std::string_view kUnnamedType = "TYPE";

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool same(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return upper(a) == upper(b); });
}

template <std::size_t kCount>
std::optional<std::uint16_t> number_of(const std::array<NamedNumber, kCount>& table, std::string_view name) {
  for (const NamedNumber& row : table) {
    if (same(row.name, name)) return row.number;
  }
  return std::nullopt;
}

template <std::size_t kCount>
std::string name_in(const std::array<NamedNumber, kCount>& table, unsigned number, std::string_view unnamed) {
  for (const NamedNumber& row : table) {
    if (row.number == number) return std::string(row.name);
  }
  return std::string(unnamed) + std::to_string(number);
}

}  // namespace

std::optional<std::uint16_t> dns_type_number(std::string_view name) {
  if (const auto number = number_of(kTypes, name)) return number;
  if (!same(name.substr(0, kUnnamedType.size()), kUnnamedType)) return std::nullopt;
  const std::string_view digits = name.substr(kUnnamedType.size());
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_number = error == std::errc{} && end == digits.data() + digits.size();
  return is_number && number != 0 ? std::optional(number) : std::nullopt;
}

std::string dns_type_name(std::uint16_t number) { return name_in(kTypes, number, kUnnamedType); }

std::optional<unsigned> dns_rcode_number(std::string_view name) { return number_of(kRcodes, name); }

std::string dns_rcode_name(unsigned number) { return name_in(kRcodes, number, "RCODE"); }

bool knows_dns_type(std::string_view name) { return dns_type_number(name).has_value(); }

bool knows_dns_rcode(std::string_view name) { return dns_rcode_number(name).has_value(); }

}  // namespace sonde::probe
