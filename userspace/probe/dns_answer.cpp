#include "probe/dns_answer.h"

#include <ares.h>
#include <arpa/nameser.h>

#include <algorithm>
#include <cstddef>

#include "probe/dns_record_text.h"

namespace sonde::probe {
namespace {

constexpr std::size_t kHeaderBytes = NS_HFIXEDSZ;
constexpr std::size_t kTypeAndClassBytes = 4;

unsigned byte_at(std::string_view message, std::size_t at) { return static_cast<unsigned char>(message[at]); }

unsigned number_at(std::string_view message, std::size_t at) {
  return byte_at(message, at) << 8U | byte_at(message, at + 1);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Whether a message repeats the question. Servers may change the case of its letters; nothing is compressed in it, for
/// there is nothing before it. A length before a label is below 64, and so no letter.
bool repeats_question(std::string_view question, std::string_view message) {
  const std::string_view asked = question.substr(kHeaderBytes);
  if (number_at(message, 4) != 1 || message.size() < question.size()) return false;
  const std::string_view said = message.substr(kHeaderBytes, asked.size());
  const std::size_t name_bytes = asked.size() - kTypeAndClassBytes;
  return std::equal(asked.begin(), asked.begin() + static_cast<std::ptrdiff_t>(name_bytes), said.begin(),
                    [](char a, char b) { return lower(a) == lower(b); }) &&
         asked.substr(name_bytes) == said.substr(name_bytes);
}

/// RFC 1035 section 4.1.1.
DnsFit fit_of(std::string_view question, std::string_view message) {
  constexpr unsigned kResponse = 0x80;
  constexpr unsigned kOpcode = 0x78;
  constexpr unsigned kTruncation = 0x02;
  if (message.size() < 2 || message.substr(0, 2) != question.substr(0, 2)) return DnsFit::kForeign;
  if (message.size() < kHeaderBytes) return DnsFit::kBroken;
  if ((byte_at(message, 2) & kResponse) == 0 || (byte_at(message, 2) & kOpcode) != 0) return DnsFit::kBroken;
  // Who refuses a question, or cannot read it, need not repeat it.
  const bool is_bare_refusal = number_at(message, 4) == 0 && (byte_at(message, 3) & 0xFU) != ns_r_noerror;
  if (!is_bare_refusal && !repeats_question(question, message)) return DnsFit::kForeign;
  return (byte_at(message, 2) & kTruncation) != 0 ? DnsFit::kTruncated : DnsFit::kAnswer;
}

}  // namespace

Result<std::string> dns_question(const std::string& name, std::uint16_t type, std::uint16_t id) {
  unsigned char* bytes = nullptr;
  int size = 0;
  const int recursion_desired = 1;
  const int code = ::ares_create_query(name.c_str(), ns_c_in, type, id, recursion_desired, &bytes, &size, 0);
  if (code != ARES_SUCCESS) return Error{Code::kBadInput, "there can be no name " + name};
  std::string message(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  ::ares_free_string(bytes);
  return message;
}

DnsAnswer read_dns_answer(std::string_view question, std::string_view message) {
  DnsAnswer answer;
  answer.fit = fit_of(question, message);
  if (answer.fit != DnsFit::kAnswer) return answer;

  ns_msg parsed{};
  if (::ns_initparse(reinterpret_cast<const unsigned char*>(message.data()), static_cast<int>(message.size()),
                     &parsed) != 0) {
    answer.fit = DnsFit::kBroken;
    return answer;
  }
  answer.rcode = byte_at(message, 3) & 0xFU;
  const auto count = [&parsed](ns_sect section) { return static_cast<unsigned>(ns_msg_count(parsed, section)); };
  answer.records = {count(ns_s_an), count(ns_s_ns), count(ns_s_ar)};
  const unsigned looked_at = std::min(answer.records.answer, kMostDnsRecords);
  for (unsigned i = 0; i < looked_at; ++i) {
    ns_rr record{};
    if (::ns_parserr(&parsed, ns_s_an, static_cast<int>(i), &record) != 0) {
      answer.fit = DnsFit::kBroken;
      answer.answers.clear();
      return answer;
    }
    answer.answers.push_back(dns_record_text(parsed, record));
  }
  return answer;
}

}  // namespace sonde::probe
