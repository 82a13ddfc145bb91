#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "probe/types.h"

namespace sonde::probe {

/// What a message is to a question.
enum class DnsFit : std::uint8_t {
  kForeign,    ///< of another question: a late answer, or a forged one
  kBroken,     ///< meant for it, but no DNS
  kTruncated,  ///< the beginning of its answer
  kAnswer,
};

/// More records than a zone has for one name: the others of an answer are not looked at.
inline constexpr unsigned kMostDnsRecords = 1000;

struct DnsAnswer {
  DnsFit fit = DnsFit::kForeign;
  unsigned rcode = 0;
  DnsRecordCounts records;
  std::vector<std::string> answers;  ///< the records of the answer, as in a zone file; the first kMostDnsRecords
};

/// The message that asks for records of the class IN.  errors: kBadInput if there can be no such name.
Result<std::string> dns_question(const std::string& name, std::uint16_t type, std::uint16_t id);

/// Reads what a name server sent after `question`, which dns_question() made. Any bytes may be given for `message`.
DnsAnswer read_dns_answer(std::string_view question, std::string_view message);

}  // namespace sonde::probe
