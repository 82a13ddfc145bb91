#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sonde::test {

inline std::string two_bytes(unsigned value) {
  return {static_cast<char>(value >> 8U & 0xFFU), static_cast<char>(value & 0xFFU)};
}

/// A name as it is in messages, uncompressed: `shop.example` becomes \4shop\7example\0.
inline std::string dns_name(std::string_view dotted) {
  std::string bytes;
  while (!dotted.empty()) {
    const std::size_t dot = dotted.find('.');
    const std::string_view label = dotted.substr(0, dot);
    bytes += static_cast<char>(label.size());
    bytes += label;
    dotted.remove_prefix(dot == std::string_view::npos ? dotted.size() : dot + 1);
  }
  return bytes + '\0';
}

/// A record for the name of the question, of the class IN and with a time to live of 300 s.
inline std::string dns_record(unsigned type, const std::string& data, unsigned record_class = 1) {
  const std::string question_name = "\xC0\x0C";
  const std::string ttl{0, 0, 1, 44};
  return question_name + two_bytes(type) + two_bytes(record_class) + ttl +
         two_bytes(static_cast<unsigned>(data.size())) + data;
}

/// What a server sends after a question.
struct DnsReply {
  unsigned rcode = 0;
  bool is_truncated = false;
  std::string answers{};  ///< records
  unsigned answer_count = 0;
  std::string others{};  ///< records of the authority section
  unsigned other_count = 0;

  /// shape: `question` is a message without records.
  [[nodiscard]] std::string to(const std::string& question) const {
    constexpr unsigned kResponse = 0x8580;  // by an authority, with recursion wanted and available
    constexpr unsigned kTruncated = 0x0200;
    return question.substr(0, 2) + two_bytes(kResponse | (is_truncated ? kTruncated : 0U) | rcode) + two_bytes(1) +
           two_bytes(answer_count) + two_bytes(other_count) + two_bytes(0) + question.substr(12) + answers + others;
  }
};

/// One record A.
inline DnsReply answer_a(const std::string& address = "\x0A\x01\x02\x03") {
  return {0, false, dns_record(1, address), 1, {}, 0};
}

}  // namespace sonde::test
