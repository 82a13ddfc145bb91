#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "probe/dns_answer.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_line_of_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
}

}  // namespace

/// The input is what comes after the header's first two bytes, so that the id is that of the question.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sonde::probe;
  constexpr std::uint16_t kId = 0x1234;
  constexpr std::uint16_t kAny = 255;
  static const std::string question = *dns_question("shop.example", kAny, kId);
  // A copy of its own size, so that a byte past its end is found.
  const std::string message = question.substr(0, 2) + std::string(reinterpret_cast<const char*>(data), size);
  const DnsAnswer answer = read_dns_answer(question, message);
  require(answer.fit == DnsFit::kAnswer || answer.answers.empty());
  if (answer.fit != DnsFit::kAnswer) return 0;
  require(answer.rcode < 16);
  require(answer.answers.size() == std::min(answer.records.answer, kMostDnsRecords));
  for (const std::string& line : answer.answers) {
    require(is_line_of_ascii(line));
    require(std::count(line.begin(), line.end(), '\t') == 4);
  }
  return 0;
}
