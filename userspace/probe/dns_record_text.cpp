#include "probe/dns_record_text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <resolv.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>

#include "probe/dns_names.h"

namespace sonde::probe {
namespace {

// glibc has ns_sprintrr(3) for this. It is deprecated, and reads and writes past its buffers for some types (TSIG,
// CERT, LOC) that a server is free to send: nothing for a daemon with privileges.

using Text = std::optional<std::string>;

/// Takes the data of one record apart. Past its end there is nothing: every part asked for is missing then.
class RecordData {
 public:
  RecordData(const ns_msg& message, const ns_rr& record)
      : message_(message), at_(ns_rr_rdata(record)), end_(at_ + ns_rr_rdlen(record)) {}

  [[nodiscard]] bool is_read() const { return at_ == end_; }

  /// A number of up to four bytes.
  Text number(std::size_t bytes) {
    if (left() < bytes) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | *at_++;
    return std::to_string(value);
  }

  /// A name, which may lead to other parts of the message (RFC 1035 section 4.1.4).
  Text name() {
    std::array<char, NS_MAXDNAME> text{};
    const int size = ::dn_expand(ns_msg_base(message_), ns_msg_end(message_), at_, text.data(), text.size());
    if (size < 0 || static_cast<std::size_t>(size) > left()) return std::nullopt;
    at_ += size;
    return std::string(text.data()) + ".";
  }

  Text address(int family, std::size_t bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (left() < bytes || ::inet_ntop(family, at_, text.data(), text.size()) == nullptr) return std::nullopt;
    at_ += bytes;
    return std::string(text.data());
  }

  /// A length in one byte, and so many bytes; in quotes, or bare for a tag.
  Text counted(bool in_quotes) {
    if (is_read() || left() - 1 < *at_) return std::nullopt;
    const std::size_t bytes = *at_++;
    return in_quotes ? quoted(bytes) : escaped(bytes);
  }

  Text rest_quoted() { return quoted(left()); }

 private:
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  std::string quoted(std::size_t bytes) { return '"' + escaped(bytes) + '"'; }

  std::string escaped(std::size_t bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i) {
      const unsigned char c = *at_++;
      if (c == '"' || c == '\\') text += '\\';
      if (c >= ' ' && c <= '~') {
        text += static_cast<char>(c);
        continue;
      }
      std::array<char, 5> code{};
      std::snprintf(code.data(), code.size(), "\\%03u", static_cast<unsigned>(c));
      text += code.data();
    }
    return text;
  }

  const ns_msg& message_;
  const unsigned char* at_;
  const unsigned char* end_;
};

/// What the data of a type is made of, one letter for each part: 1, 2 and 4 are numbers of so many bytes, n a name,
/// a and A addresses, s a string, S strings up to the end, t a tag, v a value up to the end.
std::string_view parts_of(std::uint16_t type) {
  switch (type) {
    case ns_t_a:
      return "a";
    case ns_t_aaaa:
      return "A";
    case ns_t_ns:
    case ns_t_cname:
    case ns_t_ptr:
    case ns_t_dname:
      return "n";
    case ns_t_mx:
    case ns_t_afsdb:
    case ns_t_kx:
      return "2n";
    case ns_t_rp:
      return "nn";
    case ns_t_srv:
      return "222n";
    case ns_t_soa:
      return "nn44444";
    case ns_t_naptr:
      return "22sssn";
    case ns_t_hinfo:
      return "ss";
    case ns_t_txt:
    case ns_t_spf:
      return "S";
    case ns_t_caa:
      return "1tv";
    default:
      return "";
  }
}

Text strings(RecordData& data) {
  std::string text;
  do {
    const Text next = data.counted(true);
    if (!next) return std::nullopt;
    text += (text.empty() ? "" : " ") + *next;
  } while (!data.is_read());
  return text;
}

Text part_text(char part, RecordData& data) {
  switch (part) {
    case 'a':
      return data.address(AF_INET, sizeof(in_addr));
    case 'A':
      return data.address(AF_INET6, sizeof(in6_addr));
    case 'n':
      return data.name();
    case 's':
      return data.counted(true);
    case 'S':
      return strings(data);
    case 't':
      return data.counted(false);
    case 'v':
      return data.rest_quoted();
    default:
      return data.number(static_cast<std::size_t>(part - '0'));
  }
}

Text known_form(const ns_msg& message, const ns_rr& record) {
  const std::string_view parts = parts_of(ns_rr_type(record));
  if (parts.empty() || ns_rr_class(record) != ns_c_in) return std::nullopt;
  RecordData data(message, record);
  std::string text;
  for (const char part : parts) {
    const Text next = part_text(part, data);
    if (!next) return std::nullopt;
    text += (text.empty() ? "" : " ") + *next;
  }
  return data.is_read() ? Text(std::move(text)) : std::nullopt;
}

std::string unknown_form(const ns_rr& record) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text = "\\# " + std::to_string(ns_rr_rdlen(record));
  if (ns_rr_rdlen(record) > 0) text += ' ';
  for (std::size_t i = 0; i < ns_rr_rdlen(record); ++i) {
    const unsigned char byte = ns_rr_rdata(record)[i];
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

}  // namespace

std::string dns_record_text(const ns_msg& message, const ns_rr& record) {
  const bool is_internet = ns_rr_class(record) == ns_c_in;
  const std::string class_name =
      is_internet ? "IN" : "CLASS" + std::to_string(static_cast<unsigned>(ns_rr_class(record)));
  const bool is_root = record.name[0] == '\0' || std::string_view(record.name) == ".";
  const Text data = known_form(message, record);
  return (is_root ? "." : std::string(record.name) + ".") + '\t' + std::to_string(ns_rr_ttl(record)) + '\t' +
         class_name + '\t' + dns_type_name(static_cast<std::uint16_t>(ns_rr_type(record))) + '\t' +
         (data ? *data : unknown_form(record));
}

}  // namespace sonde::probe
